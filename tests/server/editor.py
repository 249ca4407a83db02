"""Editor stand-in: buffers that are typed in, edits that are made or refused."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Union

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES

VSCODE = "visual-studio-code"
NEOVIM = "neovim@v0.11.0"
EMACS = "emacs"
EDITORS = [VSCODE, NEOVIM, EMACS]
URI = "file:///notes/towns.dlm"
PATIENCE = 20.0


@dataclass
class Buffer:
    """The text of a document as the user sees it."""

    text: str
    version: int = 1


class Editor(LanguageClient):
    """A client with buffers, which keeps what the server sends until a test asks for it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(configuration={"": {"dlm": settings}})
        for method, function in DEFAULT_CLIENT_FEATURES.items():
            self.feature(method)(lambda params, function=function: function(self, params))
        # lsprotocol takes every action that holds a command for a mere command.
        self.protocol._converter.register_structure_hook(
            Union[types.Command, types.CodeAction],  # noqa: UP007 (the key that lsprotocol uses)
            _action,
        )
        self.buffers: dict[str, Buffer] = {}
        self.edits: list[types.ApplyWorkspaceEditParams] = []
        self.versions: dict[str, int | None] = {}
        self.encoding = "utf-16"
        self.by_line_feeds = False
        self.deletes_by_protocol = False
        self.takes_edits = True
        self.answers_no_edit = False
        self.leaving = asyncio.Event()
        self.ticks = slice(None)
        self.fails_edits = ""
        self.answers_edits = asyncio.Event()
        self.answers_edits.set()
        self.before_edit: Callable[[], None] = lambda: None
        self._heard = asyncio.Event()
        self.feature(types.WORKSPACE_APPLY_EDIT)(partial(Editor.asked_to_apply, self))
        self.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda params: None)
        self.feature(types.WORKSPACE_INLAY_HINT_REFRESH)(lambda params: None)

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something is so; it is looked at again after each message."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._heard.clear()
                if true():
                    return
                await self._heard.wait()

    async def start(
        self, capabilities: types.ClientCapabilities, name: str | None = None, **env: str
    ) -> None:
        """Start a server and initialize it, as a client that says its name or does not."""
        handle = self.protocol.handle_message

        def heard(message: Any) -> None:
            handle(message)
            self._heard.set()

        self.protocol.handle_message = heard
        await self.start_io(sys.executable, "-m", "dlm_lsp", env={**os.environ, **env})
        answer = await self.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                client_info=types.ClientInfo(name) if name else None,
                initialization_options=self.get_configuration(section="dlm"),
            )
        )
        self.server_can = answer.capabilities
        self.encoding = str(answer.capabilities.position_encoding or "utf-16")

    def open(self, text: str, uri: str = URI) -> None:
        """Show a document."""
        self.buffers[uri] = Buffer(text)
        item = types.TextDocumentItem(uri, "dlm", 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def rename(self, new: str, *, opened_first: bool = False) -> None:
        """Show the document under another name, as `:saveas` and a renamed file do."""
        closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI))
        text = self.buffers.pop(URI).text
        if opened_first:
            self.open(text, new)
        self.text_document_did_close(closed)
        if not opened_first:
            self.open(text, new)

    def type(self, start: int, end: int, text: str, uri: str = URI) -> None:
        """Put `text` in the place of what stands from `start` to `end`, and tell the server."""
        buffer = self.buffers[uri]
        range_ = types.Range(self.position(start, uri), self._end(start, end, uri))
        buffer.text = buffer.text[:start] + text + buffer.text[end:]
        buffer.version += 1
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(buffer.version, uri),
                [types.TextDocumentContentChangePartial(range_, text)],
            )
        )

    def text(self, uri: str = URI) -> str:
        """What the user sees."""
        return self.buffers[uri].text

    def position(self, offset: int, uri: str = URI) -> types.Position:
        """The position of an offset, counted the plain way."""
        before = self.text(uri)[:offset].replace("\r\n", "\n")
        if not self.by_line_feeds:
            before = before.replace("\r", "\n")
        *lines, last = before.split("\n")
        return types.Position(len(lines), self._units(last))

    def offset(self, position: types.Position, uri: str = URI) -> int:
        """The offset of a position, found the plain way."""
        text = self.text(uri)
        found = (
            offset
            for offset in range(len(text) + 1)
            if self.position(offset, uri) == position and text[offset - 1 : offset + 1] != "\r\n"
        )
        # Every editor takes a line behind the last one for the end.
        return len(text) if position.line > self.position(len(text), uri).line else next(found)

    def at(self, words: str, uri: str = URI) -> types.Position:
        """Where `words` begin."""
        return self.position(self.text(uri).index(words), uri)

    async def command(self, name: str, **argument: Any) -> Any:
        """Have the server do something for the document, and return its answer."""
        given = {"uri": URI, **argument}
        return await self.workspace_execute_command_async(types.ExecuteCommandParams(name, [given]))

    async def actions(
        self, words: str, only: list[str] | None = None
    ) -> list[types.CodeAction | types.Command]:
        """What is offered where `words` begin."""
        place = self.at(words)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(URI),
            types.Range(place, place),
            types.CodeActionContext([], only=only),
        )
        return list(await self.text_document_code_action_async(params) or ())

    async def marked(self, *codes: str) -> list[types.Diagnostic]:
        """The diagnostics once they have just these codes, pulled where the server offers it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if self.server_can.diagnostic_provider:
                    found = await self.pulled()
                else:
                    await self.until(lambda: URI in self.diagnostics)
                    found = list(self.diagnostics[URI])
                if [diagnostic.code for diagnostic in found] == list(codes):
                    return found
                self._heard.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await self._heard.wait()

    async def pulled(self, uri: str = URI) -> list[types.Diagnostic]:
        """The diagnostics of a document, as a client that pulls asks for them."""
        report = await self.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        )
        return list(report.items)

    def progress(self) -> list[str]:
        """The words of all progress that was shown, in order."""
        return [
            getattr(value, "message", None) or getattr(value, "title", None) or ""
            for values in self.progress_reports.values()
            for value in values
        ]

    def finished(self) -> int:
        """How many pieces of work have ended."""
        return sum(
            isinstance(value, types.WorkDoneProgressEnd)
            for values in self.progress_reports.values()
            for value in values
        )

    def _end(self, start: int, end: int, uri: str) -> types.Position:
        """Where a change ends; Helix counts that from its start."""
        if not self.deletes_by_protocol:
            return self.position(end, uri)
        deleted = self.text(uri)[start:end].replace("\r\n", "\n").replace("\r", "\n")
        *lines, last = deleted.split("\n")
        first, units = self.position(start, uri), self._units(last)
        return types.Position(first.line + len(lines), units if lines else first.character + units)

    def _units(self, text: str) -> int:
        if self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode())
        return len(text.encode("utf-16-le")) // 2

    async def asked_to_apply(
        self, params: types.ApplyWorkspaceEditParams
    ) -> types.ApplyWorkspaceEditResult | None:
        """Make an edit that the server asks for, and answer when it may."""
        self.before_edit()
        self.edits.append(params)
        await self.answers_edits.wait()
        if self.answers_no_edit:
            self.apply(params)
            await self.leaving.wait()
        if self.fails_edits == "error":
            raise RuntimeError("no such document")
        return None if self.fails_edits == "nonsense" else self.apply(params)

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        if not self.takes_edits:
            return types.ApplyWorkspaceEditResult(applied=False)
        changes = dict(params.edit.changes or {})
        for change in params.edit.document_changes or ():
            uri, version = change.text_document.uri, change.text_document.version
            if version is not None and version != self.buffers[uri].version:
                return types.ApplyWorkspaceEditResult(applied=False)
            changes[uri] = change.edits[self.ticks]
        for uri, edits in changes.items():
            placed = [
                (self.offset(e.range.start, uri), self.offset(e.range.end, uri), e.new_text)
                for e in edits
            ]
            # From the end on, so that no edit moves the place of another.
            placed.sort(key=lambda edit: edit[:2])
            for start, end, text in placed[::-1]:
                self.type(start, end, text, uri)
        return types.ApplyWorkspaceEditResult(applied=True)


def _action(given: dict[str, Any], _: type) -> types.Command | types.CodeAction:
    kind = types.Command if isinstance(given.get("command"), str) else types.CodeAction
    return get_converter().structure(given, kind)


def capabilities_of(editor: str, **more: bool) -> types.ClientCapabilities:
    """The recorded capabilities of an editor; with `pull` it asks for diagnostics when told to."""
    found = client_capabilities(editor)
    if more.get("pull"):
        assert found.text_document
        assert found.workspace
        found.text_document.diagnostic = types.DiagnosticClientCapabilities()
        found.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(
            refresh_support=True
        )
    return found


def asks_for(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have every editor say that it knows what only this server has."""
    recorded = capabilities_of

    def with_experimental(editor: str, **more: bool) -> types.ClientCapabilities:
        capabilities = recorded(editor, **more)
        capabilities.experimental = {"dlm": dict.fromkeys(names, True)}
        return capabilities

    monkeypatch.setattr("server.editor.capabilities_of", with_experimental)


@asynccontextmanager
async def editor(
    name: str = VSCODE,
    env: Mapping[str, str] | None = None,
    *,
    pull: bool = False,
    by_line_feeds: str | None = None,
    **settings: Any,
) -> AsyncIterator[Editor]:
    """An editor with a server of its own, both gone at the end.

    One that ends no line at a lone CR is named as it names itself, empty where it does not.
    """
    client = Editor(**settings)
    client.by_line_feeds = by_line_feeds is not None
    client.deletes_by_protocol = by_line_feeds == "helix"
    await client.start(capabilities_of(name, pull=pull), by_line_feeds, **(env or {}))
    try:
        yield client
    finally:
        # What waits here would wait for ever.
        client.takes_edits = False
        client.leaving.set()
        client.answers_edits.set()
        await client.shutdown_session()
        await client.stop()
