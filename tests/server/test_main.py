"""Entry point: the server starts, survives, and ends at once, with nothing left behind."""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import psutil
import pytest
from lsprotocol import types
from server.editor import NEOVIM, URI, VSCODE, Editor, capabilities_of, editor
from server.test_synthesis import TEXT, hold, settings
from support.document_text import FRONTMATTER
from support.tiny_model import tiny_llama

import dlm_lsp.server.main as server_main
from dlm_lsp.server.main import RetryingLogHandler

GONE_WITHIN = 5.0
"""Seconds that a loaded machine may need for what takes 0.2 s on a quiet one."""


def framed(message: object) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def request(id_: int, method: str, params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


def change(uri: str) -> dict[str, object]:
    params = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": "x"}]}
    return {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}


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
            # An editor sets none of what a developer may have set.
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        )
        # A server that hangs fails its test and does not hang it.
        self._watchdog = threading.Timer(4 * GONE_WITHIN, self.process.kill)
        self._watchdog.start()

    def send(self, *messages: object) -> None:
        for message in messages:
            self.process.stdin.write(framed(message))
        self.process.stdin.flush()

    def close(self) -> None:
        self._watchdog.cancel()
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
    wire.send(INITIALIZE, change(URI), request(2, "shutdown", None))
    assert wire.answer_to(2)["result"] is None


def test_of_a_document_that_is_not_open_it_is_said_once(wire):
    wire.send(INITIALIZE, *[change(URI)] * 3, change("file:///other.dlm"))
    wire.process.stdin.close()
    log = wire.process.stderr.read().decode()
    assert log.count(f"ignoring changes of {URI}") == 1
    assert log.count("ignoring changes of file:///other.dlm") == 1


def test_a_log_that_nobody_reads_holds_up_neither_the_answers_nor_the_end(wire):
    wire.send(INITIALIZE, *(change(f"file:///{number}.dlm") for number in range(5_000)))
    wire.send(request(2, "shutdown", None))
    assert wire.answer_to(2)["result"] is None
    wire.send({"jsonrpc": "2.0", "method": "exit"})
    assert wire.process.wait(GONE_WITHIN) == 0


class Unread(StringIO):
    """A stream that takes nothing until somebody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.read_on = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.reached.set()
        self.read_on.wait()
        return super().write(text)


def logged(log: RetryingLogHandler, words: str) -> None:
    log.emit(logging.LogRecord("test", logging.WARNING, "", 0, "%s", (words,), None))


def test_what_is_logged_is_written_in_order_before_the_end():
    stream = StringIO()
    log = RetryingLogHandler(stream)
    for number in range(100):
        logged(log, f"line {number}")
    log.close()
    assert stream.getvalue() == "".join(f"line {number}\n" for number in range(100))


def test_what_is_logged_while_too_much_waits_is_counted(monkeypatch):
    monkeypatch.setattr(server_main, "_MOST_WAITING", 2)
    stream = Unread()
    log = RetryingLogHandler(stream)
    logged(log, "one")
    assert stream.reached.wait(GONE_WITHIN)
    for words in ("two", "three", "four", "five"):
        logged(log, words)
    stream.read_on.set()
    log.close()
    assert stream.getvalue() == "one\ntwo\n(2 more were lost)\nthree\n"


@pytest.mark.parametrize("most", [1, 100])
def test_an_end_does_not_wait_for_somebody_to_read(most, monkeypatch):
    monkeypatch.setattr(server_main, "_MOST_WAITING", most)
    stream = Unread()
    log = RetryingLogHandler(stream)
    for _ in range(3):
        logged(log, "words")
    began = time.monotonic()
    log.close()
    assert time.monotonic() - began < GONE_WITHIN
    stream.read_on.set()


def test_a_stream_that_is_gone_ends_no_log():
    class Gone(StringIO):
        def write(self, text: str) -> int:
            if text == "lost\n":
                raise BrokenPipeError
            return super().write(text)

    stream = Gone()
    log = RetryingLogHandler(stream)
    logged(log, "lost")
    logged(log, "written")
    log.close()
    assert stream.getvalue() == "written\n"


def test_the_log_may_go_to_a_file(tmp_path):
    file = tmp_path / "log"
    server = Wire("--log-file", str(file))
    try:
        server.send(INITIALIZE, change(URI))
        server.process.stdin.close()
        server.process.wait(GONE_WITHIN)
        assert server.process.stderr.read() == b""
    finally:
        server.close()
    assert "WARNING dlm_lsp.server.pygls_patches: ignoring changes of" in file.read_text()


@pytest.mark.parametrize("content", [None, b"no header\n", framed(INITIALIZE)])
def test_an_input_that_is_no_pipe_is_read_to_its_end(content, tmp_path):
    file = Path(os.devnull)
    if content is not None:
        file = tmp_path / "input"
        file.write_bytes(content)
    command = [sys.executable, "-m", "dlm_lsp"]
    with file.open("rb") as source:
        done = subprocess.run(
            command, stdin=source, capture_output=True, timeout=GONE_WITHIN, check=False
        )
    assert done.stderr == b""
    assert (b"capabilities" in done.stdout) == (content == framed(INITIALIZE))


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_without_input_or_output_it_says_so_and_ends(closed):
    command = f"exec '{sys.executable}' -m dlm_lsp {closed}"
    done = subprocess.run(
        command, shell=True, stderr=subprocess.PIPE, timeout=GONE_WITHIN, check=False
    )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "dlm-lsp: standard input or output is closed; an editor keeps both open"
    ]


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


def initialize_for(process: subprocess.Popen[bytes]) -> dict[str, object]:
    return request(1, "initialize", {"processId": process.pid, "capabilities": {}})


@pytest.fixture
def parent():
    """A process that runs until it is killed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_the_server_ends_when_the_process_of_its_client_does(wire, parent):
    wire.send(initialize_for(parent))
    assert "result" in wire.answer_to(1)
    parent.kill()
    parent.wait()
    assert wire.process.wait(2 * GONE_WITHIN) == 1


def test_the_server_ends_when_the_process_of_its_client_is_gone_already(wire, parent):
    parent.kill()
    parent.wait()
    wire.send(initialize_for(parent))
    assert wire.process.wait(2 * GONE_WITHIN) == 1


def test_the_process_of_the_client_may_be_named_on_the_command_line(parent):
    server = Wire("--clientProcessId", str(parent.pid))
    try:
        server.send(INITIALIZE)
        assert "result" in server.answer_to(1)
        parent.kill()
        parent.wait()
        assert server.process.wait(2 * GONE_WITHIN) == 1
    finally:
        server.close()


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
    async with editor(NEOVIM, pull=True) as client:
        other = URI.replace("towns", "other")
        client.open(f"{FRONTMATTER}one\n")
        own_id = FRONTMATTER.replace("01J", "01K")
        client.open(f"{own_id}\r\ntwo\r\n", other)
        for number in range(200):
            client.type(len(FRONTMATTER), len(FRONTMATTER), f"{number} ")
            client.type(len(FRONTMATTER) + 2, len(FRONTMATTER) + 2, "🙂\u2028", other)
        client.type(len(client.text()), len(client.text()), "::Prose::\n")
        client.type(len(client.text(other)), len(client.text(other)), "::Prose::\r\n", other)
        for uri in (URI, other):
            (found,) = await client.pulled(uri)
            assert found.range.start == client.at("Prose", uri)
