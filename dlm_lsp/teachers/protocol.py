"""Teacher protocol: the one interface behind which every provider stands."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from dlm_lsp.errors import TeacherError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.teachers.guidance import Guidance


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """How a teacher draws its words; None leaves a parameter to the provider."""

    max_new_tokens: int = 1024
    temperature: float = 0.0
    top_p: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class PairRequest:
    """One request: `count` pairs about `prose` by `strategy`.

    `spare` more are welcome, for the best to be kept; a teacher to which a pair is dear leaves them
    out. Where pairs were missing, a second request names in `sentences` those of the prose that no
    pair is about yet, and in `have` the questions and answers that are there. `guidance` is what a
    user asks for beside; None where nobody asks for anything.
    """

    prose: str
    strategy: Strategy
    count: int
    spare: int = 0
    sentences: tuple[str, ...] = ()
    have: tuple[tuple[str, str], ...] = ()
    guidance: Guidance | None = None


@dataclass(frozen=True, slots=True)
class VerdictRequest:
    """One request: whether each (question, answer) is right and complete according to `prose`."""

    prose: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One request: what `prose` says to `question`, as briefly as it can be said."""

    prose: str
    question: str


YES_OR_NO = ("yes", "no")
"""What a verdict in one word is, in lower case."""
CheckRequest = VerdictRequest | AnswerRequest
"""What a verifier is asked."""
Request = PairRequest | CheckRequest


@dataclass(frozen=True, slots=True)
class Reply:
    """What a teacher wrote, as it wrote it, and what it cost in tokens where that is known.

    `note` tells why there are fewer pairs than were requested, where the teacher knows;
    `reasoning` is what the server took for thoughts, kept where the text is empty. `cached_input`
    and `cache_write` are how many of `tokens_in` the provider's prompt cache gave and took, which
    have prices of their own.
    """

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    finish: Literal["stop", "length", "refusal"] = "stop"
    note: str = ""
    reasoning: str = ""
    cached_input: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True)
class TeacherResult:
    """The outcome of `requests[index]`.

    `repeats` is how often it was sent before, to a machine that died: a server may have been paid
    for each.
    """

    index: int
    outcome: Reply | TeacherError
    repeats: int = 0


_R_contra = TypeVar("_R_contra", contravariant=True)


class Replier(Protocol[_R_contra]):
    """Who answers requests of a kind."""

    @property
    def name(self) -> str:
        """What reports call it."""

    def fingerprint(self, request: _R_contra) -> str:
        """Return everything that decides the reply to the request."""

    def answer(self, requests: Sequence[_R_contra]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, in whatever order; a failure costs its request alone."""


@runtime_checkable
class Verifier(Replier[CheckRequest], Protocol):
    """A teacher that can also be asked for verdicts; `prepare` settles all that it says of itself.

    The text of its reply to a question is the answer. That of verdicts is either
    `{"log_probabilities": [{"Yes": -0.1, "No": -2.4}, ...]}`, for each pair those of what it may
    say first, or `{"verdicts": [...]}` by the schema of verdicts.
    """

    @property
    def remote_host(self) -> str | None:
        """The host that prose and pairs are sent to; None where nothing leaves this machine."""

    @property
    def window(self) -> int | None:
        """How many tokens of prose fit into one request; None where no limit is known."""

    @property
    def why_no_verdicts(self) -> str:
        """Why it can give none, as in "is a base model"; empty where it can."""

    @property
    def parameters(self) -> int | None:
        """How many parameters it has; None for a model behind an API."""

    @property
    def by_likelihood(self) -> bool:
        """Whether verdicts are log-probabilities; this may change with what a server says."""

    @property
    def one_by_one(self) -> bool:
        """Whether it is asked about one pair at a time; this may change with what a server says."""

    @property
    def tokens_per_verdict(self) -> int:
        """About how many tokens a verdict takes that is given in words, beside others."""

    async def prepare(self) -> None:
        """See `Teacher.prepare`."""

    async def aclose(self) -> None:
        """Let go of connections and workers."""


class Teacher(Protocol):
    """Who writes the pairs."""

    @property
    def name(self) -> str:
        """What the marker records: no credentials, no query string, no quote, no line break.

        Settled by `prepare`, as are the server, the window and the fingerprints.
        """

    @property
    def remote_host(self) -> str | None:
        """The host that the prose is sent to; None where nothing leaves this machine."""

    @property
    def window(self) -> int | None:
        """How many tokens of prose fit into one request; None where no limit is known."""

    @property
    def examples(self) -> Sequence[tuple[str, str]]:
        """The (question, answer) pairs that its prompts show, which no reply may repeat."""

    async def prepare(self) -> None:
        """Check everything that can be checked for free: key, server, model, extra.

        Once it has succeeded, another call costs nothing. A server that cannot be reached is no
        error yet if its model is named, for every reply may be kept from earlier.

        Raises:
            TeacherError: with the remedy.
        """

    def fingerprint(self, request: PairRequest) -> str:
        """Return everything that decides the reply to the request: model, parameters and prompt."""

    async def count_tokens(self, requests: Sequence[PairRequest]) -> list[int] | None:
        """Return the prompt tokens of each request, or None where that takes a server."""

    def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, in whatever order; a failure costs its request alone.

        Closing the generator (`contextlib.aclosing`) cancels the requests that are still running.

        A TooLongError is answered by two shorter requests, where the prose can be cut.

        Raises:
            TeacherError: no request can be made, or none further; what was sent is answered.
        """

    async def aclose(self) -> None:
        """Let go of connections and workers."""


@runtime_checkable
class TellingTeacher(Protocol):
    """A teacher that tells what its server does on the way."""

    def tell_to(self, on_notice: Callable[[str], None]) -> None:
        """Call `on_notice` with a line for each: that requests wait, and how long; and such."""


@runtime_checkable
class MovableTeacher(Protocol):
    """A teacher that can be asked on another machine, while its like stands for it here."""

    @property
    def findings(self) -> Any:
        """What `prepare` and the replies have shown: what pickle takes, and no secret."""

    def adopt(self, findings: Any) -> None:
        """Be as prepared as the teacher whose `findings` these are; nothing is asked.

        Raises:
            TeacherError: the two do not ask the same.
        """


@dataclass(frozen=True, slots=True)
class TeacherLimits:
    """What a teacher cannot do, and what it does badly.

    `refused` are the strategies by which it writes nothing, each with the reason and without the
    teacher's name; `warning` is a line about the pairs that are to be expected, if one is due;
    `writes_spare` is whether it also writes the pairs that a request has beyond its count,
    `follows` whether it heeds more of a guidance than the examples.
    """

    refused: Mapping[Strategy, str] = field(default_factory=dict)
    warning: str = ""
    writes_spare: bool = True
    follows: bool = True


def limits_of(teacher: Teacher) -> TeacherLimits:
    """Return what a prepared teacher cannot do, by its `limits`; nothing where it has none."""
    # By name: to look whether it keeps a protocol takes as long as to read a reply.
    limits: TeacherLimits | None = getattr(teacher, "limits", None)
    return limits or TeacherLimits()
