"""Listening: one client is served, the first that connects and initializes; others are let go.

Any process of the machine can connect to a port, and a web page can have a browser send to it.
"""

import asyncio
import json
import os
import re
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from lsprotocol import types

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,8})[ \t]*\r?\n", re.IGNORECASE)
_TYPE = re.compile(rb"content-type[ \t]*:.*\r?\n", re.IGNORECASE)

_MOST_BYTES = 2**20
"""The length of the longest `initialize` that is read."""

_DEADLINE = 10.0
"""Seconds within which a client initializes once it has connected."""

_MOST_CANDIDATES = 16
"""Connections that have not initialized, beyond which none is taken."""

Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve_one_client(
    listen: Callable[[Connected], Awaitable[asyncio.Server]],
    serve: Callable[[Any, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    on_listening: Callable[[asyncio.Server], object],
    deadline: float = _DEADLINE,
) -> None:
    """Listen until a client initializes, and serve that one until it goes.

    `serve` is given the message too, which is the first of its connection; `deadline` is the
    seconds that a connection has for it.
    """
    listening: asyncio.Future[asyncio.Server] = asyncio.get_running_loop().create_future()
    candidates: set[asyncio.StreamWriter] = set()
    gone = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(candidates) >= _MOST_CANDIDATES:
            writer.close()
            return
        candidates.add(writer)
        server = await listening
        try:
            if not server.is_serving():
                return
            message = None
            with suppress(TimeoutError):
                async with asyncio.timeout(deadline):
                    message = await _initialize_message(reader)
            if message is None or not server.is_serving():
                return
            server.close()
            for other in candidates - {writer}:
                other.close()
            try:
                await serve(message, reader, writer)
            finally:
                gone.set()
        finally:
            candidates.discard(writer)
            writer.close()

    server = await listen(connected)
    on_listening(server)
    listening.set_result(server)
    await gone.wait()


async def _initialize_message(reader: asyncio.StreamReader) -> Any:
    """Return the message that a connection begins with; None where it is no `initialize`."""
    length = 0
    with suppress(ValueError, OSError, EOFError, RecursionError):
        while (line := await reader.readline()).strip():
            match = _LENGTH.fullmatch(line)
            length = int(match[1]) if match else length
            if not match and not _TYPE.fullmatch(line):
                return None
        if length > _MOST_BYTES:
            return None
        message = json.loads(await reader.readexactly(length))
        if isinstance(message, dict) and message.get("method") == types.INITIALIZE:
            return message
    return None


@contextmanager
def socket_file(path: Path) -> Iterator[socket.socket]:
    """Make a socket file that only its owner can connect to, and remove it at the end.

    What is there already stays, but for a socket on which nobody listens any more. Of servers that
    find such a one at the same moment, each may remove what the other has just made.

    Raises:
        OSError: the file cannot be made, or there is one already.
    """
    with closing(socket.socket(socket.AF_UNIX)) as bound:
        before = os.umask(0o177)
        try:
            if _is_left_behind(path):
                path.unlink()
            # asyncio would remove a socket that is there, whoever listens on it.
            bound.bind(str(path))
            # Until it is listened on, a second server would take it for one that was left behind.
            bound.listen()
        finally:
            os.umask(before)
        made = _identity(path)
        try:
            yield bound
        finally:
            with suppress(OSError):
                if _identity(path) == made:
                    path.unlink()


def _identity(path: Path) -> tuple[int, int, int]:
    found = path.lstat()
    # The number of a file that is gone is soon that of another.
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _is_left_behind(path: Path) -> bool:
    """Tell whether a path is a socket on which nobody listens."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return False
        with closing(socket.socket(socket.AF_UNIX)) as client:
            # A server that is busy may have no room for another connection.
            client.setblocking(False)
            client.connect(str(path))
    except OSError as error:
        return isinstance(error, ConnectionRefusedError)
    return False
