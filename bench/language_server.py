"""Language server benchmark: how quickly both servers answer, at what cost, and in what memory."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.figure import Figure
from bench.parse import text_of
from bench.reference import reference_server
from dlm_lsp.document import SectionType, parse

LINES = (1_000, 10_000, 100_000)
ASKED = {1_000: 1.0, 10_000: 1 / 4, 100_000: 1 / 8}
RUNS = 15
EDITS = 60
EDITS_TO_A_PAUSE = 10
PAUSE = 1.0
LONGEST_REST = 60.0
"""Seconds without an edit, in which a server may look at what takes longer."""
BURST = 200
STARTS = 40
URI = "file:///bench.dlm"
DOCUMENT = {"uri": URI}


class Server:
    """A language server and its client's side of the wire."""

    def __init__(self, command: list[str], home: str, *, pulls: bool = True) -> None:
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
        pulled = {"diagnostic": {}} if pulls else {}
        capabilities = {"textDocument": {**pulled, "publishDiagnostics": {}}}
        answer = self.ask("initialize", {"processId": None, "capabilities": capabilities})
        self.pulls = "diagnosticProvider" in answer["capabilities"]
        sync = answer["capabilities"]["textDocumentSync"]
        self.incremental = (sync.get("change") if isinstance(sync, dict) else sync) == 2
        self.tell("initialized", {})

    @property
    def mebibytes(self) -> float:
        """The resident memory."""
        return psutil.Process(self._process.pid).memory_info().rss / 2**20

    @property
    def processor_seconds(self) -> float:
        """The processor time that it has taken so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return times.user + times.system

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
        "ours": [str(Path(sys.executable).with_name("dlm-lsp"))],
        # Its package is named like ours, which may stand there.
        "reference": ["env", "-u", "PYTHONPATH", str(reference_server())],
    }
    figures = []
    for lines in LINES:
        for text, what in ((document(lines), ""), (synthesized_document(lines), _pairs(lines))):
            ours, theirs = (_change_to_diagnostics(commands[name], text) for name in commands)
            figures.append(_compared("change to diagnostics", lines, what, ours, theirs))
    for lines in LINES[1:]:
        text, what = synthesized_document(lines), _pairs(lines)
        ours, theirs = (_processor_time(commands[name], text) for name in commands)
        figures.append(_compared("processor time of an edit", lines, what, ours, theirs))
        pushed = _processor_time(commands["ours"], text, pulls=False)
        figures.append(_compared("the same, pushed", lines, what, pushed, theirs))
        text = document(lines)
        ours, theirs = (_processor_time(commands[name], text) for name in commands)
        figures.append(_compared("processor time of an edit", lines, "", ours, theirs))
    text = document(10_000)
    ours, theirs = (_hover_behind_a_burst(commands[name], text) for name in commands)
    what = f"server, hover behind {BURST} edits, 10,000 lines"
    figures.append(Figure(what, "ms", ours * 1000, theirs * 1000, "within 100 ms", ours <= 0.1))
    starts = _starts(commands)
    for unit, what, asked, most, at in (
        ("s", "server, start to first diagnostics", "no slower", 1.0, 0),
        ("MiB", "server, memory after open", "at most 1.2 times", 1.2, 1),
    ):
        ours, theirs = starts["ours"][at], starts["reference"][at]
        figures.append(Figure(what, unit, ours, theirs, asked, met=ours <= most * theirs))
    return figures


def _compared(measured: str, lines: int, what: str, ours: float, theirs: float) -> Figure:
    asked = "no slower" if lines == LINES[0] else f"at most 1/{1 / ASKED[lines]:.0f}"
    met = ours <= ASKED[lines] * theirs
    name = f"server, {measured}, {lines:,} lines{what}"
    return Figure(name, "ms", ours * 1000, theirs * 1000, asked, met=met)


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


def _hover_behind_a_burst(command: list[str], text: str) -> float:
    with _serving(command) as server:
        server.open(text)
        changes = [server.edit(text.count("\n") // 2) for _ in range(BURST)]
        position = {"line": 1, "character": 1}
        # Editors ask for this and that as soon as a document is open.
        server.ask("textDocument/hover", {"textDocument": DOCUMENT, "position": position})
        start = time.perf_counter()
        for change in changes:
            server.tell("textDocument/didChange", change)
        server.ask("textDocument/hover", {"textDocument": DOCUMENT, "position": position})
        return time.perf_counter() - start


def _starts(commands: dict[str, list[str]]) -> dict[str, tuple[float, float]]:
    """Return the seconds from start to first diagnostics, and the memory then, of each server.

    They take turns, for what else the machine does changes more than they differ.
    """
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(STARTS):
        names = list(commands)
        for name in names if turn % 2 else reversed(names):
            start = time.perf_counter()
            with _serving(commands[name]) as server:
                server.open(document(100))
                costs[name].append((time.perf_counter() - start, server.mebibytes))
    return {
        name: (statistics.median(c[0] for c in those), statistics.median(c[1] for c in those))
        for name, those in costs.items()
    }


@contextmanager
def _serving(command: list[str], *, pulls: bool = True) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as home:
        server = Server(command, home, pulls=pulls)
        try:
            yield server
        finally:
            server.close()


if __name__ == "__main__":
    print(*measure(), sep="\n")
