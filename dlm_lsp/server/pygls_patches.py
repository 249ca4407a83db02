"""Pygls patches: what pygls 2.1 does otherwise than we need, and the cure.

The tests named `test_pygls_...`, of this module, of live documents and of the transport, show each
defect in pygls itself; where one of them fails, its cure can be removed.
"""

import json
import logging
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    lsp_method,
)
from pygls.uris import from_fs_path

from dlm_lsp.server.lenient_reading import ReadMessage, read_leniently
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.text_sync import UNVERSIONED, UnreadChange, read_text_sync

_log = logging.getLogger(__name__)

NOT_INITIALIZED = types.ErrorCodes.ServerNotInitialized
SHUT_DOWN = types.ErrorCodes.InvalidRequest


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
        if isinstance(error, JsonRpcException) and is_refusal(error):
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
            return
        super()._send_handler_result(future, msg_id=msg_id)

    def _run_generator(self, future: Any, *, gen: Any, result_future: Any) -> None:
        # What a generator of pygls waits for is cancelled where a server ends meanwhile; pygls asks
        # for its result all the same, which is told as a defect.
        if future is not None and future.cancelled():
            gen.close()
            result_future.cancel()
            return
        super()._run_generator(future, gen=gen, result_future=result_future)

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


def is_refusal(error: BaseException | None) -> bool:
    """Tell whether an error is an answer to the client, and no defect."""
    return isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError)


def _root_uri(params: types.InitializeParams) -> str | None:
    try:
        uri = params.root_uri
        if uri is None and params.root_path is not None:
            uri = from_fs_path(params.root_path)
        urlsplit(uri)
    except (TypeError, ValueError):
        return None
    return uri
