"""Pygls patches: each defect that is worked around, shown in pygls itself, and its cure.

Where a test named "pygls ..." fails, pygls has been mended and the cure can go.
"""

import asyncio
import gc
import json
import subprocess
import sys
from concurrent.futures import InvalidStateError
from contextlib import suppress
from threading import Event

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.io_ import run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from pygls.workspace import TextDocument
from server.editor import NEOVIM, URI, editor
from support.document_text import FRONTMATTER
from support.generated_documents import wild_documents

from dlm_lsp.document import Span
from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.pygls_patches import EncodedJson, LiveDocument, PatchedProtocol, PatchedServer

TYPED = [
    types.TextDocumentContentChangePartial(
        types.Range(types.Position(0, 1), types.Position(0, 1)), "x"
    )
]


def live(text: str) -> LiveDocument:
    return LiveDocument(URI, text, 1, "utf-16", "dlm")


def insertion(line: int, character: int, text: str) -> types.TextDocumentContentChangePartial:
    at = types.Position(line, character)
    return types.TextDocumentContentChangePartial(types.Range(at, at), text)


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\x0c", "\x0b", "\x1c"])
def test_pygls_takes_other_characters_for_line_ends(separator):
    text = f"a{separator}b\nc"
    theirs, ours = TextDocument(URI, text), live(text)
    for document in (theirs, ours):
        document.apply_change(insertion(1, 0, "x"))
    assert ours.source == f"a{separator}b\nxc"
    assert theirs.source != ours.source


def test_pygls_clamps_a_position_past_the_end_one_short():
    theirs, ours = TextDocument(URI, "ab\nc"), live("ab\nc")
    for document in (theirs, ours):
        document.apply_change(insertion(1, 99, "x"))
    assert ours.source == "ab\ncx"
    assert theirs.source != ours.source


@given(wild_documents() | st.text(max_size=40), st.data())
def test_every_edit_lands_where_the_client_made_it(text, data):
    document = live(text)
    for _ in range(3):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        if "\r\n" in (text[start - 1 : start + 1], text[end - 1 : end + 1]):
            continue
        new = data.draw(st.sampled_from(["", "a", "🙂", "\n", "\r\n", "::prose::\n"]))
        range_ = document.positions.range(Span(start, end))
        document.apply_change(types.TextDocumentContentChangePartial(range_, new))
        text = text[:start] + new + text[end:]
        assert document.source == text


def test_a_change_without_a_range_replaces_the_whole_text():
    document = live("old")
    document.apply_change(types.TextDocumentContentChangeWholeDocument("new"))
    assert document.source == "new"


def opened(
    protocol_cls: type[LanguageServerProtocol], server_cls: type[LanguageServer] = LanguageServer
) -> LanguageServer:
    """A server of one protocol or the other, with a document open in it."""
    server = server_cls("t", "1", protocol_cls=protocol_cls, converter_factory=default_converter)
    server.protocol.set_writer(Sink())
    server.protocol.handle_message(
        types.InitializeRequest(
            1, types.InitializeParams(types.ClientCapabilities(), root_uri=None)
        )
    )
    item = types.TextDocumentItem(URI, "dlm", 1, "a\n")
    server.protocol.handle_message(
        types.DidOpenTextDocumentNotification(types.DidOpenTextDocumentParams(item))
    )
    return server


class Sink:
    """A client that listens and says nothing."""

    last = b""

    def write(self, data: bytes) -> None:
        self.last = data

    def close(self) -> None:
        return


def type_into(server: LanguageServer, times: int) -> None:
    for version in range(2, times + 2):
        identifier = types.VersionedTextDocumentIdentifier(version, URI)
        params = types.DidChangeTextDocumentParams(identifier, TYPED)
        server.protocol.handle_message(types.DidChangeTextDocumentNotification(params))


def test_pygls_keeps_the_future_of_every_notification():
    theirs, ours = opened(LanguageServerProtocol), opened(PatchedProtocol)
    for server in (theirs, ours):
        type_into(server, 50)
    assert len(theirs.protocol._request_futures) >= 50
    assert len(ours.protocol._request_futures) == 0


def test_pygls_dies_at_shutdown_with_a_command_in_flight():
    def answer_to_shutdown(protocol_cls: type[LanguageServerProtocol]) -> bytes:
        server = opened(protocol_cls)

        @server.command("wait")
        async def wait() -> None:
            await asyncio.Event().wait()

        async def shut_down() -> None:
            server.protocol.handle_message(
                types.ExecuteCommandRequest(5, types.ExecuteCommandParams("wait"))
            )
            await asyncio.sleep(0)
            server.protocol.handle_message(types.ShutdownRequest(9))
            await asyncio.sleep(0)

        asyncio.run(shut_down())
        return server.protocol.writer.last

    assert b"dictionary changed size" in answer_to_shutdown(LanguageServerProtocol)
    assert b'"result": null' in answer_to_shutdown(PatchedProtocol)


async def asked(server: LanguageServer) -> tuple[str, "asyncio.Future[object]"]:
    """A request to the client that waits for its answer, by its number."""
    params = types.ApplyWorkspaceEditParams(types.WorkspaceEdit())
    waiting = asyncio.ensure_future(server.workspace_apply_edit_async(params))
    await asyncio.sleep(0)
    *_, msg_id = server.protocol._request_futures
    return msg_id, waiting


async def test_pygls_waits_for_ever_where_an_answer_cannot_be_read():
    theirs, ours = both()
    for server in (theirs, ours):
        msg_id, waiting = await asked(server)
        unreadable = json.dumps({"jsonrpc": "2.0", "id": msg_id, "result": None})
        await answer_to(f"Content-Length: {len(unreadable)}\r\n\r\n{unreadable}", server)
        for _ in range(5):
            await asyncio.sleep(0)
        assert waiting.done() is (server is ours)
        waiting.cancel()


async def test_pygls_fails_at_an_answer_that_nobody_waits_for_any_more():
    theirs, ours = both()
    for server in (theirs, ours):
        msg_id, waiting = await asked(server)
        waiting.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        if server is theirs:
            with pytest.raises(InvalidStateError):
                server.protocol._handle_response(msg_id, None)
        else:
            server.protocol._handle_response(msg_id, None)


def test_pygls_tells_the_client_of_errors_in_sending_to_it():
    messages = []
    theirs = LanguageServer("t", "1")
    theirs.window_show_message = messages.append
    ours = PatchedServer(
        "t", "1", protocol_cls=PatchedProtocol, converter_factory=default_converter
    )
    ours.window_show_message = messages.append
    for server in (theirs, ours):
        server.report_server_error(ValueError("cannot send"), ValueError)
    assert len(messages) == 1


async def answer_to(message: str, server: LanguageServer) -> bytes:
    """What a server answers to the bytes that it reads, nothing where it finds no message."""
    server.protocol.set_writer(Sink())
    reader = asyncio.StreamReader()
    reader.feed_data(message.encode())
    reader.feed_eof()
    if isinstance(server, PatchedServer):
        await server._read(reader)
    else:
        await run_async(Event(), reader, server.protocol, None, server.report_server_error)
    return server.protocol.writer.last


BODY = '{"jsonrpc": "2.0", "id": 5, "method": "shutdown"}'
SIZE = len(BODY)


def both() -> tuple[LanguageServer, LanguageServer]:
    """A server of pygls, and one of ours."""
    return opened(LanguageServerProtocol), opened(PatchedProtocol, PatchedServer)


@pytest.mark.parametrize(
    "header",
    [
        f"Content-length: {SIZE}\r\n",
        f"content-length: {SIZE}\r\n",
        f"CONTENT-LENGTH: {SIZE}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n",
        f"Content-Length:{SIZE}\r\n",
        f"Content-Length: {SIZE} \r\n",
    ],
)
async def test_pygls_knows_the_length_in_one_spelling_only(header):
    theirs, ours = both()
    message = f"{header}\r\n{BODY}"
    assert await answer_to(message, theirs) == b""
    assert b'"result": null' in await answer_to(message, ours)


@pytest.mark.parametrize(
    "header",
    [
        f"Content-Length: {SIZE}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n",
        f"Content-Type: application/vscode-jsonrpc\r\nContent-Length: {SIZE}\r\n",
        f"X-Content-Length: 3\r\nContent-Length: {SIZE}\r\n",
    ],
)
async def test_other_headers_are_passed_over(header):
    for server in both():
        assert b'"result": null' in await answer_to(f"{header}\r\n{BODY}", server)


@pytest.mark.parametrize("length", [2**16 + 1, 2**17 - 3, 2**17 - 2, 2**17 - 1, 2**20])
async def test_pygls_ends_at_a_header_line_that_is_too_long(length):
    theirs, ours = both()
    message = f"Content-Length: {SIZE}\r\nX: {'x' * length}\r\n\r\n{BODY}"
    with pytest.raises(ValueError, match="longer than limit"):
        await answer_to(message, theirs)
    assert b'"result": null' in await answer_to(message, ours)


async def test_a_line_that_is_too_long_is_one_line_however_it_arrives():
    server = opened(PatchedProtocol, PatchedServer)
    reader = asyncio.StreamReader()
    serving = asyncio.create_task(server._read(reader))
    start = f"Content-Length: {SIZE}\r\nX: {'x' * 2**16}"
    for part in (start, "x" * 2**17, "\r\n", "\r\n", BODY):
        reader.feed_data(part.encode())
        await asyncio.sleep(0)
    reader.feed_eof()
    await serving
    assert b'"result": null' in server.protocol.writer.last


@pytest.mark.parametrize("length", [10, 2**17])
async def test_pygls_never_finds_the_next_message_after_one_whose_length_it_cannot_read(length):
    theirs, ours = both()
    lost = f'Content-Length: what?\r\n\r\n{{"lost": "{"x" * length}"}}'
    message = f"{lost}Content-Length: {SIZE}\r\n\r\n{BODY}"
    with suppress(ValueError):
        assert await answer_to(message, theirs) == b""
    assert b'"result": null' in await answer_to(message, ours)


def test_importing_the_shell_does_not_load_the_protocol():
    code = "import sys, dlm_lsp.cli.app, dlm_lsp.ide.hover; print('lsprotocol' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_starting_the_server_loads_no_model_library():
    create_server()
    code = (
        "import sys; from dlm_lsp.server.lifecycle import create_server; create_server(); "
        "print([m for m in ('torch', 'transformers', 'openai', 'anthropic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_memory_does_not_grow_with_keystrokes():
    async with editor(NEOVIM) as client:
        client.open(f"{FRONTMATTER}::prose::\nSome text.\n")
        at = len(client.text())
        process = psutil.Process(client._server.pid)

        async def keystrokes(count: int) -> int:
            for _ in range(count // 2):
                client.type(at, at, "x")
                client.type(at, at + 1, "")
            # The answer comes behind all of them.
            await client.pulled()
            return process.memory_info().rss

        gc.collect()
        # What waits to be read takes memory too, as much in every burst.
        before = max([await keystrokes(2_000) for _ in range(2)])
        after = min([await keystrokes(2_000) for _ in range(10)][2:])
        assert after - before < 5 * 2**20


class Writer:
    """What was sent, head and body."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        return


@pytest.mark.parametrize("text", ['{"a":[1,"\\u00e9"]}', "[]", "null"])
def test_pygls_encodes_what_is_json_already(text):
    server, writer = create_server(), Writer()
    server.protocol.set_writer(writer)
    super(PatchedProtocol, server.protocol)._send_data({"result": text})
    assert json.loads(writer.sent[-1].split(b"\r\n\r\n")[1])["result"] == text
    server.protocol._send_response("7", EncodedJson(text))
    server.protocol.notify("$/marked", EncodedJson(text))
    answer, notification = (message.split(b"\r\n\r\n") for message in writer.sent[1:])
    for head, body in (answer, notification):
        assert head == b"Content-Length: %d" % len(body)
    value = json.loads(text)
    assert json.loads(answer[1]) == {"id": "7", "jsonrpc": "2.0", "result": value}
    assert json.loads(notification[1]) == {"jsonrpc": "2.0", "method": "$/marked", "params": value}
