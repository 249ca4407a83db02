"""Listening: one client is served, and nobody else joins, steers or ends its session."""

import asyncio
import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from lsprotocol import types
from server.test_main import GONE_WITHIN, INITIALIZE, Wire, framed, request

from dlm_lsp.server.listening import serve_one_client, socket_file

SHUTDOWN, EXIT = request(2, "shutdown", None), {"jsonrpc": "2.0", "method": "exit"}


@pytest.fixture
def listening() -> Iterator[tuple[Wire, int]]:
    """A server that listens, and its port."""
    server = Wire("--tcp", "--port", "0")
    port = int(server.process.stderr.readline().rpartition(b":")[2])
    yield server, port
    server.close()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=GONE_WITHIN)


def sent(port: int, data: bytes) -> bytes:
    """All that comes back to a connection that sends `data`, until the server closes it."""
    with connect(port) as client:
        client.sendall(data)
        received = b""
        try:
            while part := client.recv(4096):
                received += part
        except ConnectionResetError:
            pass
        return received


def answer(client: socket.socket, message: object) -> dict[str, object]:
    client.sendall(framed(message))
    with client.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()).strip():
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        return json.loads(stream.read(length))


def post(*messages: object) -> bytes:
    """What a browser sends for a page that posts a form or fetches."""
    body = b"".join(map(framed, messages))
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


INTRUDERS = {
    "a page that posts": post(INITIALIZE, SHUTDOWN, EXIT),
    "a page whose body is one message": post().replace(b"Content-Length: 0\r\n\r\n", b"")
    + framed(INITIALIZE),
    "an exit": framed(EXIT),
    "a shutdown and an exit": framed(SHUTDOWN) + framed(EXIT),
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n" * 9,
    "no JSON": framed(b"{nothing"),
    "no object": framed([INITIALIZE]),
    "an endless line": b"Content-Type: " + b"x" * 2**17,
    "a length beyond all": b"Content-Length: 99999999999\r\n\r\n",
    "a length beyond every initialize": b"Content-Length: 1048577\r\n\r\n",
    "brackets in brackets": framed(b"[" * 20_000),
}


@pytest.mark.parametrize("data", INTRUDERS.values(), ids=INTRUDERS)
def test_what_does_not_initialize_is_let_go_and_the_client_is_served(data, listening):
    server, port = listening
    assert sent(port, data) == b""
    with connect(port) as client:
        assert "capabilities" in answer(client, INITIALIZE)["result"]
    server.process.wait(GONE_WITHIN)
    assert server.process.stderr.read() == b""


def test_an_initialize_may_be_long(listening):
    _, port = listening
    with connect(port) as client:
        padding = b" " * (2**20 - len(json.dumps(INITIALIZE)))
        assert "result" in answer(client, padding + json.dumps(INITIALIZE).encode())


async def serving_one_client(
    served: list[object], deadline: float
) -> tuple["asyncio.Task[None]", int]:
    """What serves one client, noting how it initializes, and its port."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def serve(message: object, _: object, __: object) -> None:
        served.append(message)

    serving = asyncio.create_task(
        serve_one_client(
            lambda connected: asyncio.start_server(connected, "127.0.0.1", 0),
            serve,
            lambda server: port.set_result(server.sockets[0].getsockname()[1]),
            deadline,
        )
    )
    return serving, await port


async def joined(port: int, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that sends `data`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    return reader, writer


async def test_a_connection_that_has_not_initialized_in_time_is_let_go():
    served: list[object] = []
    async with asyncio.timeout(GONE_WITHIN):
        serving, port = await serving_one_client(served, deadline=0.05)
        for beginning in (b"", b"Content-Length: 9\r\n", b"Content-Length: 9\r\n\r\n{"):
            reader, writer = await joined(port, beginning)
            assert await reader.read() == b""
            writer.close()
        _, writer = await joined(port, framed(INITIALIZE))
        await serving
        writer.close()
    assert served == [INITIALIZE]


async def test_connections_that_do_not_initialize_are_taken_only_so_many_at_a_time():
    served: list[object] = []
    async with asyncio.timeout(GONE_WITHIN):
        serving, port = await serving_one_client(served, deadline=4 * GONE_WITHIN)
        (first, first_writer), *others = [await joined(port, b"") for _ in range(16)]
        reader, refused = await joined(port, framed(INITIALIZE))
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        assert served == []
        first_writer.write(b"no header\n")
        assert await first.read() == b""
        _, writer = await joined(port, framed(INITIALIZE))
        await serving
    assert served == [INITIALIZE]
    for open_writer in (first_writer, refused, writer, *(other for _, other in others)):
        open_writer.close()


def test_a_connection_that_says_nothing_holds_nobody_up(listening):
    server, port = listening
    with connect(port) as silent, connect(port) as client:
        assert "result" in answer(client, INITIALIZE)
        assert silent.recv(1) == b""
        assert "result" in answer(client, SHUTDOWN)
        client.sendall(framed(EXIT))
        assert server.process.wait(GONE_WITHIN) == 0


def test_nobody_joins_once_a_client_has_initialized(listening):
    _, port = listening
    with connect(port) as client:
        assert "result" in answer(client, INITIALIZE)
        with pytest.raises(ConnectionRefusedError):
            connect(port)
        assert "result" in answer(client, SHUTDOWN)


def test_a_client_that_dies_ends_the_server(listening):
    server, port = listening
    client = connect(port)
    assert "result" in answer(client, INITIALIZE)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    assert server.process.wait(GONE_WITHIN) == 1


def test_the_process_of_a_client_from_elsewhere_is_not_looked_for(listening):
    server, port = listening
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    elsewhere = {**INITIALIZE, "params": {"processId": gone.pid, "capabilities": {}}}
    with connect(port) as client:
        assert "result" in answer(client, elsewhere)
        with pytest.raises(subprocess.TimeoutExpired):
            server.process.wait(2)


def test_a_port_that_is_taken_is_told():
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        server = Wire("--tcp", "--port", str(taken.getsockname()[1]))
        try:
            assert server.process.wait(4 * GONE_WITHIN) == 1
            lines = server.process.stderr.read().decode().splitlines()
            assert len(lines) == 1
            assert lines[0].startswith("dlm-lsp: cannot listen: ")
        finally:
            server.close()


@contextmanager
def serving_over(path: Path) -> Iterator[Wire]:
    """A server that listens on a socket file."""
    server = Wire("--socket-file", str(path))
    try:
        assert server.process.stderr.readline().decode().strip().endswith(f"listening on {path}")
        yield server
    finally:
        server.close()


def connect_over(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(path))
    return client


@pytest.mark.posix
def test_a_socket_file_serves_one_client_and_only_its_owner_can_connect(tmp_path):
    path = tmp_path / "dlm.sock"
    with serving_over(path) as server:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with connect_over(path) as client:
            assert "result" in answer(client, INITIALIZE)
            client.sendall(framed({"jsonrpc": "2.0", "method": types.INITIALIZED, "params": {}}))
        server.process.wait(GONE_WITHIN)
        assert not path.exists()


def refusal(path: Path) -> str:
    """What a server says that shall listen on what is there already."""
    server = Wire("--socket-file", str(path))
    try:
        assert server.process.wait(4 * GONE_WITHIN) == 1
        return server.process.stderr.read().decode()
    finally:
        server.close()


@pytest.mark.posix
@pytest.mark.parametrize("text", ["notes\n", ""])
def test_a_file_that_is_no_socket_is_not_listened_on_and_stays(text, tmp_path):
    path = tmp_path / "notes.dlm"
    path.write_text(text)
    assert refusal(path).startswith("dlm-lsp: cannot listen: ")
    assert path.read_text() == text


@pytest.mark.posix
def test_a_link_is_not_followed_and_stays(tmp_path):
    path = tmp_path / "dlm.sock"
    path.symlink_to(tmp_path / "nowhere")
    assert refusal(path).startswith("dlm-lsp: cannot listen: ")
    assert path.is_symlink()


@pytest.mark.posix
def test_a_socket_file_that_is_listened_on_stays_with_its_server(tmp_path):
    path = tmp_path / "dlm.sock"
    with serving_over(path):
        assert refusal(path).startswith("dlm-lsp: cannot listen: ")
        with connect_over(path) as client:
            assert "result" in answer(client, INITIALIZE)


@pytest.mark.posix
def test_a_socket_file_is_listened_on_from_its_making(tmp_path):
    path = tmp_path / "dlm.sock"
    with socket_file(path), pytest.raises(OSError, match="in use"), socket_file(path):
        pass
    assert not path.exists()


@pytest.mark.posix
def test_a_socket_file_that_a_server_left_behind_is_replaced(tmp_path):
    path = tmp_path / "dlm.sock"
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(path))
    with serving_over(path), connect_over(path) as client:
        assert "result" in answer(client, INITIALIZE)


@pytest.mark.posix
def test_what_has_taken_the_place_of_a_socket_file_stays(tmp_path):
    path = tmp_path / "dlm.sock"
    with serving_over(path) as server:
        with connect_over(path) as client:
            path.unlink()
            path.write_text("notes")
            client.sendall(framed(INITIALIZE))
        server.process.wait(GONE_WITHIN)
        assert path.read_text() == "notes"
