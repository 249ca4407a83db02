"""Pygls patches: what pygls 2.1 does otherwise than we need, and the cure.

The tests in `tests/server/test_pygls_patches.py` show each defect in pygls itself; where one of
them fails, its cure can be removed.
"""

import asyncio
import json
import logging
import os
import re
import stat
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    lsp_method,
)
from pygls.uris import from_fs_path
from pygls.workspace import TextDocument, Workspace

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.lines import without_lone_crs
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.lenient_reading import ReadMessage, read_leniently
from dlm_lsp.server.listening import Connected, serve_one_client, socket_file
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.text_sync import UNVERSIONED, UnreadChange, read_text_sync
from dlm_lsp.store.process_alive import is_alive

_log = logging.getLogger(__name__)

NOT_INITIALIZED = types.ErrorCodes.ServerNotInitialized
SHUT_DOWN = types.ErrorCodes.InvalidRequest

# A body that was taken for a header line has the next header at its end.
_LENGTH = re.compile(rb"(?:\A|[}\]])content-length[ \t]*:[ \t]*(\d+)[ \t]*\r?\n\Z", re.IGNORECASE)
_LONGEST_LENGTH = 64
_LONGEST_LINE_BREAK = 2
_NO_JSON = (JSONDecodeError, UnicodeDecodeError, RecursionError)

_PARENT_INTERVAL = 1.0
"""Seconds between two looks at whether the process of the client still runs."""


class LiveDocument(TextDocument):
    """A document whose text is held in parts, and whose lines end at LF, CRLF and CR only.

    pygls takes U+2028, form feed and others for line ends, and clamps positions one short.
    `out_of_step` tells that it may not be the client's text, since a change could not be read;
    `changes` counts the notifications of a change.
    """

    def __init__(
        self,
        uri: str,
        source: str,
        version: int | None,
        encoding: str,
        language_id: str | None,
        *,
        by_line_feeds: bool = False,
        deletes_by_protocol: bool = False,
    ) -> None:
        version = None if version == UNVERSIONED else version
        # pygls cannot take every address apart, and needs only its text.
        super().__init__("", source="", version=version, language_id=language_id)
        self.uri = uri
        self.encoding = encoding
        self.by_line_feeds = by_line_feeds
        self.deletes_by_protocol = deletes_by_protocol
        self.incremental = IncrementalDocument.of(source)
        self.out_of_step = False
        self.changes = 0

    @property
    def source(self) -> str:
        """The whole text."""
        return self.incremental.text

    @property
    def positions(self) -> PositionMap:
        """Offsets and positions in the text as it is now."""
        return PositionMap(self.incremental, self.encoding, self.by_line_feeds)

    def apply_changes(self, params: types.DidChangeTextDocumentParams) -> None:
        """Make all changes of a `didChange`; after one that fails, the text is out of step."""
        version = params.text_document.version
        self.version = None if version == UNVERSIONED else version
        self.changes += 1
        for change in params.content_changes:
            try:
                self.apply_change(change)
            except Exception as error:
                self.out_of_step = True
                _log.error("a change of %s: %s", self.uri, editor_message(error))

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Make one change of a `didChange`."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            first, *others = self._readings(change)
            if others:
                fixed = self._fixed_lone_crs((first, *others), change.text)
                self.out_of_step |= fixed is None
                first = fixed or first
            self.incremental = first
        else:
            self.incremental = IncrementalDocument.of(change.text)
            self.out_of_step = False

    def _readings(
        self, change: types.TextDocumentContentChangePartial
    ) -> Iterator[IncrementalDocument]:
        """Yield the text after a change, and what else it may be.

        Of a client that is not known, nobody can tell whether a lone CR ends its lines.
        """
        find = self.positions.deleted_span if self.deletes_by_protocol else self.positions.span
        span = find(change.range)
        yield self.incremental.apply_change(*span, change.text)
        if self.incremental.lone_crs and not self.by_line_feeds:
            positions = PositionMap(self.incremental, self.encoding, by_line_feeds=True)
            if (other := positions.span(change.range)) != span:
                yield self.incremental.apply_change(*other, change.text)

    def _fixed_lone_crs(
        self, readings: Iterable[IncrementalDocument], new_text: str
    ) -> IncrementalDocument | None:
        """Return the reading that makes the fix of `lone-cr`, which tells how the client counts.

        A line break alone may have been typed elsewhere.
        """
        fixed = without_lone_crs(self.incremental.text)
        found = (reading for reading in readings if reading.text == fixed)
        return next(found, None) if len(new_text) > _LONGEST_LINE_BREAK else None


class LiveWorkspace(Workspace):
    """A workspace of live documents; of a document that is not open it knows nothing."""

    by_line_feeds = False
    deletes_by_protocol = False

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        encoding = str(self.position_encoding or types.PositionEncodingKind.Utf16)
        return LiveDocument(
            doc_uri,
            source or "",
            version,
            encoding,
            language_id,
            by_line_feeds=self.by_line_feeds,
            deletes_by_protocol=self.deletes_by_protocol,
        )


@dataclass(frozen=True, slots=True)
class EncodedJson:
    """A result, or the parameters of a notification, that is JSON already."""

    text: str


class PatchedProtocol(LanguageServerProtocol):
    """The protocol of pygls, with its bookkeeping mended."""

    _ending = False

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self._not_open: set[str] = set()
        self._logged: set[str] = set()

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        # Of every notification pygls keeps the future for good: 1.9 kB a keystroke.
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future:
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Start, also where pygls fails at the address of the root."""
        params.root_uri, params.root_path = _root_uri(params), None
        return (yield from super().lsp_initialize(params))

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Let the handler end what runs, then cancel the requests that are still open."""
        self._ending = True
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
        mine = self.msg_id
        # pygls walks the dictionary itself, which changes as futures are cancelled.
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != mine and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Make the changes, unless the document is not open."""
        uri = params.text_document.uri
        document = self.workspace.text_documents.get(unquote(uri))
        if not isinstance(document, LiveDocument):
            if uri not in self._not_open:
                self._not_open.add(uri)
                _log.warning("ignoring changes of %s, which is not open", uri)
            return
        document.apply_changes(params)
        if (handler := self.fm.features.get(types.TEXT_DOCUMENT_DID_CHANGE)) is not None:
            yield handler, (params,), None

    def miss_change(self, uri: str | None = None) -> None:
        """Note that a change of a document, or of any (None), could not be read."""
        documents = self.workspace.text_documents if self._workspace else {}
        missed = None if uri is None else unquote(uri)
        for key, document in list(documents.items()):
            if isinstance(document, LiveDocument) and missed in (None, key):
                document.out_of_step = True
                version = UNVERSIONED if document.version is None else document.version
                identifier = types.VersionedTextDocumentIdentifier(version, document.uri)
                params = types.DidChangeTextDocumentParams(identifier, [])
                self.handle_message(types.DidChangeTextDocumentNotification(params))

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Leave an object of a message as it is; pygls looks for messages inside messages too."""
        return data

    def handle_message(self, message: Any) -> None:
        """Answer what comes before `initialize` or after `shutdown` with the error of the spec."""
        if not hasattr(message, "jsonrpc") and (message := self._read_message(message)) is None:
            return
        method = getattr(message, "method", None)
        msg_id = getattr(message, "id", None)
        if method is not None and method not in (types.INITIALIZE, types.EXIT):
            if self._workspace is None:
                self._refuse(msg_id, NOT_INITIALIZED, "the server is not initialized yet")
                return
            if self._ending:
                self._refuse(msg_id, SHUT_DOWN, "the server is shutting down")
                return
        super().handle_message(message)

    def _handle_response(
        self, msg_id: str | int, result: Any = None, error: types.ResponseError | None = None
    ) -> None:
        # An answer that nobody waits for any more is an error in pygls.
        waiting = self._request_futures.get(msg_id)
        if waiting and waiting.cancelled():
            self._request_futures.pop(msg_id)
            return
        super()._handle_response(msg_id, result, error)

    def _read_message(self, data: Any) -> Any:
        """Return the message that `data` is, without what cannot be read; None where it is none.

        What cannot be read at all still answers, or is the answer to, a request: pygls lets both
        sides wait for ever.
        """
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._log_once(f"ignoring what is no message of JSON-RPC {self.VERSION}")
            return None
        method, msg_id = data.get("method"), data.get("id")
        synced = read_text_sync(data)
        if isinstance(synced, UnreadChange):
            self._miss(synced)
            return None
        try:
            read = self._request(synced) if "method" in data else self._answer(data)
        except (ValueError, TypeError):
            known = method if isinstance(method, str) else "a message"
            self._log_once(f"{known} cannot be read")
            error = JsonRpcInvalidParams().to_response_error()
            if isinstance(msg_id, str | int):
                send = self._send_response if "method" in data else self._handle_response
                send(msg_id, error=error)
            return None
        for path in read.dropped:
            self._log_once(f"{method or 'an answer'}: {path} cannot be read and is left out")
        return read.message

    def _miss(self, change: UnreadChange) -> None:
        if change.opening:
            self.handle_message(change.opening)
        self.miss_change(change.uri)

    def _request(self, data: dict[str, Any]) -> ReadMessage:
        method, params = data["method"], data.get("params")
        type_ = self.get_message_type(method)
        if type_ is None and "id" in data:
            return ReadMessage(JsonRPCRequestMessage(data["id"], method, self.VERSION, params))
        if type_ is None:
            return ReadMessage(JsonRPCNotification(method, self.VERSION, params))
        return read_leniently(self._converter, data, type_)

    def _answer(self, data: dict[str, Any]) -> ReadMessage:
        msg_id: Any = data.get("id")
        type_ = self._result_types.pop(msg_id, None)
        if data.get("error") is not None:
            type_ = types.ResponseErrorMessage
        if type_ is None:
            return ReadMessage(JsonRPCResponseMessage(msg_id, self.VERSION, data.get("result")))
        read = read_leniently(self._converter, {"result": None, **data}, type_)
        if not {"result", "error", "error.code"}.isdisjoint(read.dropped):
            raise ValueError("what is answered cannot be read")
        return read

    def _log_once(self, words: str) -> None:
        if words not in self._logged:
            self._logged.add(words)
            _log.warning("%s", words)

    def _send_handler_result(self, future: Future[Any], *, msg_id: str | int) -> None:
        # pygls logs every refusal with its traceback, as if it were a defect.
        error = None if future.cancelled() else future.exception()
        if isinstance(error, JsonRpcException) and _is_refusal(error):
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
            return
        super()._send_handler_result(future, msg_id=msg_id)

    def as_sent(self, value: object) -> Any:
        """Return a value of the protocol as plain lists and dictionaries."""
        return self._converter.unstructure(value)

    def _send_response(
        self, msg_id: str | int, result: Any = None, error: types.ResponseError | None = None
    ) -> None:
        if error is None and isinstance(result, EncodedJson):
            head = f'{{"id":{json.dumps(msg_id)},"jsonrpc":"{self.VERSION}"'
            self._send_data(EncodedJson(f'{head},"result":{result.text}}}'))
            return
        # pygls walks the whole result once more, one that is plain already too.
        if error is None and isinstance(result, list | dict):
            self._send_data({"id": msg_id, "jsonrpc": self.VERSION, "result": result})
            return
        super()._send_response(msg_id, result, error)

    def notify(self, method: str, params: Any | None = None) -> None:
        """Send a notification."""
        if isinstance(params, EncodedJson):
            head = f'{{"jsonrpc":"{self.VERSION}","method":"{method}"'
            self._send_data(EncodedJson(f'{head},"params":{params.text}}}'))
            return
        super().notify(method, params)

    def _send_data(self, data: Any) -> None:
        # pygls encodes all that it sends, and there is no other way in.
        if not isinstance(data, EncodedJson):
            super()._send_data(data)
            return
        if self.writer is None:
            _log.error("nobody to send to")
            return
        body = data.text.encode()
        try:
            self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        except BrokenPipeError:
            raise
        except Exception as error:
            self._server._report_server_error(error, JsonRpcInternalError)

    def _refuse(self, msg_id: str | int | None, code: int, message: str) -> None:
        if msg_id is not None:
            error = types.ResponseError(code=code, message=message)
            self._send_response(msg_id, error=error)


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
        if self._parent_watches is not None and pid is not None and pid > 0:
            self._parent_watches.append(asyncio.create_task(_end_with(pid)))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that no request can be answered with."""
        # What is no JSON at all may have been a change.
        if source is JsonRpcException and isinstance(error, _NO_JSON):
            self.protocol.miss_change()
        if not _is_refusal(error):
            _log.error("%s: %s", getattr(source, "__name__", source), editor_message(error))


def _is_refusal(error: BaseException | None) -> bool:
    """Tell whether an error is an answer to the client, and no defect."""
    return isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError)


async def _end_with(pid: int) -> None:
    while is_alive(pid):  # noqa: ASYNC110 (nothing tells when another process ends)
        await asyncio.sleep(_PARENT_INTERVAL)
    _log.warning("the process %s is gone, for which this one runs", pid)
    raise SystemExit(1)


def _root_uri(params: types.InitializeParams) -> str | None:
    try:
        uri = params.root_uri
        if uri is None and params.root_path is not None:
            uri = from_fs_path(params.root_path)
        urlsplit(uri)
    except (TypeError, ValueError):
        return None
    return uri


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


_BY_LINE_FEEDS = frozenset({"Neovim", "Eglot", "emacs", "helix"})
"""Editors, as they name themselves, that were seen not to end a line at a lone CR.

Those that do end one there turn it into a line feed as they load or paste a text. "emacs" is
lsp-mode.
"""

_DELETES_BY_PROTOCOL = "helix"
"""Helix ends a line at a lone CR only where it counts what it deletes."""


def use_live_documents(server: LanguageServer, params: types.InitializeParams) -> None:
    """Put a workspace of live documents in the place of the one that pygls has just made."""
    made = server.workspace
    workspace = server.protocol._workspace = LiveWorkspace(
        made.root_uri,
        types.TextDocumentSyncKind.Incremental,
        params.workspace_folders or [],
        made.position_encoding,
    )
    name = params.client_info.name if params.client_info else ""
    workspace.by_line_feeds = name in _BY_LINE_FEEDS
    workspace.deletes_by_protocol = name == _DELETES_BY_PROTOCOL
