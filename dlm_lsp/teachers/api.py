"""API teachers: requests at once, and fallback by what a server refuses."""

import json
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from dlm_lsp.errors import (
    KeyRefusedError,
    LateError,
    MissingError,
    NotAskedError,
    RateError,
    RejectedError,
    SilentError,
    SpentError,
    TeacherError,
    TooLongError,
    UnreachableError,
)
from dlm_lsp.teachers.concurrency import Places, map_concurrently
from dlm_lsp.teachers.context_refusal import context_refusal
from dlm_lsp.teachers.cut_reply import is_cut_early, why_cut
from dlm_lsp.teachers.echoed_secrets import redact_reply
from dlm_lsp.teachers.endpoint import Endpoint
from dlm_lsp.teachers.error_messages import redact, server_message
from dlm_lsp.teachers.learned_window import LearnedWindow
from dlm_lsp.teachers.model_discovery import ServedModel, discover_model, prose_window
from dlm_lsp.teachers.pace import Pace
from dlm_lsp.teachers.prompt_cut import is_cut
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
from dlm_lsp.teachers.request_fallback import LOGPROBS, RequestShape, is_unexplained
from dlm_lsp.teachers.request_fingerprint import request_fingerprint
from dlm_lsp.teachers.request_limit import request_limit
from dlm_lsp.teachers.shape_learning import ShapeLearning
from dlm_lsp.teachers.shape_trials import ShapeTrials
from dlm_lsp.teachers.transport import (
    RETRIES,
    RequestHook,
    duration,
    http_client,
    sdk_timeout,
    with_teacher_errors,
)
from dlm_lsp.teachers.unanswered import Unanswered
from dlm_lsp.teachers.verdict_prompts import request_messages

_R = TypeVar("_R")
_logger = logging.getLogger(__name__)
_LONGEST_CHECK = 20.0
_MOST_REJECTED = 3
"""How many calls a server may reject, having answered nothing, before it is asked no more."""
_FINAL = (SpentError, KeyRefusedError)
_ABOUT_NO_SHAPE = frozenset((401, 402, 403, 407, 408, 409, 413, 429))
"""Statuses of errors that another shape of the request would not mend."""
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
        up_to: int | None = None,
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
        self._timeout = timeout
        self._learning = ShapeLearning(self.formats, self._sent, sampling, self._warn)
        self._trials = ShapeTrials(self._learning, len(self.formats), sampling.max_new_tokens)
        self._noticed = set[str]()
        self._learned_window: LearnedWindow | None = None
        self._secrets = endpoint.secrets
        self._client: Any = None
        self._checked = False
        self._fatal_error: TeacherError | None = None
        self._pace = Pace(request_limit(concurrency, up_to, timeout))
        self._places = Places(lambda: self._pace.at_once)
        self.unanswered = Unanswered()
        self._has_served = False
        self._rejected_calls = 0
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
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        return self._pace.at_once

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
        return self.log_probabilities and LOGPROBS not in self.shape.without

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
        return self._learning.now

    @shape.setter
    def shape(self, learned: RequestShape) -> None:
        self._learning.now = learned

    def body(self, request: Request) -> dict[str, Any]:
        """Return the body of a request that somebody else is to send."""
        return self._body(request, self.shape) | self._options

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
        self._learning.recall(self._endpoint.url, self._model or "", (*self.droppable, LOGPROBS))
        self._checked = True

    @property
    def findings(self) -> ApiFindings:
        """What is known of the server."""
        return ApiFindings(
            self.name, self._endpoint.url, self._model, self._unlisted, self.window, self.shape
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
        self._unlisted, self.shape = findings.unlisted, findings.shape
        known = [window for window in (self.window, findings.window) if window is not None]
        self.window = min(known, default=None)

    def has_secret_in(self, text: str) -> bool:
        """Tell whether a text, such as a selector, holds a secret of the server's address."""
        return any(secret in text for secret in self._endpoint.secrets)

    def fingerprint(self, request: Request) -> str:
        """Return everything that decides the reply to the request: model, parameters and prompt."""
        sampling = self._sampling
        alike = {
            "server": self._endpoint.url,
            "model": self._model,
            "max_new_tokens": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            **({"options": self._options} if self._options else {}),
        }
        return request_fingerprint(request, json.dumps(alike))

    def tell_to(self, on_notice: Callable[[str], None]) -> None:
        """Tell `on_notice` of what the server does on the way, a line each."""
        self._on_notice = on_notice
        self._pace.on_wait = lambda seconds: on_notice(
            f"{self._endpoint.url} limits the rate; waiting {duration(seconds)}"
        )
        self._pace.on_crowd = lambda at_once: on_notice(
            f"{self._endpoint.url} gave no answer in {self._timeout:g} s; it is asked "
            f"{'one by one' if at_once == 1 else f'for {at_once} replies at once'}"
        )

    async def count_tokens(self, requests: Sequence[Request]) -> list[int] | None:
        """Return None: an API counts only what it is sent."""
        return None

    async def answer(self, requests: Sequence[Request]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, as they finish; a failure costs its request alone.

        Raises:
            TeacherError: the server could not be reached when the teacher was prepared, refuses
                the key, wants more money or a longer pause than anybody waits, or rejects the model
                and has answered nothing yet.
        """
        may_be_well_again = (
            isinstance(self._pace.end, RateError)
            and self._pace.refusals_in_a_row <= RETRIES + _MOST_REJECTED
        ) or (
            isinstance(self._pace.end, SilentError) and self._pace.silences_left > -_MOST_REJECTED
        )
        if may_be_well_again:
            # Another document may come when the server is well again: one request finds out.
            self._pace.end = self._fatal_error = None
        if requests and self._fatal_error:
            raise self._fatal_error.with_traceback(None)
        rejection: TeacherError | None = None
        # Of this call alone: what other documents have shown must not decide this one's parts.
        learned = LearnedWindow(
            max_new_tokens=self._sampling.max_new_tokens, assumed_context=self.assumed_context
        )

        def end() -> TeacherError | None:
            return self._fatal_error or (None if self._has_served else rejection)

        async def outcome(request: Request) -> Reply | TeacherError:
            if self._fatal_error:
                # It came while this one waited for its place.
                return NotAskedError(str(self._fatal_error))
            if too_long := learned.too_long(request, self.name):
                return too_long
            answered: Reply | TeacherError
            self.unanswered.add(request)
            try:
                answered = await self._guarded(lambda: self._send_by_shape(request), self._timeout)
            except TooLongError as error:
                answered = self._learn_window(learned, request, error)
            except TeacherError as error:
                answered = error
            self.unanswered.take(request)
            # Before anything else starts.
            self._note(answered)
            if isinstance(answered, RejectedError):
                nonlocal rejection
                rejection = answered
            return answered

        left = len(requests)
        answers = map_concurrently(outcome, requests, self._places, lambda: end() is None)
        async with aclosing(answers) as finished:
            async for index, answered in finished:
                left -= 1
                yield TeacherResult(index, answered)
        if rejection and not self._has_served:
            self._rejected_calls += 1
            if self._rejected_calls >= _MOST_REJECTED:
                self._fatal_error = self._fatal_error or rejection
        if left and (ended := end()):
            raise ended.with_traceback(None)

    def _note(self, answered: Reply | TeacherError) -> None:
        """Take note of whether further requests make sense.

        A server may reject a single request, say by what it is about: that ends at most the call
        that it came to, as long as nothing has been answered.
        """
        if isinstance(answered, Reply):
            self._has_served = True
            # What is rejected for good stays so, whatever was under way.
            self._fatal_error = self._pace.end
        elif isinstance(answered, _FINAL) or (
            isinstance(answered, RateError) and self._pace.refusals_in_a_row > RETRIES
        ):
            self._end_with(answered)
        elif isinstance(answered, LateError) and self._pace.silences_left <= 0:
            line = f"gave no answer in {self._timeout:g} s to one request after the other"
            self._end_with(
                SilentError(f"{self._endpoint.url} {line}; allow more time, or look at the server")
            )
        elif isinstance(answered, MissingError) and not self._has_served:
            self._fatal_error = answered

    def _end_with(self, failure: TeacherError) -> None:
        self._fatal_error = failure
        self._pace.stop(failure)

    def too_long(self, request: Request) -> TooLongError | None:
        """Return why a request that goes another way, as in a batch, would be refused."""
        return self._learned_window.too_long(request, self.name) if self._learned_window else None

    def _learn_window(
        self, learned: LearnedWindow, request: Request, error: TooLongError
    ) -> TeacherError:
        """Take note of what a refusal says of the context; further requests of a call keep to it.

        Where prose is planned in parts, that is by the window that was known from the start.
        """
        failure, notice = learned.learn(request, error, selector=self.name, window=self.window)
        if notice:
            self._learned_window = learned
        if notice and notice not in self._noticed:
            self._noticed.add(notice)
            self._on_notice(notice)
        return failure

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _send_by_shape(self, request: Request) -> Reply:
        sdk = self._sdk()
        wasted: list[Reply] = []
        while True:
            shape = self.shape
            scored = self._is_scored(request, shape)
            try:
                reply = await self._send(self._client, request, shape)
            except NotScoredError as error:
                if self._learning.has_scored:
                    return self._finished(request, shape, error.reply, wasted)
                wasted.append(error.reply)
                self._learning.forgo_likelihood()
            except (sdk.APIStatusError, NoReplyError) as error:
                words = _words(error)
                if not self._may_be_shape(error, words, scored=scored):
                    raise _as_told(error) from None
                if self.shape != shape or self._learning.learn(
                    words, _status(error), scored=scored
                ):
                    continue
                found = await self._try_blindly(request, shape, error, words)
                if found is None and self.shape == shape:
                    raise _as_told(error) from None
                if found is not None:
                    return self._finished(request, self.shape, found, wasted)
            else:
                self._learning.has_scored |= scored
                self._learning.remember(shape)
                if scored or not is_cut_early(shape, reply, self._sampling.max_new_tokens):
                    return self._finished(request, shape, reply, wasted)
                longer = await self._trials.try_other_limit(
                    shape, self._other_limit(shape), partial(self._tried, request), wasted
                )
                if longer is None and self.shape == shape:
                    return self._finished(request, shape, reply, wasted)
                wasted.append(reply)
                if longer is not None:
                    return self._finished(request, self.shape, longer, wasted)

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
            note=reply.note or why_cut(shape, reply, self._sampling.max_new_tokens),
        )

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
        return self._learning.following(RequestShape(), words) is not None

    async def _try_blindly(
        self, request: Request, shape: RequestShape, error: Exception, words: str
    ) -> Reply | None:
        """Return the reply to a request in another shape, where a server fails without a reason.

        Only as long as nothing has been answered: else the shape is not to blame.
        """
        if self._has_served or _status(error) not in _BLIND or not is_unexplained(words):
            return None
        return await self._trials.try_blindly(shape, partial(self._tried, request))

    async def _tried(self, request: Request, shape: RequestShape) -> Reply | None:
        """Return the reply to a request in this shape, None where it fails; it is sent once."""
        try:
            return await self._send(self._client.with_options(max_retries=0), request, shape)
        except NotScoredError as error:
            return error.reply
        except (self._sdk().APIError, NoReplyError, TeacherError):
            return None

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

    def _warn(self, words: str) -> None:
        _logger.warning("%s %s", self.name, words)

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


def _is_too_long(error: Exception) -> bool:
    if isinstance(error, NoReplyError):
        return isinstance(error.failure, TooLongError)
    return context_refusal(getattr(error, "body", None)) is not None


def _total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of the counts that are known, None where none is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
