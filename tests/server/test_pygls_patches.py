"""Pygls patches: each defect that is worked around, shown in pygls itself, and its cure.

Where a test named "pygls ..." fails, pygls has been mended and the cure can go.
"""

import asyncio
import gc
import json
import subprocess
import sys
from concurrent.futures import InvalidStateError
from threading import Event

import psutil
import pytest
from lsprotocol import types
from pygls.io_ import run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from server.editor import NEOVIM, URI, editor
from support.document_text import FRONTMATTER

from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.patched_server import PatchedServer
from dlm_lsp.server.pygls_patches import EncodedJson, PatchedProtocol

TYPED = [
    types.TextDocumentContentChangePartial(
        types.Range(types.Position(0, 1), types.Position(0, 1)), "x"
    )
]


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


def both() -> tuple[LanguageServer, LanguageServer]:
    """A server of pygls, and one of ours."""
    return opened(LanguageServerProtocol), opened(PatchedProtocol, PatchedServer)


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
    async with editor(NEOVIM, pull=True) as client:
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


def ended_while_opening(protocol_cls: type[LanguageServerProtocol]) -> list[str]:
    """What asyncio complains of where a server ends while a document is being opened."""
    complaints: list[str] = []

    async def open_and_end() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))
        server = LanguageServer(
            "t", "1", protocol_cls=protocol_cls, converter_factory=default_converter
        )
        begun = asyncio.Event()

        @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
        async def did_open(params: types.DidOpenTextDocumentParams) -> None:
            begun.set()
            await asyncio.Event().wait()

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
        await begun.wait()

    asyncio.run(open_and_end())
    return complaints


def test_pygls_takes_the_end_of_a_server_for_a_defect_of_a_handler():
    assert "Exception in callback" in ended_while_opening(LanguageServerProtocol)[0]


def test_a_server_that_ends_while_a_document_is_opened_complains_of_nothing():
    assert ended_while_opening(PatchedProtocol) == []
