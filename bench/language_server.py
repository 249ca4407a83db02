"""Language server benchmark: how quickly both servers answer, at what cost, and in what memory."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil
import pytest_lsp

from bench.figure import Figure, compared
from bench.parse import text_of
from bench.reference import reference_server
from dlm_lsp.document import SectionType, parse

LINES = (1_000, 10_000)
ASKED = {1_000: 1.0, 10_000: 1 / 4}
RUNS = 15
EDITS = 60
EDITS_TO_A_PAUSE = 10
PAUSE = 1.0
LONGEST_REST = 60.0
"""Seconds without an edit, in which a server may look at what takes longer."""
BURST = 200
STARTS = 25
OPENINGS = 5
VSCODE = Path(pytest_lsp.__file__).parent / "clients" / "visual_studio_code_v1.65.2.json"
URI = "file:///bench.dlm"
DOCUMENT = {"uri": URI}


class Server:
    """A language server and its client's side of the wire."""

    def __init__(
        self,
        command: list[str],
        home: str,
        *,
        pulls: bool = True,
        capabilities: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"DLM_HOME": home},
        )
        self._last_id = 0
        self.version = 1
        self.text = ""
        self._result_id: str | None = None
        pulled: dict[str, Any] = {"diagnostic": {}} if pulls else {}
        of_text = {"publishDiagnostics": {}, **capabilities.get("textDocument", {}), **pulled}
        of_all = {"diagnostics": {"refreshSupport": pulls}, **capabilities.get("workspace", {})}
        sent = {**capabilities, "textDocument": of_text, "workspace": of_all}
        answer = self.ask("initialize", {"processId": None, "capabilities": sent})
        self.pulls = "diagnosticProvider" in answer["capabilities"]
        sync = answer["capabilities"]["textDocumentSync"]
        self.incremental = (sync.get("change") if isinstance(sync, dict) else sync) == 2
        self.tell("initialized", {})

    @property
    def mebibytes(self) -> float:
        """The resident memory."""
        return float(psutil.Process(self._process.pid).memory_info().rss) / 2**20

    @property
    def processor_seconds(self) -> float:
        """The processor time that it has taken so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def rest(self) -> None:
        """Wait until the server has nothing to do.

        Raises:
            SystemExit: it goes on for a minute.
        """
        before, end = -1.0, time.monotonic() + LONGEST_REST
        while before != (before := self.processor_seconds):
            if time.monotonic() > end:
                raise SystemExit("a language server that nobody asks goes on working")
            time.sleep(PAUSE)

    def tell(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: object) -> Any:
        """Send a request and return its result."""
        self._last_id += 1
        self._send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        while (message := self._read()).get("id") != self._last_id or "method" in message:
            self._answer(message)
        return message.get("result")

    def open(self, text: str) -> None:
        """Show a document and wait until it is marked."""
        self.text = text
        item = {**DOCUMENT, "languageId": "dlm", "version": self.version, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        self.marked()

    def edit(self, line: int, typed: str = "x") -> dict[str, Any]:
        """Return the next `didChange`: a letter, or what is typed, at the beginning of a line."""
        self.version += 1
        lines = self.text.split("\n")
        lines[line] = f"{typed}{lines[line]}"
        self.text = "\n".join(lines)
        at = {"line": line, "character": 0}
        change = {"range": {"start": at, "end": at}, "text": typed}
        if not self.incremental:
            change = {"text": self.text}
        document = {**DOCUMENT, "version": self.version}
        return {"textDocument": document, "contentChanges": [change]}

    def marked(self) -> None:
        """Wait for the diagnostics of the text as it is: pulled where that can be, else pushed."""
        if self.pulls:
            params = {"textDocument": DOCUMENT, "previousResultId": self._result_id}
            self._result_id = self.ask("textDocument/diagnostic", params).get("resultId")
            return
        while (message := self._read()).get("method") != "textDocument/publishDiagnostics":
            self._answer(message)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _answer(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            items = len((message.get("params") or {}).get("items", ()))
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": [None] * items})

    def _send(self, message: object) -> None:
        body = json.dumps(message).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while (line := self._process.stdout.readline()).strip():
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        if not length:
            raise SystemExit("a language server has ended")
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


def measure() -> list[Figure]:
    """Drive both servers with the same documents, taking turns."""
    commands = {
        "ours": ["env", str(Path(sys.executable).with_name("dlm-lsp"))],
        # Its package is named like ours, which may stand there.
        "reference": ["env", "-u", "PYTHONPATH", str(reference_server())],
    }
    figures = []
    starts = _starts(commands)
    for what, unit, at_most in (
        ("start to the answer of `initialize`", "ms", 0.8),
        ("start to first diagnostics", "ms", 0.8),
        ("memory after that", "MiB", 1.0),
    ):
        ours, theirs = (next(starts[name]) for name in commands)
        figures.append(compared(f"server, {what}", unit, ours, theirs, at_most))
    cases = [
        (text, lines, what)
        for lines in LINES
        for text, what in ((document(lines), ""), (synthesized_document(lines), _pairs(lines)))
    ]
    for text, lines, what in cases:
        of = f"{lines:,} lines{what}"
        openings = {name: _opening(command, text) for name, command in commands.items()}
        for measured, unit in (("opening", "ms"), ("memory after opening", "MiB")):
            ours, theirs = (next(openings[name]) for name in commands)
            figures.append(compared(f"server, {measured}, {of}", unit, ours, theirs))
    for text, lines, what in cases:
        ours, theirs = (1000 * _change_to_diagnostics(commands[name], text) for name in commands)
        name = f"server, change to diagnostics, {lines:,} lines{what}"
        figures.append(compared(name, "ms", ours, theirs, ASKED[lines]))
    for text, lines, what in cases:
        ours, theirs = (1000 * _processor_time(commands[name], text) for name in commands)
        name = f"server, processor time of an edit, {lines:,} lines{what}"
        figures.append(compared(name, "ms", ours, theirs, ASKED[lines]))
        if what:
            pushed = 1000 * _processor_time(commands["ours"], text, pulls=False)
            name = f"{name}, where the client does not pull"
            figures.append(compared(name, "ms", pushed, theirs, ASKED[lines]))
    text = synthesized_document(10_000)
    for burst in (0, BURST):
        ours, theirs = (
            statistics.median(1000 * _hover_behind(command, text, burst) for _ in range(OPENINGS))
            for command in commands.values()
        )
        name = f"server, hover{f' behind {burst} edits' if burst else ''}, 10,000 lines"
        figures.append(compared(f"{name}{_pairs(10_000)}", "ms", ours, theirs))
    return figures


def document(lines: int) -> str:
    """Return a document whose pairs are hand-written, so that nothing but problems is marked."""
    return "\n".join(line for line in text_of(lines).split("\n") if not line.startswith("<!--"))


def synthesized_document(lines: int) -> str:
    """Return the same document with its pairs synthesized, each from the section above it."""
    text = text_of(lines)
    parts, source_id = [], ""
    sections = parse(text).sections
    for section in sections:
        if section.type is SectionType.PROSE:
            source_id = section.id
        part = text[section.start : section.end]
        parts.append(
            part.replace(section.synth.source_section_id, source_id) if section.synth else part
        )
    return text[: sections[0].start] + "".join(parts)


def _pairs(lines: int) -> str:
    return f", {synthesized_document(lines).count('synth_teacher'):,} synthesized pairs"


def _processor_time(command: list[str], text: str, *, pulls: bool = True) -> float:
    """Return the processor seconds of an edit: letters, every tenth time a line, then a pause."""
    with _serving(command, pulls=pulls) as server:
        server.open(text)
        server.rest()
        line = text.count("\n") // 2
        before = server.processor_seconds
        for number in range(EDITS):
            is_last = number % EDITS_TO_A_PAUSE == EDITS_TO_A_PAUSE - 1
            change = server.edit(line, "\n" if is_last else "x")
            server.tell("textDocument/didChange", change)
            server.marked()
            if is_last:
                # Whoever types stops to think, and servers use that.
                time.sleep(PAUSE)
        server.rest()
        return (server.processor_seconds - before) / EDITS


def _change_to_diagnostics(command: list[str], text: str) -> float:
    with _serving(command) as server:
        server.open(text)
        line = text.count("\n") // 2
        seconds = []
        for _ in range(RUNS):
            change = server.edit(line)
            start = time.perf_counter()
            server.tell("textDocument/didChange", change)
            server.marked()
            seconds.append(time.perf_counter() - start)
        return statistics.median(seconds)


def _hover_behind(command: list[str], text: str, edits: int) -> float:
    with _serving(command) as server:
        server.open(text)
        changes = [server.edit(text.count("\n") // 2) for _ in range(edits)]
        position = {"line": 1, "character": 1}
        # Editors ask for this and that as soon as a document is open.
        server.ask("textDocument/hover", {"textDocument": DOCUMENT, "position": position})
        start = time.perf_counter()
        for change in changes:
            server.tell("textDocument/didChange", change)
        server.ask("textDocument/hover", {"textDocument": DOCUMENT, "position": position})
        return time.perf_counter() - start


def _starts(commands: dict[str, list[str]]) -> dict[str, Iterator[float]]:
    """Return the milliseconds to the answer and to first diagnostics, and the MiB then.

    They take turns, for what else the machine does changes more than they differ. The first turn
    does not count. The client says what VS Code says that it can do, which both have to read.
    """
    capabilities = json.loads(VSCODE.read_text(encoding="utf-8"))["capabilities"]
    costs: dict[str, list[tuple[float, ...]]] = {name: [] for name in commands}
    text = synthesized_document(100)
    for turn in range(STARTS + 1):
        names = list(commands)
        for name in names if turn % 2 else reversed(names):
            start = time.perf_counter()
            with _serving(commands[name], capabilities=capabilities) as server:
                answered = time.perf_counter()
                server.open(text)
                marked = time.perf_counter()
                costs[name].append(
                    (1000 * (answered - start), 1000 * (marked - start), server.mebibytes)
                )
    return {name: _medians(those[1:]) for name, those in costs.items()}


def _opening(command: list[str], text: str) -> Iterator[float]:
    """Return the milliseconds from opening a document to its diagnostics, and the MiB at rest."""
    costs = []
    for _ in range(OPENINGS):
        with _serving(command) as server:
            # What is imported for the first document is counted in the start.
            server.open(synthesized_document(100))
            server.tell("textDocument/didClose", {"textDocument": DOCUMENT})
            start = time.perf_counter()
            server.open(text)
            seconds = time.perf_counter() - start
            server.rest()
            costs.append((1000 * seconds, server.mebibytes))
    return _medians(costs)


def _medians(costs: Sequence[tuple[float, ...]]) -> Iterator[float]:
    return map(statistics.median, zip(*costs, strict=True))


@contextmanager
def _serving(command: list[str], **client: Any) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as home:
        server = Server(command, home, **client)
        try:
            yield server
        finally:
            server.close()


if __name__ == "__main__":
    print(*measure(), sep="\n")
