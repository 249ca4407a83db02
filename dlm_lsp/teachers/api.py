"""API teachers: requests at once, and fallback by what a server refuses."""

import json
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from dlm_lsp.errors import (
    KeyRefusedError,
    RateError,
    RejectedError,
    SpentError,
    TeacherError,
    TooLongError,
    UnreachableError,
)
from dlm_lsp.teachers.concurrency import map_concurrently
from dlm_lsp.teachers.context_refusal import context_refusal
from dlm_lsp.teachers.echoed_secrets import redact_reply
from dlm_lsp.teachers.endpoint import Endpoint
from dlm_lsp.teachers.error_messages import redact, server_message
from dlm_lsp.teachers.model_discovery import (
    SMALLEST_WINDOW,
    ServedModel,
    discover_model,
    prose_window,
)
from dlm_lsp.teachers.pace import Pace
from dlm_lsp.teachers.prompts import EXAMPLES
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    PairRequest,
    Reply,
    Request,
    TeacherResult,
    VerdictRequest,
)
from dlm_lsp.teachers.request_fallback import RequestShape, next_shape
from dlm_lsp.teachers.transport import (
    RETRIES,
    RequestHook,
    duration,
    http_client,
    sdk_timeout,
    with_teacher_errors,
)
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages, verdict_prompts

_R = TypeVar("_R")
_logger = logging.getLogger(__name__)
_LONGEST_CHECK = 20.0
_FINAL = (SpentError, KeyRefusedError)
# Bytes per token of English prose, and how much of a window an estimate may fill.
_BYTES_PER_TOKEN = 4 * 0.75
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
    examples: Sequence[tuple[str, str]] = EXAMPLES
    key_variable: ClassVar[str]
    """The environment variable of the key."""
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
    request_hooks: ClassVar[Sequence[RequestHook]] = ()
    """What is to be done to every request before it is sent."""

    def __init__(
        self,
        selector: str,
        endpoint: Endpoint,
        model: str | None,
        sampling: GenerationOptions,
        *,
        concurrency: int,
        timeout: float,
        options: Mapping[str, Any] | None = None,
        window: int | None = None,
    ) -> None:
        self.name = selector
        self.window: int | None = None
        self._options = dict(options or {})
        self._context = window
        self._on_notice: Callable[[str], None] = _ignore_notice
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
        self._pace = Pace(concurrency)
        self._learned_window: int | None = None
        self._has_served = False
        self._has_scored = False

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
    async def _send(self, request: Request, shape: RequestShape) -> Reply:
        """Make one request in this shape and read its reply.

        Raises:
            NotScoredError: a yes or no was asked for, and nothing tells how likely either is.
        """

    @property
    def one_by_one(self) -> bool:
        """Whether verdicts are read off how likely a yes is, which takes a request for each."""
        return self.log_probabilities and LOGPROBS not in self._shape.without

    def _is_scored(self, request: Request, shape: RequestShape) -> bool:
        """Say whether a request asks for nothing but a yes or no, and how likely either is."""
        alone = isinstance(request, VerdictRequest) and len(request.pairs) == 1
        return alone and self.log_probabilities and LOGPROBS not in shape.without

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
            served = await self._guarded(lambda: self._discover(timeout), timeout)
        except UnreachableError as error:
            if self._model is None:
                raise
            # Replies that are kept from earlier need no server.
            self._fatal_error = error
            served = ServedModel(self._model)
        self._model = served.name
        self.window = prose_window(
            self._context or served.context,
            selector=self.name,
            max_new_tokens=self._sampling.max_new_tokens,
            assumed_context=self.assumed_context,
        )
        self._checked = True

    def fingerprint(self, request: Request) -> str:
        """Return everything that decides the reply to the request: model, parameters and prompt."""
        system, user = request_messages(request)
        sampling = self._sampling
        # In which of two ways a verdict is had is found out on the way.
        scored = {"scored": verdict_prompts(request)} if isinstance(request, VerdictRequest) else {}
        options = {"options": self._options} if self._options else {}
        return json.dumps(
            {
                "server": self._endpoint.url,
                "model": self._model,
                "max_new_tokens": sampling.max_new_tokens,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "seed": sampling.seed,
                "schema": reply_schema(request),
                "system": system,
                "user": user,
                **scored,
                **options,
            },
            sort_keys=True,
        )

    def tell_to(self, on_notice: Callable[[str], None]) -> None:
        """Tell `on_notice` of what the server does on the way, a line each."""
        self._on_notice = on_notice
        self._pace.on_wait = lambda seconds: on_notice(
            f"{self._endpoint.url} limits the rate; waiting {duration(seconds)}"
        )

    async def count_tokens(self, requests: Sequence[Request]) -> list[int] | None:
        """Return None: this API counts only what it is paid for."""
        return None

    async def answer(self, requests: Sequence[Request]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, as they finish; a failure costs its request alone.

        Raises:
            TeacherError: the server could not be reached when the teacher was prepared, refuses
                the key, wants more money or a longer pause than anybody waits, or rejects the model
                and has answered nothing yet.
        """
        if requests and self._fatal_error:
            raise self._fatal_error

        async def outcome(request: Request) -> Reply | TeacherError:
            if too_long := self._too_long(request):
                return too_long
            answered: Reply | TeacherError
            try:
                answered = await self._guarded(lambda: self._send_by_shape(request), self._timeout)
            except TooLongError as error:
                answered = self._learn_window(request, error)
            except TeacherError as error:
                answered = error
            # Before anything else starts.
            self._note(answered)
            return answered

        left = len(requests)
        answers = map_concurrently(
            outcome, requests, self._concurrency, lambda: self._fatal_error is None
        )
        async with aclosing(answers) as finished:
            async for index, answered in finished:
                left -= 1
                yield TeacherResult(index, answered)
        if left and self._fatal_error:
            raise self._fatal_error

    def _note(self, answered: Reply | TeacherError) -> None:
        """Take note of whether further requests make sense.

        A server that has answered once may reject a single request, say by what it is about.
        """
        if isinstance(answered, Reply):
            self._has_served = True
            # What is rejected for good stays so, whatever was under way.
            self._fatal_error = self._pace.end
        elif isinstance(answered, _FINAL) or (
            isinstance(answered, RateError) and self._pace.refusals_in_a_row > RETRIES
        ):
            self._fatal_error = answered
            self._pace.stop(answered)
        elif isinstance(answered, RejectedError) and not self._has_served:
            self._fatal_error = answered

    def _too_long(self, request: Request) -> TooLongError | None:
        """Return why a request is not sent: a text no longer was too long before."""
        window = self._learned_window
        if (
            window is None
            or not isinstance(request, PairRequest)
            or _rough_tokens(request.prose) <= window
        ):
            return None
        return TooLongError(f"{self.name} reads no more than {window} tokens of prose", asked=False)

    def _learn_window(self, request: Request, error: TooLongError) -> TeacherError:
        """Take note of what a refusal says of the context; requests from now on keep to it."""
        if not isinstance(request, PairRequest) or request.sentences:
            return error
        refused = _rough_tokens(request.prose)
        known = self._learned_window
        if known is not None and refused > known:
            # It was under way when that was learned.
            return error
        room = None
        if error.limit is not None:
            with suppress(TeacherError):
                room = prose_window(
                    error.limit,
                    selector=self.name,
                    max_new_tokens=self._sampling.max_new_tokens,
                    assumed_context=self.assumed_context,
                )
        if room is not None and room < refused:
            reads = f"{self.name} reads {error.limit} tokens"
        elif room is not None:
            # By its bytes it should have fitted: what is special is this text.
            return error
        else:
            room, reads = refused // 2, f"{self.name} takes less than {refused} tokens of prose"
        if room < SMALLEST_WINDOW:
            return RejectedError(
                f"{error}; hardly any prose fits in: lower max_new_tokens, or have the model read "
                "more"
            )
        self.window = min(self.window or room, room)
        self._learned_window = self.window
        self._on_notice(f"{reads}; what is longer is split and asked again")
        return error

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
                if context_refusal(error.body):
                    raise
                words = server_message(error.body)
                self._refuse_option(words)
                if isinstance(error, sdk.PermissionDeniedError) and not (
                    scored and "logprob" in words
                ):
                    raise
                if self._shape == shape and not self._learn(words, scored=scored):
                    raise
            else:
                self._has_scored |= scored
                return finished(reply)

    def _refuse_option(self, words: str) -> None:
        """Raise an error if a refusal names a teacher option: none is left out in silence."""
        for name in self._options:
            if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", words):
                raise RejectedError(
                    f"{self._endpoint.url} refuses the teacher option {name}"
                    f"{f': {shown}' if (shown := redact(words, self._secrets)) else ''}; "
                    "leave it out or correct it"
                )

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
        return await with_teacher_errors(
            work,
            self._sdk(),
            server=self._endpoint.url,
            key=self.key_variable,
            limit=limit,
            secrets=self._secrets,
        )

    async def _discover(self, limit: float) -> ServedModel:
        sdk = self._sdk()
        return await discover_model(
            self._client.with_options(timeout=sdk_timeout(sdk, limit), max_retries=1),
            sdk,
            self._model,
            looks_up_one=self.looks_up_one,
            selector=self.name,
            server=self._endpoint.url,
            secrets=self._secrets,
        )

    def _http_client(self) -> Any:
        return http_client(
            self._sdk(),
            self._endpoint,
            timeout=self._timeout,
            pace=self._pace,
            hooks=self.request_hooks,
        )


def _ignore_notice(message: str) -> None:
    return


def _rough_tokens(prose: str) -> int:
    """Return about how many tokens prose is, and rather too many than too few."""
    return int(len(prose.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


def _total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of the counts that are known, None where none is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
