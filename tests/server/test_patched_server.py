"""Patched server: messages are found whatever their headers, where pygls misses them or ends."""

import asyncio
from contextlib import suppress

import pytest
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter
from server.test_pygls_patches import answer_to, both, opened

from dlm_lsp.server.patched_server import PatchedServer
from dlm_lsp.server.pygls_patches import PatchedProtocol
from dlm_lsp.server.server import DlmServer

BODY = '{"jsonrpc": "2.0", "id": 5, "method": "shutdown"}'
SIZE = len(BODY)


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


@pytest.mark.parametrize(
    "error",
    [
        BrokenPipeError(32, "Broken pipe"),
        ConnectionResetError(104, "Connection reset by peer"),
        JsonRpcInternalError("BrokenPipeError: [Errno 32] Broken pipe"),
    ],
)
def test_that_the_client_has_ended_is_no_defect(error, caplog):
    _, ours = both()
    ours.report_server_error(error, JsonRpcException)
    assert not caplog.records


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


@pytest.mark.parametrize("number", [None, -1, 0, 2**31, 2**32 - 1, 2**70])
async def test_a_number_that_no_process_can_have_is_watched_for_by_nobody(number):
    server = DlmServer()
    server._parent_watches = []
    server.end_with(number)
    assert server._parent_watches == []
