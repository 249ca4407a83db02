"""Listening: one client is served, the first that connects and initializes; others are let go.

Any process of the machine can connect to a port, and a web page can have a browser send to it.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from lsprotocol import types

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,8})[ \t]*\r?\n", re.IGNORECASE)
_TYPE = re.compile(rb"content-type[ \t]*:.*\r?\n", re.IGNORECASE)

Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve_one_client(
    listen: Callable[[Connected], Awaitable[asyncio.Server]],
    serve: Callable[[Any, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    on_listening: Callable[[asyncio.Server], object],
) -> None:
    """Listen until a client initializes, and serve that one until it goes.

    `serve` is given the message too, which is the first of its connection.
    """
    listening: asyncio.Future[asyncio.Server] = asyncio.get_running_loop().create_future()
    candidates: set[asyncio.StreamWriter] = set()
    gone = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        candidates.add(writer)
        server = await listening
        try:
            message = await _initialize_message(reader) if server.is_serving() else None
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
    with suppress(ValueError, OSError, EOFError):
        while (line := await reader.readline()).strip():
            match = _LENGTH.fullmatch(line)
            length = int(match[1]) if match else length
            if not match and not _TYPE.fullmatch(line):
                return None
        message = json.loads(await reader.readexactly(length))
        if isinstance(message, dict) and message.get("method") == types.INITIALIZE:
            return message
    return None
