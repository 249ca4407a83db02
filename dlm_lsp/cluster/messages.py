"""Cluster messages: what goes between a run and the workers that hold its models.

Plain data, and no secret: what opens a server is in the environment of each worker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlm_lsp.errors import DlmError, TeacherError
from dlm_lsp.synth.judge_calibration import Calibration
from dlm_lsp.teachers.protocol import GenerationOptions, Reply


@dataclass(frozen=True, slots=True)
class Shipment:
    """A folder that a worker has been sent: the checksum of its files, and what it is called."""

    digest: str
    name: str


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """Which judge a worker is to hold, as `sway_judge` takes it; `number` tells it from others."""

    number: int
    base_model: str | Shipment | None
    adapter: Shipment | None
    judge: str | Shipment | None
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class TeacherSpec:
    """Which teacher a worker is to hold, as `registry.select` takes it.

    `model` is where the weights went that the selector names by a path; with `of_judge` the
    teacher is the model of that judge.
    """

    number: int
    selector: str
    sampling: GenerationOptions
    concurrency: int
    timeout: float
    model: Shipment | None = None
    adapter: Shipment | None = None
    base_model: str | Shipment | None = None
    options: Mapping[str, Any] | None = None
    window: int | None = None
    device: str = "auto"
    of_judge: JudgeSpec | None = None


ModelSpec = TeacherSpec | JudgeSpec


@dataclass(frozen=True, slots=True)
class WorkerVersion:
    """Which release of this package a worker runs, and in which process."""

    release: str
    pid: int


@dataclass(frozen=True, slots=True)
class PreparedJudge:
    """What a judge says of itself once it is prepared."""

    name: str
    calibration: Calibration | None
    parameters: int
    chat: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of requests, in their order: None where one was not asked, for `ended` says why.

    `findings` are those of the teacher, see `dlm_lsp.teachers.protocol.MovableTeacher`.
    """

    outcomes: tuple[Reply | TeacherError | None, ...]
    findings: Any
    ended: TeacherError | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The error that a call came to: sent as a value, so that it arrives as it was raised."""

    error: DlmError
