"""What the API teachers share: finding the model, asking at once, learning from refusals."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from rapidfuzz import fuzz, process

from dlm_lsp.errors import RejectedError, TeacherError, UnreachableError
from dlm_lsp.teachers import deadline
from dlm_lsp.teachers.concurrency import map_concurrently
from dlm_lsp.teachers.deadline import with_deadline
from dlm_lsp.teachers.endpoint import Endpoint
from dlm_lsp.teachers.error_messages import error_message, redact, server_message
from dlm_lsp.teachers.prompts import REPLY_SCHEMA, prompt_messages
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, Reply, TeacherResult
from dlm_lsp.teachers.request_fallback import RequestShape, next_shape
from dlm_lsp.teachers.response_parsing import token_count

_R = TypeVar("_R")
RequestHook = Callable[[Any], Awaitable[None]]

RETRIES = 3
"""How often the SDK sends a failed request again."""

_logger = logging.getLogger(__name__)
_NO_SUCH_ROUTE = (404, 405, 501)
_REJECTED = (401, 403, 404)
_LONGEST_CHECK = 20.0
_LONGEST_CONNECT = 10.0
_SMALLEST_WINDOW = 64
_CHARACTERS_PER_TOKEN = 3


class ApiTeacher(ABC):
    """A teacher behind an HTTP API; a subclass says how one request is made and read."""

    formats: ClassVar[tuple[str, ...]]
    """The output formats to try, strictest first; the last is none."""
    droppable: ClassVar[tuple[str, ...]]
    """The parameters that a request can go without."""
    examples: Sequence[tuple[str, str]] = ()
    key_variable: ClassVar[str]
    """The environment variable of the key."""
    looks_up_one: ClassVar[bool] = True
    """Whether the provider answers for a single model, beside listing them all."""
    assumed_context: ClassVar[int] = 100_000
    """How many tokens a model is taken to read where the server does not say."""

    def __init__(
        self,
        selector: str,
        endpoint: Endpoint,
        model: str | None,
        sampling: GenerationOptions,
        *,
        concurrency: int,
        timeout: float,
    ) -> None:
        self.name = selector
        self.window: int | None = None
        self._endpoint = endpoint
        self._model = model
        self._sampling = sampling
        self._concurrency = concurrency
        self._timeout = timeout
        self._shape = RequestShape()
        self._secrets = endpoint.secrets
        self._client: Any = None
        self._checked = False
        self._fatal_error: TeacherError | None = None
        self._has_served = False

    @property
    def remote_host(self) -> str | None:
        """The host that the prose is sent to; None for a server on this machine."""
        return self._endpoint.remote_host

    @abstractmethod
    def _sdk(self) -> ModuleType:
        """Return the provider's client library; TeacherError where it is not installed."""

    @abstractmethod
    def _connect(self) -> Any:
        """Return a client; TeacherError where the key is missing."""

    @abstractmethod
    async def _send(
        self, system: str, user: str, request: PairRequest, shape: RequestShape
    ) -> Reply:
        """Make one request in this shape and read its reply."""

    async def prepare(self) -> None:
        """Check the extra, the key, the server and the model, all of it for free and once.

        Raises:
            TeacherError: with the remedy.
        """
        if self._client is None:
            self._client = self._connect()
        if self._checked:
            return
        timeout = min(self._timeout, _LONGEST_CHECK)
        try:
            card = await self._guarded(lambda: self._find_model(timeout), timeout)
        except UnreachableError as error:
            if self._model is None:
                raise
            # Replies that are kept from earlier need no server.
            self._fatal_error = error
            card = None
        self.window = self._room_for_prose(_context_tokens(card))
        self._checked = True

    def fingerprint(self, request: PairRequest) -> str:
        """Return everything that decides the reply to `ask`: model, parameters and prompt."""
        system, user = prompt_messages(request)
        sampling = self._sampling
        return json.dumps(
            {
                "server": self._endpoint.url,
                "model": self._model,
                "max_new_tokens": sampling.max_new_tokens,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "seed": sampling.seed,
                "schema": REPLY_SCHEMA,
                "system": system,
                "user": user,
            },
            sort_keys=True,
        )

    async def count_tokens(self, requests: Sequence[PairRequest]) -> list[int] | None:
        """Return None: this API counts only what it is paid for."""
        return None

    async def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each ask once, as they finish; a failure costs its ask alone.

        Raises:
            TeacherError: the server could not be reached when the teacher was prepared, or rejects
                the key or the model and has answered nothing yet.
        """
        if requests and self._fatal_error:
            raise self._fatal_error

        async def attempt(request: PairRequest) -> Reply:
            return await with_deadline(lambda: self._ask(request), self._timeout)

        async def outcome(request: PairRequest) -> Reply | TeacherError:
            try:
                return await self._guarded(lambda: attempt(request), self._timeout)
            except TeacherError as error:
                return error

        left = len(requests)
        answers = map_concurrently(
            outcome, requests, self._concurrency, lambda: self._fatal_error is None
        )
        async with aclosing(answers) as finished:
            async for index, answered in finished:
                left -= 1
                self._note(answered)
                yield TeacherResult(index, answered)
        if left and self._fatal_error:
            raise self._fatal_error

    def _note(self, answered: Reply | TeacherError) -> None:
        """Take note of whether it makes sense to ask for more.

        A server that has answered once may reject a single ask, say by what it is about.
        """
        if isinstance(answered, Reply):
            self._has_served, self._fatal_error = True, None
        elif isinstance(answered, RejectedError) and not self._has_served:
            self._fatal_error = answered

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _ask(self, request: PairRequest) -> Reply:
        system, user = prompt_messages(request)
        sdk = self._sdk()
        while True:
            shape = self._shape
            try:
                return await self._send(system, user, request, shape)
            except (sdk.BadRequestError, sdk.UnprocessableEntityError) as error:
                if self._shape == shape and not self._learn(server_message(error.body)):
                    raise

    def _learn(self, words: str) -> bool:
        """Lower the shape of every later request by what was refused; False if nothing was."""
        shape = next_shape(self._shape, words, formats=len(self.formats), droppable=self.droppable)
        if shape is None:
            return False
        parameters = shape.without - self._shape.without
        refused = (
            ", ".join(parameters) or f"the output format {self.formats[self._shape.format_index]}"
        )
        _logger.warning("%s refuses %s; asking without it", self.name, refused)
        self._shape = shape
        return True

    async def _guarded(self, work: Callable[[], Awaitable[_R]], limit: float) -> _R:
        """Return what `work` returns; whatever goes wrong becomes a TeacherError.

        `limit` is the timeout in seconds that the work was given.
        """
        sdk = self._sdk()
        try:
            return await work()
        except TeacherError:
            raise
        # A server can send what makes the SDK's parser fail in any way at all.
        except Exception as error:
            kind = _kind_of(error, sdk)
            line = error_message(
                error,
                sdk,
                server=self._endpoint.url,
                key=self.key_variable,
                timeout=limit,
                secrets=self._secrets,
            )
        raise kind(line)

    async def _find_model(self, limit: float) -> object | None:
        """Return the server's card of the model, None where the server keeps none."""
        sdk = self._sdk()
        client = self._client.with_options(timeout=self._sdk_timeout(limit), max_retries=1)
        try:
            if self._model is not None and self.looks_up_one:
                try:
                    card: object = await client.models.retrieve(self._model)
                except sdk.APIStatusError as error:
                    if error.status_code not in _NO_SUCH_ROUTE:
                        raise
                else:
                    return card
            return self._pick(await _cards(client))
        except sdk.APIStatusError as error:
            # A key may be allowed to ask a model and yet not to look it up.
            if self._model is not None and error.status_code in (403, *_NO_SUCH_ROUTE):
                return None
            raise

    def _pick(self, cards: dict[str, object]) -> object | None:
        if self._model is None:
            if not cards:
                raise TeacherError(
                    f"{self._endpoint.url} lists no model; name one: {self.name}#MODEL"
                )
            self._model = next(iter(cards))
        elif cards and self._model not in cards:
            closest = process.extract(self._model, cards.keys(), scorer=fuzz.WRatio, limit=3)
            names = ", ".join(name for name, _, _ in closest)
            raise TeacherError(
                f"{self._endpoint.url} has no model {self._model!r}; the closest it has: "
                + (redact(names, self._secrets) or "see its list of models")
            )
        return cards.get(self._model)

    def _room_for_prose(self, context: int | None) -> int:
        rules = "".join(prompt_messages(PairRequest(prose="", strategy="expansion", count=99)))
        beside = self._sampling.max_new_tokens + len(rules) // _CHARACTERS_PER_TOKEN
        if context is None:
            # On a mere assumption no reply is too long.
            return max(self.assumed_context - beside, self.assumed_context // 2)
        room = context - beside
        if room < _SMALLEST_WINDOW:
            raise TeacherError(
                f"{self.name} reads {context} tokens, which leaves no room for prose beside "
                f"--max-new-tokens {self._sampling.max_new_tokens}; lower it"
            )
        return room

    def _http_client(self) -> Any:
        """Return the one connection pool."""
        # Proxies of the environment are for what leaves this machine.
        unproxied = () if self.remote_host else ("all://", "http://", "https://")
        return self._sdk().DefaultAsyncHttpxClient(
            # The prose goes to the server that the user named and to no other.
            follow_redirects=False,
            timeout=self._sdk_timeout(self._timeout),
            mounts=dict.fromkeys(unproxied),
            event_hooks={
                "request": [deadline.begin_attempt, *self._hooks()],
                "response": [deadline.end_attempt],
            },
        )

    def _hooks(self) -> list[RequestHook]:
        """Return what is to be done to every request before it is sent."""
        query = self._endpoint.query.encode()

        # The request's own URL, which the HTTP client logs, never holds the query.
        async def add_query(request: Any) -> None:
            path: bytes = request.url.raw_path
            joined = path + (b"&" if b"?" in path else b"?") + query
            request.extensions = {**request.extensions, "target": joined}

        return [add_query] if query else []

    def _sdk_timeout(self, limit: float) -> Any:
        """Return the SDK's timeout: `limit` seconds for a reply, less for a mere connection.

        With less than the deadline of the whole, a failed connection shows as one and can be tried
        again: it costs nothing.
        """
        return self._sdk().Timeout(limit, connect=min(limit / 2, _LONGEST_CONNECT))


async def _cards(client: Any) -> dict[str, object]:
    """Return the server's model cards by model id, in its own order."""
    try:
        page = await client.models.list()
    except AttributeError:  # how the SDK fails at a web page that came with status 200
        page = None
    if not isinstance(getattr(page, "data", None), list):
        raise TeacherError(
            f"{client.base_url.host} answers, but not with a list of models; check the address"
        )
    return {card.id: card async for card in page if isinstance(getattr(card, "id", None), str)}


def _kind_of(error: Exception, sdk: ModuleType) -> type[TeacherError]:
    if isinstance(error, sdk.APIConnectionError):
        return UnreachableError
    rejected = isinstance(error, sdk.APIStatusError) and error.status_code in _REJECTED
    return RejectedError if rejected else TeacherError


def _context_tokens(card: object) -> int | None:
    """Return the model's context by the names that vLLM, Anthropic and llama.cpp give it."""
    meta = getattr(card, "meta", None)
    for value in (
        getattr(card, "max_model_len", None),
        getattr(card, "max_input_tokens", None),
        meta.get("n_ctx") if isinstance(meta, dict) else None,
    ):
        if tokens := token_count(value):
            return tokens
    return None


def usable_key(text: str, variable: str) -> str:
    """Return the key without the blanks around it.

    Raises:
        TeacherError: if it holds what no HTTP header can carry; the key is not repeated.
    """
    key = text.strip()
    if not (key.isascii() and key.isprintable()):
        raise TeacherError(f"{variable} holds a character that no key has; set it anew")
    return key
