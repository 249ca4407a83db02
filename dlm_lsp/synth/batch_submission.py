"""Batch submission: the requests of a run whose replies are not there go into batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import anyio

from dlm_lsp.errors import TeacherError, UsageError
from dlm_lsp.store.batches import BatchRecord, BatchRecords, new_record
from dlm_lsp.synth.choose_verifier import ChosenVerifier
from dlm_lsp.synth.deferred_requests import DeferringReplier, LearnedShape
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.pipeline import SynthSession
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.batches import (
    SETTLING,
    BatchApi,
    BatchRefusedError,
    BatchRequest,
    split_batches,
)
from dlm_lsp.teachers.protocol import CheckRequest, PairRequest, Replier, Request
from dlm_lsp.teachers.registry import all_kinds, check_selector, find_kind

_R = TypeVar("_R", PairRequest, CheckRequest)

LearnedShapes = dict[tuple[str, str, int], LearnedShape]
"""What was learned of each teacher of a run, so that it is learned once for all documents."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of the requests of one document.

    `sent` are the batches that they went into; of the others `asked` were asked at once to learn
    what the model takes, `under_way` wait in earlier batches, and the replies to `from_cache` were
    there. `failure` is why some went nowhere, where they did.
    """

    sent: tuple[BatchRecord, ...]
    asked: int
    under_way: int
    from_cache: int
    failure: str = ""

    @property
    def requests(self) -> int:
        """How many requests went into batches."""
        return sum(len(record.keys) for record in self.sent)


def check_takes_batches(selector: str) -> None:
    """Check that a teacher has batches.

    Raises:
        UsageError, SelectorError: it has none, or there is no such teacher.
    """
    kind, _ = check_selector(selector)
    if kind.batches is None:
        forms = " and ".join(kind.form for kind in all_kinds() if kind.batches)
        raise UsageError(
            f"{kind.name} takes no batches, only {forms} do; ask it with `dlm synth instructions`"
        )


def batches_of(teacher: object) -> BatchApi | None:
    """Return the batches of a teacher, None where its provider has none."""
    if not isinstance(teacher, ApiTeacher):
        return None
    kind = find_kind(teacher.name.partition(":")[0])
    return kind.batches(teacher) if kind and kind.batches else None


async def submit_requests(
    session: SynthSession, records: BatchRecords, shapes: LearnedShapes, on_event: OnEvent
) -> Submission:
    """Run as far as the replies that are there go, and put what would be asked into batches.

    So the second requests about what is missing and the verdicts on what passed are among them, as
    soon as the replies that they follow from are there.

    Raises:
        JudgeError, StoreError: with the remedy.
        TeacherError: earlier batches cannot be looked for.
    """
    now = datetime.now(UTC)
    in_flight = {
        key
        for record in records.open()
        if await _is_in_flight(record, session, records, now)
        for key in record.keys
    }
    repliers: dict[int, tuple[ApiTeacher, DeferringReplier]] = {}

    def through(replier: Replier[_R]) -> Replier[_R]:
        if not isinstance(replier, ApiTeacher):
            raise UsageError(f"{replier.name} takes no batches")
        # A verifier may be the teacher itself, or another of the same name that is asked otherwise.
        if id(replier) not in repliers:
            who = (replier.name, replier.server, len(repliers))
            learned = shapes.setdefault(who, LearnedShape())
            repliers[id(replier)] = (replier, DeferringReplier(replier, in_flight, learned))
        return repliers[id(replier)][1]

    # Whoever takes no batches verifies in the run that follows.
    if batches_of(session.verification.verifier) is None:
        session = replace(session, verification=ChosenVerifier())
    result = await session.run(on_event, anyio.Event(), through=through)
    sent: list[BatchRecord] = []
    failures: list[str] = []
    for teacher, replier in repliers.values():
        if replier.failure:
            failures.append(str(replier.failure))
        api = batches_of(teacher)
        if api and replier.deferred:
            failures += await _send(teacher, api, replier.deferred, records, sent)
    if result.report.failure:
        failures.append(result.report.failure)
    return Submission(
        sent=tuple(sent),
        asked=sum(replier.asked for _, replier in repliers.values()),
        under_way=sum(replier.under_way for _, replier in repliers.values()),
        from_cache=result.report.usage.from_cache,
        failure="; ".join(dict.fromkeys(failures)),
    )


async def _is_in_flight(
    record: BatchRecord, session: SynthSession, records: BatchRecords, now: datetime
) -> bool:
    for teacher in (session.teacher, session.verification.verifier):
        api = batches_of(teacher)
        if not (api and isinstance(teacher, ApiTeacher)):
            continue
        if (teacher.name, teacher.server) == (record.teacher, record.server):
            return await with_id(record, api, records, now) is not None
    return True


async def with_id(
    record: BatchRecord, api: BatchApi, records: BatchRecords, now: datetime
) -> BatchRecord | None:
    """Return the record of a batch with its id, once that is known; None if there is no batch.

    Raises:
        TeacherError: the provider cannot be asked.
        StoreError: the record cannot be written.
    """
    if record.stage != "sending":
        return record
    found = await api.find(record.run_id, record.began, len(record.keys))
    if found.state:
        record = replace(
            record, stage="sent", batch_id=found.state.id, expires_at=found.state.expires_at
        )
        records.put(record)
        return record
    if found.undecided or now - record.began < SETTLING:
        return record
    records.remove(record)
    return None


async def _send(
    teacher: ApiTeacher,
    api: BatchApi,
    requests: Mapping[bytes, Request],
    records: BatchRecords,
    sent: list[BatchRecord],
) -> list[str]:
    """Send requests, and return why they could not all be sent."""
    keys = list(requests)
    bodies = [teacher.body(request) for request in requests.values()]
    at = 0
    for part in split_batches(bodies, api.limits):
        record = new_record(teacher.name, teacher.server, keys[at : at + len(part)])
        at += len(part)
        try:
            sent.append(await _send_batch(api, record, part, records))
        except BatchRefusedError as error:
            return [str(error)]
        except TeacherError as error:
            return [
                f"{error}. Whether the provider has the batch all the same, "
                "`dlm synth batch status` finds out"
            ]
    return []


async def _send_batch(
    api: BatchApi, record: BatchRecord, bodies: Sequence[Mapping[str, Any]], records: BatchRecords
) -> BatchRecord:
    records.put(record)
    batch = [BatchRequest(record.custom_id(at), body) for at, body in enumerate(bodies)]
    try:
        state = await api.create(record.run_id, batch)
    except BatchRefusedError:
        records.remove(record)
        raise
    record = replace(record, stage="sent", batch_id=state.id, expires_at=state.expires_at)
    records.put(record)
    return record
