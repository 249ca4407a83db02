"""API teachers: requests at once, and fallback by what a server refuses."""

import json
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass, replace
from types import ModuleType
from typing import Any, ClassVar, TypeVar

import anyio

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
from dlm_lsp.teachers.learned_shapes import recall_shape, remember_shape
from dlm_lsp.teachers.model_discovery import (
    SMALLEST_WINDOW,
    ServedModel,
    discover_model,
    prose_window,
)
from dlm_lsp.teachers.pace import Pace
from dlm_lsp.teachers.prompt_cut import is_cut
from dlm_lsp.teachers.prompts import example_pairs
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    PairRequest,
    Reply,
    Request,
    TeacherLimits,
    TeacherResult,
    VerdictRequest,
)
from dlm_lsp.teachers.proxy_choice import proxy_for
from dlm_lsp.teachers.request_fallback import (
    RequestShape,
    blind_shapes,
    is_unexplained,
    next_shape,
)
from dlm_lsp.teachers.transport import (
    RETRIES,
    RequestHook,
    duration,
    http_client,
    sdk_timeout,
    suspend_deadline,
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


_ABOUT_NO_SHAPE = frozenset((401, 402, 403, 407, 408, 409, 413, 429))
"""Statuses of errors that another shape of the request would not mend."""
_ABOUT_REQUEST = frozenset((400, 422))
"""Statuses of errors that are about how a request is put, whatever their words."""
_BLIND = frozenset((400, 422, 500, 501))
"""Statuses after which other shapes are tried where the server gives no reason."""


class NoReplyError(Exception):
    """An answer without a completion: what the server said instead, and the `failure` to tell."""

    def __init__(self, words: str, failure: TeacherError) -> None:
        super().__init__(words)
        self.words = words
        self.failure = failure


class NotScoredError(Exception):
    """A `reply` that tells nothing of how likely a yes or a no was."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("no log-probabilities")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class ApiFindings:
    """What a teacher has found out about its server; see `MovableTeacher`."""

    name: str
    server: str
    model: str | None
    unlisted: str
    window: int | None
    shape: RequestShape


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
        self._unlisted = ""
        self._remembered = self._shape
        self._is_recalled = False
        self._trial = anyio.Lock()
        self._has_tried_blindly = False
        self._limit_is_settled = False

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
    async def _send(self, client: Any, request: Request, shape: RequestShape) -> Reply:
        """Make one request in this shape and read its reply.

        Raises:
            NotScoredError: a yes or no was asked for, and nothing tells how likely either is.
            NoReplyError: the answer holds no reply.
        """

    @abstractmethod
    def _body(self, request: Request, shape: RequestShape) -> dict[str, Any]:
        """Return the body of one request in this shape, without the options of the user."""

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

    def _sent(self, shape: RequestShape) -> list[str]:
        """Return the parameters that a request in this shape carries and can go without."""
        sampling = self._sampling
        sent = [name for name in self.droppable if name not in shape.without]
        return [name for name in sent if getattr(sampling, name, name) is not None]

    def _other_limit(self, shape: RequestShape) -> RequestShape | None:
        """Return the shape that names the limit on a reply otherwise, None where there is none."""
        return None

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
        return self._body(request, self._shape) | self._options

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
            self._context or served.context,
            selector=self.name,
            max_new_tokens=self._sampling.max_new_tokens,
            assumed_context=self.assumed_context,
        )
        self._shape = self._remembered = recall_shape(
            self._endpoint.url, self._model or "", self.formats, (*self.droppable, LOGPROBS)
        )
        self._is_recalled = self._shape != RequestShape()
        self._tell_lower_limit()
        self._checked = True

    @property
    def findings(self) -> ApiFindings:
        """What is known of the server."""
        return ApiFindings(
            self.name, self._endpoint.url, self._model, self._unlisted, self.window, self._shape
        )

    def adopt(self, findings: ApiFindings) -> None:
        """Take over what another has found out, and of two windows the smaller.

        Raises:
            TeacherError: it asks another server.
        """
        if findings.server != self._endpoint.url:
            raise TeacherError(
                f"there {findings.server} is asked, and here {self._endpoint.url} is set; set the "
                "same address in both environments"
            )
        self.name, self._model = findings.name, findings.model
        self._unlisted, self._shape = findings.unlisted, findings.shape
        known = [window for window in (self.window, findings.window) if window is not None]
        self.window = min(known, default=None)

    def has_secret_in(self, text: str) -> bool:
        """Tell whether a text, such as a selector, holds a secret of the server's address."""
        return any(secret in text for secret in self._endpoint.secrets)

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
                **asdict(messages),
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
            if too_long := self.too_long(request):
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

    def too_long(self, request: Request) -> TooLongError | None:
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
        wasted: list[Reply] = []
        while True:
            shape = self._shape
            scored = self._is_scored(request, shape)
            try:
                reply = await self._send(self._client, request, shape)
            except NotScoredError as error:
                if self._has_scored:
                    return self._finished(request, shape, error.reply, wasted)
                wasted.append(error.reply)
                self._learn_that_nothing_scores()
            except (sdk.APIStatusError, NoReplyError) as error:
                words = _words(error)
                if not self._may_be_shape(error, words, scored=scored):
                    raise _as_told(error) from None
                if self._shape != shape or self._learn(words, _status(error), scored=scored):
                    continue
                found = await self._try_blindly(request, shape, error, words)
                if found is None and self._shape == shape:
                    raise _as_told(error) from None
                if found is not None:
                    return self._finished(request, self._shape, found, wasted)
            else:
                self._has_scored |= scored
                self._remember(shape)
                if scored or not self._is_cut_early(shape, reply):
                    return self._finished(request, shape, reply, wasted)
                longer = await self._try_other_limit(request, shape, wasted)
                if longer is None and self._shape == shape:
                    return self._finished(request, shape, reply, wasted)
                wasted.append(reply)
                if longer is not None:
                    return self._finished(request, self._shape, longer, wasted)

    def _finished(
        self, request: Request, shape: RequestShape, reply: Reply, wasted: Sequence[Reply]
    ) -> Reply:
        """Return a reply as it is to be kept.

        Raises:
            TeacherError: the server has not read the prompt to its end.
        """
        if is_cut(reply.tokens_in, request_messages(request).user):
            raise TeacherError(
                f"{self._endpoint.url} read {reply.tokens_in} tokens of a prompt that has more, so "
                "its reply is not kept; give the model a longer context (num_ctx in Ollama), or "
                "cut the prose into smaller windows"
            )
        # What came of it first and was no use has its cost all the same.
        return replace(
            reply,
            text=redact_reply(reply.text, self._secrets, request.prose),
            reasoning=redact_reply(reply.reasoning, self._secrets, request.prose),
            tokens_in=_total(each.tokens_in for each in (*wasted, reply)),
            tokens_out=_total(each.tokens_out for each in (*wasted, reply)),
            note=reply.note or self._why_cut(shape, reply),
        )

    def _why_cut(self, shape: RequestShape, reply: Reply) -> str:
        """Return why a reply is cut where more than was asked for would not help."""
        if reply.finish != "length":
            return ""
        if self._is_cut_early(shape, reply):
            return (
                f"the server ended the reply far below the limit of "
                f"{shape.limit(self._sampling.max_new_tokens)} tokens that it was sent; "
                "see its own limit and its context"
            )
        if shape.most_tokens and shape.most_tokens < self._sampling.max_new_tokens:
            return f"the server gives no more than {shape.most_tokens} tokens a reply"
        return ""

    def _may_be_shape(self, error: Exception, words: str, *, scored: bool) -> bool:
        """Tell whether an error can be about how the request is put.

        Raises:
            RejectedError: it names a teacher option.
        """
        if _is_too_long(error):
            return False
        self._refuse_option(error, words)
        status = getattr(error, "status_code", None)
        if status == 403:
            return scored and "logprob" in words
        return status not in _ABOUT_NO_SHAPE

    def _is_final(self, response: Any) -> bool:
        """Tell whether a server's failure names what another request would have to leave out."""
        if response.status_code < 500:
            return False
        try:
            words = server_message(response.json())
        except (ValueError, RecursionError):
            return False
        # Another request may have taken the step already.
        return self._next_shape(RequestShape(), words) is not None

    def _next_shape(self, shape: RequestShape, words: str) -> RequestShape | None:
        return next_shape(
            shape,
            words,
            formats=len(self.formats),
            sent=self._sent(shape),
            temperature=self._sampling.temperature,
            max_new_tokens=self._sampling.max_new_tokens,
        )

    def _take(self, shape: RequestShape, refused: str) -> None:
        _logger.warning("%s refuses %s; asking without it", self.name, refused)
        self._shape = shape

    def _remember(self, shape: RequestShape) -> None:
        """Keep the shape in which a reply came, if it is news."""
        self._is_recalled = False
        if shape != self._remembered and shape == self._shape:
            self._remembered = shape
            remember_shape(self._endpoint.url, self._model or "", shape, self.formats)

    async def _try_blindly(
        self, request: Request, shape: RequestShape, error: Exception, words: str
    ) -> Reply | None:
        """Return the reply to a request in another shape, where a server fails without a reason.

        That is tried once in a run, by one request while others wait, and only as long as nothing
        has been answered: else the shape is not to blame.
        """
        status = getattr(error, "status_code", None)
        if self._has_served or status not in _BLIND or not is_unexplained(words):
            return None
        suspend_deadline()
        async with self._trial:
            if self._has_tried_blindly or self._shape != shape:
                return None
            self._has_tried_blindly = True
            for other in blind_shapes(shape, formats=len(self.formats)):
                reply = await self._tried(request, other)
                if reply is not None:
                    self._take(other, _difference(shape, other, self.formats))
                    self._remember(other)
                    return reply
        return None

    async def _try_other_limit(
        self, request: Request, shape: RequestShape, wasted: list[Reply]
    ) -> Reply | None:
        """Return a reply that is longer by the other name of its limit; tried once in a run."""
        suspend_deadline()
        async with self._trial:
            other = self._other_limit(shape)
            if other is None or self._limit_is_settled or self._shape != shape:
                return None
            self._limit_is_settled = True
            reply = await self._tried(request, other)
            if reply is None:
                return None
            if self._is_cut_early(other, reply):
                wasted.append(reply)
                return None
            _logger.warning("%s cuts replies unless the limit is max_tokens", self.name)
            self._shape = other
            self._remember(other)
            return reply

    async def _tried(self, request: Request, shape: RequestShape) -> Reply | None:
        """Return the reply to a request in this shape, None where it fails; it is sent once."""
        try:
            return await self._send(self._client.with_options(max_retries=0), request, shape)
        except NotScoredError as error:
            return error.reply
        except (self._sdk().APIError, NoReplyError, TeacherError):
            return None

    def _is_cut_early(self, shape: RequestShape, reply: Reply) -> bool:
        """Tell whether a reply ended by length, and far below the limit that was sent."""
        # No token is less than a byte.
        written = len(reply.text.encode("utf-8", "replace"))
        if reply.tokens_out is not None:
            written = reply.tokens_out
        limit = shape.limit(self._sampling.max_new_tokens)
        return reply.finish == "length" and 2 * written <= limit

    def _tell_lower_limit(self) -> None:
        most = self._shape.most_tokens
        if most and most < self._sampling.max_new_tokens:
            _logger.warning(
                "%s gives no more than %d tokens a reply; asking for these", self.name, most
            )

    def _refuse_option(self, error: Exception, words: str) -> None:
        """Raise an error if a refusal names a teacher option: none is left out in silence."""
        status = getattr(error, "status_code", None)
        if status in _ABOUT_NO_SHAPE and status != 403:
            return
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

    def _learn(self, words: str, status: int | None, *, scored: bool) -> bool:
        """Lower the shape of every later request by what was refused; False if nothing was."""
        shape = self._next_shape(self._shape, words)
        # An overload or a wrong address says nothing of what the server takes.
        unexplained = shape is None and not self._has_scored and status in _ABOUT_REQUEST
        if scored and ("logprob" in words or unexplained):
            # Whatever it is that the server does not take, a verdict may be had without.
            self._learn_that_nothing_scores()
            return True
        if shape is None:
            return False
        if self._is_recalled:
            # The server is not as it was, so nothing that was kept of it has to be true.
            self._is_recalled = False
            self._shape = RequestShape()
            return True
        if shape.most_tokens != self._shape.most_tokens:
            self._shape = shape
            self._tell_lower_limit()
        else:
            self._take(shape, _difference(self._shape, shape, self.formats))
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
            self._sdk(),
            self._endpoint,
            timeout=self._timeout,
            pace=self._pace,
            hooks=self.request_hooks,
            is_final=self._is_final,
        )


def _ignore_notice(message: str) -> None:
    return


def _words(error: Exception) -> str:
    if isinstance(error, NoReplyError):
        return error.words
    return server_message(getattr(error, "body", None))


def _status(error: Exception) -> int | None:
    return getattr(error, "status_code", None)


def _as_told(error: Exception) -> Exception:
    return error.failure if isinstance(error, NoReplyError) else error


def _difference(before: RequestShape, after: RequestShape, formats: Sequence[str]) -> str:
    """Return what a request in the second shape goes without, in words."""
    gone = sorted(after.without - before.without)
    if after.format_index != before.format_index:
        gone.append(f"the output format {formats[before.format_index]}")
    if after.system_as_user != before.system_as_user:
        gone.append("the system role")
    if after.temperature != before.temperature:
        gone.append("a temperature of 0")
    if after.streams != before.streams:
        gone.append("replies that are not streamed")
    return ", ".join(gone)


def _is_too_long(error: Exception) -> bool:
    if isinstance(error, NoReplyError):
        return isinstance(error.failure, TooLongError)
    return context_refusal(getattr(error, "body", None)) is not None


def _rough_tokens(prose: str) -> int:
    """Return about how many tokens prose is, and rather too many than too few."""
    return int(len(prose.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


def _total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of the counts that are known, None where none is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
