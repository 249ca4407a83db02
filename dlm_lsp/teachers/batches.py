"""Provider batches: many requests handed over at once and answered within a day at half price.

A batch is made, looked at, and read once it has ended; in between lie hours or days, and perhaps
another process. Its requests are told apart by a custom id, which is the id of the run that made
the batch and a number.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.protocol import Reply

TRANSFER_SECONDS = 900.0
"""How long the requests of a batch may take to get there, or its answers to get here."""
SETTLING = timedelta(minutes=5)
"""How long a batch may take, once asked for, until the provider lists it."""
# The most that stands around a body: its custom id, where it goes, the names of all that.
_AROUND = 200


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The most that one batch takes: so many requests, and bytes of them as they are sent."""

    requests: int
    size: int


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A request of a batch; `custom_id` is at most 64 letters, digits and hyphens."""

    custom_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is.

    `status` is the provider's word; `ended` says that no more answers will come; `expires_at` is
    when it ends at the latest, ISO-8601 in UTC; `detail` is why it came to nothing, where it did.
    """

    id: str
    status: str
    ended: bool
    total: int
    completed: int
    failed: int
    expires_at: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of one request of a batch."""

    custom_id: str
    outcome: Reply | TeacherError


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """What a search for the batch of a run has found: it, or only what may turn out to be it."""

    state: BatchState | None = None
    undecided: bool = False


class BatchRefusedError(TeacherError):
    """A batch that was not made, for sure."""


class BatchApi(Protocol):
    """The batches of one provider; its teacher is connected."""

    @property
    def limits(self) -> BatchLimits:
        """The most that one batch takes."""

    async def create(self, run_id: str, requests: Sequence[BatchRequest]) -> BatchState:
        """Hand over requests whose custom ids begin with `run_id`.

        Raises:
            BatchRefusedError: no batch was made.
            TeacherError: there may be one all the same: `find` tells.
        """

    async def state(self, batch_id: str) -> BatchState:
        """Say how far a batch is.

        Raises:
            TeacherError: it cannot be told, or the key's account has no such batch.
        """

    async def results(self, batch_id: str) -> Sequence[BatchResult]:
        """Return what came of the requests of a batch that has ended, in any order.

        Of a request that was not answered in time there may be nothing.

        Raises:
            TeacherError: they cannot be had.
        """

    async def find(self, run_id: str, sent_at: datetime, total: int) -> FoundBatch:
        """Look for the batch of `total` requests that a run asked for at that time.

        Raises:
            TeacherError: the provider cannot be asked.
        """


def split_batches(
    bodies: Iterable[Mapping[str, Any]], limits: BatchLimits
) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """Yield the bodies of requests in order, as many at a time as one batch takes.

    One that is too large alone gets a batch of its own, for the provider to refuse.
    """
    batch: list[Mapping[str, Any]] = []
    size = 0
    for body in bodies:
        length = len(json.dumps(body)) + _AROUND
        if batch and (len(batch) == limits.requests or size + length > limits.size):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield tuple(batch)


def result_lines(content: bytes) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a file with one to a line; what is none is left out."""
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, Mapping) and isinstance(value.get("custom_id"), str):
            yield value


def iso_time(seconds: float | None) -> str:
    """Return a time as ISO-8601 in UTC, empty where there is none."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
