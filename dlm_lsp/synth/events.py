"""Run events: what a run tells while it works."""

from collections.abc import Callable
from dataclasses import dataclass

from dlm_lsp.errors import TeacherError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.synth.report import Candidate, Refusal, Report


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Everything is prepared; `requests` stand behind the sections, cached or not."""

    sections: int
    requests: int


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """A model on this machine is brought into memory, where something will be asked of it."""

    model: str


@dataclass(frozen=True, slots=True)
class ModelReady:
    """The loading of a model has ended; one that failed is told of by whoever asks it."""

    model: str


@dataclass(frozen=True, slots=True)
class RequestDone:
    """A reply is there; `cached` if it cost nothing. The strategy is None for verdicts."""

    source_id: str
    strategy: Strategy | None
    cached: bool
    tokens_in: int | None
    tokens_out: int | None


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A request came to nothing; the run goes on. What ails several alike is told at the first.

    The strategy is None for verdicts. `code` is that of the error.
    """

    source_id: str
    strategy: Strategy | None
    message: str
    code: str = TeacherError.code


@dataclass(frozen=True, slots=True)
class TeacherNotice:
    """What the teacher's server does on the way: it lets requests wait, or reads less at once."""

    message: str


@dataclass(frozen=True, slots=True)
class PairAccepted:
    """A pair passed everything that can be known of it alone; what is verified comes after that.

    What is still open: whether another says the same, or more came than were asked for.
    """

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class PairRefused:
    """A pair is out."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class SectionDone:
    """The `done`th of `total` sections has all its replies, read and judged."""

    source_id: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PairVerified:
    """The `done`th of `total` pairs that passed has its verdict, or will have none."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over."""

    report: Report


SynthEvent = (
    RunStarted
    | ModelLoading
    | ModelReady
    | RequestDone
    | RequestFailed
    | TeacherNotice
    | PairAccepted
    | PairRefused
    | SectionDone
    | PairVerified
    | RunFinished
)
OnEvent = Callable[[SynthEvent], None]
