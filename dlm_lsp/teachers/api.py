"""API teachers: requests at once, and fallback by what a server refuses."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from dlm_lsp.errors import RejectedError, TeacherError, UnreachableError
from dlm_lsp.teachers.concurrency import map_concurrently
from dlm_lsp.teachers.echoed_secrets import redact_reply
from dlm_lsp.teachers.endpoint import Endpoint
from dlm_lsp.teachers.error_messages import redact, server_message
from dlm_lsp.teachers.model_discovery import ServedModel, discover_model, prose_window
from dlm_lsp.teachers.prompts import example_pairs
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    Reply,
    Request,
    TeacherLimits,
    TeacherResult,
    VerdictRequest,
)
from dlm_lsp.teachers.proxy_choice import proxy_for
from dlm_lsp.teachers.request_fallback import RequestShape, next_shape
from dlm_lsp.teachers.transport import (
    RequestHook,
    http_client,
    sdk_timeout,
    with_teacher_errors,
)
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages, verdict_prompts

_R = TypeVar("_R")
_logger = logging.getLogger(__name__)
_LONGEST_CHECK = 20.0
LOGPROBS = "logprobs"
"""The parameter that asks how likely each token was, and each that could have been instead."""


class NotScoredError(Exception):
    """A `reply` that tells nothing of how likely a yes or a no was."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("no log-probabilities")
        self.reply = reply


class ApiTeacher(ABC):
    """A teacher behind an HTTP API; a subclass says how one request is made and read."""

    formats: ClassVar[tuple[str, ...]]
    """The output formats to try, strictest first; the last is none."""
    droppable: ClassVar[tuple[str, ...]]
    """The parameters that a request can go without."""
    key_variable: str
    """The environment variable of the key."""
    models_path: ClassVar[str] = "/models"
    """Where the provider lists its models."""
    looks_up_one: ClassVar[bool] = True
    """Whether the provider answers for a single model, beside listing them all."""
    assumed_context: ClassVar[int] = 100_000
    """How many tokens a model is taken to read where the server does not say."""

    log_probabilities: ClassVar[bool] = False
    """Whether the API knows to tell how likely each first token of a reply was."""
    why_no_verdicts: str = ""
    # A number, a yes or no, and now and then a few words of what is wrong.
    tokens_per_verdict: int = 40
    parameters: int | None = None

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
        self._has_scored = False
        self._unlisted = ""

    @property
    def request_hooks(self) -> Sequence[RequestHook]:
        """What is to be done to every request before it is sent."""
        return ()

    @property
    def lists_all(self) -> bool:
        """Whether a list of models is one of what may be asked."""
        return True

    @property
    def remote_host(self) -> str | None:
        """The host that the prose is sent to; None for a server on this machine."""
        return self._endpoint.remote_host

    @property
    def limits(self) -> TeacherLimits:
        """What is to be known before it is asked: a model that its server does not list."""
        if not self._unlisted:
            return TeacherLimits()
        return TeacherLimits(
            warning=f"the server does not list this model and is asked for it all the same; "
            f"{self._unlisted}"
        )

    @abstractmethod
    def _sdk(self) -> ModuleType:
        """Return the provider's client library; TeacherError where it is not installed."""

    @abstractmethod
    def _connect(self) -> Any:
        """Return a client; TeacherError where the key is missing."""

    @abstractmethod
    async def _send(self, request: Request, shape: RequestShape) -> Reply:
        """Make one request in this shape and read its reply.

        Raises:
            NotScoredError: a yes or no was asked for, and nothing tells how likely either is.
        """

    @abstractmethod
    def _body(self, request: Request, shape: RequestShape) -> dict[str, Any]:
        """Return the body of one request in this shape."""

    @abstractmethod
    def _read_answer(self, answer: Mapping[str, Any]) -> Reply:
        """Read the body of an answer, as decoded from JSON."""

    @property
    def examples(self) -> Sequence[tuple[str, str]]:
        """The pairs that it is shown to learn the form from."""
        return example_pairs()

    @property
    def by_likelihood(self) -> bool:
        """Whether verdicts are read off how likely a yes is."""
        return self.log_probabilities and LOGPROBS not in self._shape.without

    @property
    def one_by_one(self) -> bool:
        """Whether each verdict takes a request of its own, as it does by likelihood."""
        return self.by_likelihood

    def _is_scored(self, request: Request, shape: RequestShape) -> bool:
        """Say whether a request asks for nothing but a yes or no, and how likely either is."""
        alone = isinstance(request, VerdictRequest) and len(request.pairs) == 1
        return alone and self.log_probabilities and LOGPROBS not in shape.without

    @property
    def server(self) -> str:
        """The server's address, as it may be shown and recorded."""
        return self._endpoint.url

    @property
    def shape(self) -> RequestShape:
        """What the server takes, as far as that is known."""
        return self._shape

    @shape.setter
    def shape(self, learned: RequestShape) -> None:
        self._shape = learned

    def body(self, request: Request) -> dict[str, Any]:
        """Return the body of a request that somebody else is to send."""
        return self._body(request, self._shape)

    def read_answer(self, answer: Mapping[str, Any]) -> Reply:
        """Read an answer that came on another way; no secret of ours is in it.

        Raises:
            TeacherError: it holds no reply.
        """
        try:
            reply = self._read_answer(answer)
        except TeacherError:
            raise
        # A file can hold what makes the SDK's parser fail in any way at all.
        except Exception as error:
            raise TeacherError(f"no reply that can be read ({type(error).__name__})") from None
        if not reply.text.strip():
            raise TeacherError("an empty reply")
        return replace(reply, text=redact_reply(reply.text, self._secrets, prose=""))

    def connect(self) -> None:
        """Check the extra and the key, and be ready for `call`; nothing is sent.

        Raises:
            TeacherError: with the remedy.
        """
        if self._client is None:
            self._client = self._connect()

    async def call(self, work: Callable[[Any, ModuleType], Awaitable[_R]], limit: float) -> _R:
        """Return what `work` returns of the client and its library.

        Each request in it may take `limit` seconds.

        Raises:
            TeacherError: with the remedy.
        """
        return await self._guarded(lambda: work(self._client, self._sdk()), limit)

    def shown(self, words: str) -> str:
        """Return words of the server as a message may hold them: shortened, without a secret."""
        return redact(words, self._secrets)

    async def prepare(self) -> None:
        """Check the extra, the key, the server and the model, all of it for free and once.

        Raises:
            TeacherError: with the remedy.
        """
        self.connect()
        if self._checked:
            return
        timeout = min(self._timeout, _LONGEST_CHECK)
        try:
            served = await self._guarded(lambda: self._discover(timeout), timeout)
        except UnreachableError as error:
            if self._model is None:
                raise
            # Replies that are kept from earlier need no server.
            self._fatal_error = error
            served = ServedModel(self._model)
        self._model, self._unlisted = served.name, served.unlisted
        self.window = prose_window(
            served.context,
            selector=self.name,
            max_new_tokens=self._sampling.max_new_tokens,
            assumed_context=self.assumed_context,
        )
        self._checked = True

    def fingerprint(self, request: Request) -> str:
        """Return everything that decides the reply to the request: model, parameters and prompt."""
        messages = request_messages(request)
        sampling = self._sampling
        # In which of two ways a verdict is had is found out on the way.
        scored = (
            {"scored": [asdict(messages) for messages in verdict_prompts(request)]}
            if isinstance(request, VerdictRequest)
            else {}
        )
        return json.dumps(
            {
                "server": self._endpoint.url,
                "model": self._model,
                "max_new_tokens": sampling.max_new_tokens,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "seed": sampling.seed,
                "schema": reply_schema(request),
                **asdict(messages),
                **scored,
            },
            sort_keys=True,
        )

    async def count_tokens(self, requests: Sequence[Request]) -> list[int] | None:
        """Return None: this API counts only what it is paid for."""
        return None

    async def answer(self, requests: Sequence[Request]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, as they finish; a failure costs its request alone.

        Raises:
            TeacherError: the server could not be reached when the teacher was prepared, or rejects
                the key or the model and has answered nothing yet.
        """
        if requests and self._fatal_error:
            raise self._fatal_error

        async def outcome(request: Request) -> Reply | TeacherError:
            try:
                return await self._guarded(lambda: self._send_by_shape(request), self._timeout)
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
        """Take note of whether further requests make sense.

        A server that has answered once may reject a single request, say by what it is about.
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

    async def _send_by_shape(self, request: Request) -> Reply:
        sdk = self._sdk()

        unscored: list[Reply] = []

        def finished(reply: Reply) -> Reply:
            # What came of it first and was no use has its cost all the same.
            return replace(
                reply,
                text=redact_reply(reply.text, self._secrets, request.prose),
                reasoning=redact_reply(reply.reasoning, self._secrets, request.prose),
                tokens_in=_total(each.tokens_in for each in (*unscored, reply)),
                tokens_out=_total(each.tokens_out for each in (*unscored, reply)),
            )

        refused = (sdk.BadRequestError, sdk.UnprocessableEntityError, sdk.PermissionDeniedError)
        while True:
            shape = self._shape
            scored = self._is_scored(request, shape)
            try:
                reply = await self._send(request, shape)
            except NotScoredError as error:
                if self._has_scored:
                    return finished(error.reply)
                unscored.append(error.reply)
                self._learn_that_nothing_scores()
            except refused as error:
                words = server_message(error.body)
                if isinstance(error, sdk.PermissionDeniedError) and not (
                    scored and "logprob" in words
                ):
                    raise
                if self._shape == shape and not self._learn(words, scored=scored):
                    raise
            else:
                self._has_scored |= scored
                return finished(reply)

    def _learn_that_nothing_scores(self) -> None:
        if self.one_by_one:
            _logger.warning("%s tells no log-probabilities; asking it in words", self.name)
            self._shape = replace(self._shape, without=self._shape.without | {LOGPROBS})

    def _learn(self, words: str, *, scored: bool) -> bool:
        """Lower the shape of every later request by what was refused; False if nothing was."""
        shape = next_shape(self._shape, words, formats=len(self.formats), droppable=self.droppable)
        if scored and ("logprob" in words or (shape is None and not self._has_scored)):
            # Whatever it is that the server does not take, a verdict may be had without.
            self._learn_that_nothing_scores()
            return True
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

        `limit` is how many seconds each request in it may take.
        """
        proxy = proxy_for(self._endpoint)
        return await with_teacher_errors(
            work,
            self._sdk(),
            server=self._endpoint.url,
            key=self.key_variable,
            limit=limit,
            secrets=self._secrets,
            proxy=proxy.variable if proxy else "",
            models=self._unlisted,
        )

    async def _discover(self, limit: float) -> ServedModel:
        sdk = self._sdk()
        return await discover_model(
            self._client.with_options(timeout=sdk_timeout(sdk, limit), max_retries=1),
            sdk,
            self._model,
            path=self.models_path,
            looks_up_one=self.looks_up_one,
            lists_all=self.lists_all,
            selector=self.name,
            server=self._endpoint.url,
            secrets=self._secrets,
        )

    def _http_client(self) -> Any:
        return http_client(
            self._sdk(), self._endpoint, timeout=self._timeout, hooks=self.request_hooks
        )


def _total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of the counts that are known, None where none is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
