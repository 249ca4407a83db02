"""Wire client: the client's side of the language server protocol, without a library's care."""

import json
import os
import subprocess
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from bench.chaos.campaign import BrokenPromiseError

PATIENCE = 30.0
"""Seconds after which an answer counts as missing."""


class WireClient:
    """A server process and whatever is sent to it; edits that it asks for are made in `texts`."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dlm_lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"DLM_HOME": str(home)},
        )
        self._messages: Queue[dict[str, Any] | None] = Queue()
        self._errors: list[bytes] = []
        self._id = 0
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.edits = 0
        Thread(target=self._read_on, daemon=True).start()
        Thread(target=self._drain, daemon=True).start()

    def tell(self, method: object, params: object) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: object, params: object) -> dict[str, Any]:
        """Send a request and return the whole response.

        Raises:
            BrokenPromiseError: none comes.
        """
        self._id += 1
        number = self._id
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._next(f"no answer to {method} {json.dumps(params)[:300]}")
            if message.get("id") == number and "method" not in message:
                return message
            self._serve(message)

    def send(self, message: object) -> None:
        """Send any JSON.

        Raises:
            BrokenPromiseError: the server has ended.
        """
        body = json.dumps(message).encode()
        assert self._process.stdin
        try:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self._process.stdin.flush()
        except OSError:
            raise self._ended(f"after {body[:300]!r}") from None

    def open(self, uri: str, text: str) -> None:
        """Show a document."""
        self.texts[uri] = text
        self.versions[uri] = 1
        item = {"uri": uri, "languageId": "dlm", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def type(self, uri: str, offset: int, text: str) -> None:
        """Type into a document, which holds no letters beyond the basic plane."""
        before = self.texts[uri][:offset]
        at = {"line": before.count("\n"), "character": offset - (before.rfind("\n") + 1)}
        self.texts[uri] = before + text + self.texts[uri][offset:]
        self.versions[uri] += 1
        self.tell(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": self.versions[uri]},
                "contentChanges": [{"range": {"start": at, "end": at}, "text": text}],
            },
        )

    def wait(self, awaited: str) -> None:
        """Serve the next message of the server.

        Raises:
            BrokenPromiseError: none comes.
        """
        self._serve(self._next(f"waited in vain for {awaited}"))

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()

    def _serve(self, message: dict[str, Any]) -> None:
        """Answer what the server asks of a client."""
        if "method" not in message or "id" not in message:
            return
        params = message.get("params") or {}
        result: object = None
        if message["method"] == "workspace/applyEdit":
            result = {"applied": self._apply(params["edit"])}
        elif message["method"] == "workspace/configuration":
            result = [None] * len(params["items"])
        self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _apply(self, edit: dict[str, Any]) -> bool:
        changes = dict(edit.get("changes") or {})
        for change in edit.get("documentChanges") or ():
            document = change["textDocument"]
            if document["version"] not in (None, self.versions[document["uri"]]):
                return False
            changes[document["uri"]] = change["edits"]
        for uri, edits in changes.items():
            text = self.texts[uri]
            for text_edit in sorted(edits, key=lambda edit: _place(text, edit), reverse=True):
                start, end = _place(text, text_edit)
                text = text[:start] + text_edit["newText"] + text[end:]
            self.texts[uri] = text
            self.versions[uri] += 1
            self.edits += 1
            self.tell(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": uri, "version": self.versions[uri]},
                    "contentChanges": [{"text": text}],
                },
            )
        return True

    def _next(self, missing: str) -> dict[str, Any]:
        try:
            message = self._messages.get(timeout=PATIENCE)
        except Empty:
            raise BrokenPromiseError(missing) from None
        if message is None:
            raise self._ended(missing)
        return message

    def _ended(self, when: str) -> BrokenPromiseError:
        self._process.wait()
        errors = b"".join(self._errors).decode(errors="replace")[-1500:]
        return BrokenPromiseError(f"the server has ended, {when}: {errors}")

    def _read_on(self) -> None:
        assert self._process.stdout
        while True:
            length = 0
            while (line := self._process.stdout.readline()).strip():
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            if not length:
                self._messages.put(None)
                return
            self._messages.put(json.loads(self._process.stdout.read(length)))

    def _drain(self) -> None:
        assert self._process.stderr
        while chunk := self._process.stderr.readline():
            self._errors.append(chunk)


def _place(text: str, edit: dict[str, Any]) -> tuple[int, int]:
    """Return where an edit begins and ends; the texts hold no letters beyond the basic plane."""
    lines = text.split("\n")
    start, end = (
        sum(len(line) + 1 for line in lines[: at["line"]]) + at["character"]
        for at in (edit["range"]["start"], edit["range"]["end"])
    )
    return min(start, len(text)), min(end, len(text))
