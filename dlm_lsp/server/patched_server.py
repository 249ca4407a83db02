"""Patched server: messages come over standard input or a socket, of one client, until it goes."""

import asyncio
import logging
import os
import re
import stat
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from json import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO

from pygls.exceptions import JsonRpcException
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.lsp.server import LanguageServer

from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.listening import Connected, serve_one_client, socket_file
from dlm_lsp.server.pygls_patches import PatchedProtocol, is_refusal
from dlm_lsp.store.process_alive import is_alive

_log = logging.getLogger(__name__)

# A body that was taken for a header line has the next header at its end.
_LENGTH = re.compile(rb"(?:\A|[}\]])content-length[ \t]*:[ \t]*(\d+)[ \t]*\r?\n\Z", re.IGNORECASE)
_LONGEST_LENGTH = 64
_NO_JSON = (JSONDecodeError, UnicodeDecodeError, RecursionError)

_LARGEST_PID = 2**31 - 1
"""A client that sends more, such as a -1 without its sign, names no process."""

_PARENT_INTERVAL = 1.0
"""Seconds between two looks at whether the process of the client still runs."""


class HeaderReader:
    """Reads header lines for pygls as it expects them.

    pygls knows `Content-Length` in one spelling only, and ends at a line that is too long for the
    reader; of such a line, the end is returned.
    """

    def __init__(self, reader: asyncio.StreamReader | StdinAsyncReader) -> None:
        self._reader = reader
        self.readexactly = reader.readexactly

    async def readline(self) -> bytes:
        """Return the next line, nothing at the end."""
        line = await self._line()
        length = _LENGTH.search(line)
        return b"Content-Length: %s\r\n" % length[1] if length else line

    async def _line(self) -> bytes:
        if isinstance(self._reader, StdinAsyncReader):
            return await self._reader.readline()
        before = b""
        while True:
            try:
                return before + await self._reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                before = (await self._reader.readexactly(error.consumed))[-_LONGEST_LENGTH:]
            except asyncio.IncompleteReadError as error:
                return before + error.partial


class PatchedServer(LanguageServer):
    """A pygls server that writes its own errors to the log and not to the client.

    To tell the client of an error in sending to it never ends.
    """

    protocol: PatchedProtocol

    _parent_watches: "list[asyncio.Task[None]] | None" = None

    def start_io(
        self,
        stdin: BinaryIO | None = None,
        stdout: BinaryIO | None = None,
        *,
        parent: int | None = None,
    ) -> None:
        """Serve over standard input and output, until the input or the process `parent` ends.

        pygls hands every line of every message to a thread and back: four times the work of a
        keystroke, and a thread that still waits for input when the server is to end.
        """
        source, sink = stdin or sys.stdin.buffer, stdout or sys.stdout.buffer
        # Where both are one socket, not to wait for the one would be not to wait for the other.
        waits = _can_be_awaited(source) and not os.path.sameopenfile(source.fileno(), sink.fileno())

        async def serve() -> None:
            self._parent_watches = []
            self.end_with(parent)
            reader = await _piped(source) if waits else StdinAsyncReader(source, self.thread_pool)
            self.protocol.set_writer(StdoutWriter(sink))
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._read(reader)

        with suppress(SystemExit, KeyboardInterrupt, BrokenPipeError):
            asyncio.run(serve())

    async def _read(self, reader: asyncio.StreamReader | StdinAsyncReader) -> None:
        never, headers = threading.Event(), HeaderReader(reader)
        await run_async(never, headers, self.protocol, _log, self.report_server_error)

    def start_tcp(self, host: str, port: int) -> None:
        """Serve the first client that initializes, until it goes; pygls serves on after a reset.

        Raises:
            OSError: the port cannot be listened on.
        """
        self._start_listening(lambda connected: asyncio.start_server(connected, host, port))

    def start_socket_file(self, path: Path) -> None:
        """Serve as `start_tcp` does, over a socket file that only its owner can connect to.

        Raises:
            OSError: the file cannot be listened on, or there is one already.
        """
        with socket_file(path) as bound:
            self._start_listening(
                lambda connected: asyncio.start_unix_server(connected, sock=bound)
            )

    def _start_listening(self, listen: Callable[[Connected], Awaitable[asyncio.Server]]) -> None:
        async def serve(
            initialize: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            self.protocol.set_writer(writer)
            self.protocol.handle_message(initialize)
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._read(reader)

        def on_listening(listening: asyncio.Server) -> None:
            name = listening.sockets[0].getsockname()
            place = name if isinstance(name, str) else f"{name[0]}:{name[1]}"
            _log.warning("listening on %s", place)

        with suppress(SystemExit, KeyboardInterrupt):
            asyncio.run(serve_one_client(listen, serve, on_listening))

    def end_with(self, pid: int | None) -> None:
        """End with the process that has started this one; over a socket, that may be any."""
        if self._parent_watches is not None and pid is not None and 0 < pid <= _LARGEST_PID:
            self._parent_watches.append(asyncio.create_task(_end_with(pid)))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that no request can be answered with."""
        # What is no JSON at all may have been a change.
        if source is JsonRpcException and isinstance(error, _NO_JSON):
            self.protocol.miss_change()
        if not is_refusal(error) and not _is_of_lost_client(error):
            _log.error("%s: %s", getattr(source, "__name__", source), editor_message(error))


def _is_of_lost_client(error: Exception) -> bool:
    """Tell whether a client that has ended is all that is wrong: its requests may still run."""
    # Of an error in a handler pygls passes on no more than the words.
    lost = (BrokenPipeError, ConnectionResetError)
    return isinstance(error, lost) or str(error).startswith(tuple(each.__name__ for each in lost))


async def _end_with(pid: int) -> None:
    while is_alive(pid):  # noqa: ASYNC110 (nothing tells when another process ends)
        await asyncio.sleep(_PARENT_INTERVAL)
    _log.warning("the process %s is gone, for which this one runs", pid)
    raise SystemExit(1)


def _can_be_awaited(source: BinaryIO) -> bool:
    """Tell whether the loop takes an input: files it refuses, and of devices not all work."""
    mode = os.fstat(source.fileno()).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


async def _piped(source: BinaryIO) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), source
    )
    return reader
