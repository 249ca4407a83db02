"""How the server starts, what it survives, and how it ends: at once, with nothing left behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest
from document_text import FRONTMATTER
from lsprotocol import types
from server.editor import NEOVIM, URI, VSCODE, Editor, capabilities_of, editor
from server.test_synthesis import TEXT, hold, settings
from tiny_model import tiny_llama

GONE_WITHIN = 5.0
"""Seconds that a loaded machine may need for what takes 0.2 s on a quiet one."""


def framed(message: object) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def request(id_: int, method: str, params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
INITIALIZE = request(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}})


class Wire:
    """A server and the bytes that go to and come from it."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlm_lsp", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, *messages: object) -> None:
        for message in messages:
            self.process.stdin.write(framed(message))
        self.process.stdin.flush()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def read(self) -> dict[str, object]:
        length = 0
        while (line := self.process.stdout.readline()).strip():
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        return json.loads(self.process.stdout.read(length))

    def answer_to(self, id_: int) -> dict[str, object]:
        while (message := self.read()).get("id") != id_:
            pass
        return message


@pytest.fixture
def wire():
    made = Wire()
    yield made
    made.close()


def test_the_version_is_told():
    done = subprocess.run(
        [sys.executable, "-m", "dlm_lsp", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("dlm-lsp ")


def test_a_request_before_initialize_is_answered_with_the_error_of_the_spec(wire):
    wire.send(request(7, "textDocument/hover", HOVER), INITIALIZE)
    assert wire.answer_to(7)["error"]["code"] == types.ErrorCodes.ServerNotInitialized
    assert "result" in wire.answer_to(1)


def test_malformed_and_unknown_messages_do_not_stop_the_server(wire):
    wire.send(INITIALIZE, b"{not json", b"[]", b'"text"', {"jsonrpc": "1.0", "id": 2}, {"id": 3})
    wire.send(request(4, "no/suchMethod", {}), request(5, "textDocument/hover", {"wrong": 1}))
    wire.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}})
    wire.send(request(6, "shutdown", None))
    assert wire.answer_to(4)["error"]["code"] == -32601
    assert wire.answer_to(5)["error"]["code"] == -32602
    assert wire.answer_to(6)["result"] is None


def test_a_change_of_a_document_that_is_not_open_is_ignored(wire):
    change = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": "x"}]}
    wire.send(INITIALIZE, {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change})
    wire.send(request(2, "shutdown", None))
    assert wire.answer_to(2)["result"] is None


def test_after_shutdown_requests_are_refused_and_exit_ends_with_0(wire):
    wire.send(INITIALIZE, request(2, "shutdown", None), request(3, "textDocument/hover", HOVER))
    assert wire.answer_to(3)["error"]["code"] == types.ErrorCodes.InvalidRequest
    wire.send({"jsonrpc": "2.0", "method": "exit"})
    assert wire.process.wait(GONE_WITHIN) == 0


def test_an_exit_without_shutdown_ends_with_1(wire):
    wire.send(INITIALIZE)
    wire.answer_to(1)
    wire.send({"jsonrpc": "2.0", "method": "exit"})
    assert wire.process.wait(GONE_WITHIN) == 1


def test_the_server_ends_when_its_input_does(wire):
    wire.send(INITIALIZE)
    wire.answer_to(1)
    wire.process.stdin.close()
    wire.process.wait(GONE_WITHIN)


def test_it_serves_over_tcp_too_until_the_client_goes():
    server = Wire("--tcp", "--port", "0")
    try:
        port = int(server.process.stderr.readline().rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(framed(INITIALIZE))
            assert client.recv(15) == b"Content-Length:"
        server.process.wait(GONE_WITHIN)
    finally:
        server.close()


@pytest.mark.parametrize("end", ["shutdown", "eof", "killed editor"])
async def test_it_is_gone_within_a_second_with_a_job_running(end, teacher, env, gate):
    hold(teacher, gate)
    client = Editor(**settings(teacher))
    await client.start(capabilities_of(VSCODE), **env)
    client.open(TEXT)
    await client.command("dlm.synth.run")
    await client.until(lambda: "0 of 2 sections, 0 kept, 0 refused" in client.progress())
    process = client._server
    if end == "shutdown":
        await client.shutdown_async(None)
        client.exit(None)
    else:
        process.stdin.close()
    async with asyncio.timeout(GONE_WITHIN):
        await process.wait()
    await client.stop()


async def test_no_worker_outlives_the_server(env, tmp_path):
    model = tiny_llama(tmp_path)
    client = Editor(teacher=f"hf:{model}", filter="none", perSection=1)
    await client.start(capabilities_of(NEOVIM), **env)
    client.open(TEXT)
    await client.command("dlm.synth.run")
    server = psutil.Process(client._server.pid)
    await client.until(client.finished)
    workers = server.children(recursive=True)
    assert workers
    os.kill(server.pid, signal.SIGKILL)
    await client._server.wait()
    _, alive = psutil.wait_procs(workers, timeout=GONE_WITHIN)
    assert alive == []
    await client.stop()


async def test_a_worker_that_is_killed_costs_its_run_and_not_the_server(env, tmp_path):
    model = tiny_llama(tmp_path)
    settings_of_run = {"teacher": f"hf:{model}", "filter": "none", "perSection": 1}
    async with editor(NEOVIM, env, **settings_of_run) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        server = psutil.Process(client._server.pid)
        await client.until(client.finished)
        for worker in server.children(recursive=True):
            worker.kill()
        await client.command("dlm.synth.run")
        await client.until(lambda: client.finished() == 2)
        hover = await client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(URI), types.Position(1, 1))
        )
        assert "dlm_id" in hover.contents.value


async def test_many_edits_in_one_change_and_over_several_documents_are_all_made():
    async with editor(NEOVIM) as client:
        other = URI.replace("towns", "other")
        client.open(f"{FRONTMATTER}one\n")
        client.open(f"{FRONTMATTER}\r\ntwo\r\n", other)
        for number in range(200):
            client.type(len(FRONTMATTER), len(FRONTMATTER), f"{number} ")
            client.type(len(FRONTMATTER) + 2, len(FRONTMATTER) + 2, "🙂\u2028", other)
        client.type(len(client.text()), len(client.text()), "::Prose::\n")
        client.type(len(client.text(other)), len(client.text(other)), "::Prose::\r\n", other)
        for uri in (URI, other):
            (found,) = await client.pulled(uri)
            assert found.range.start == client.at("Prose", uri)
