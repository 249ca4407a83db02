"""Batch collection: how far the batches of a document are, and their replies into the cache."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dlm_lsp.errors import TeacherError
from dlm_lsp.store.batches import BatchRecord, BatchRecords
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.batch_submission import batches_of, with_id
from dlm_lsp.synth.request_runner import reply_in, reply_payload
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.batches import BatchApi, BatchResult, BatchState
from dlm_lsp.teachers.protocol import GenerationOptions, Reply
from dlm_lsp.teachers.registry import select

_TIMEOUT = 120.0
_UNANSWERED = {"expired": "expired", "cancelled": "cancelled", "failed": "failed"}
"""What came of a request without a result, by the status of its batch."""


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is.

    `state` is what the provider says, None where it was not asked or does not know; `is_new` tells
    that the replies came just now; `failure` is why nothing more can be told.
    """

    record: BatchRecord
    state: BatchState | None = None
    is_new: bool = False
    failure: str = ""


async def check_batches(
    records: BatchRecords, cache: ReplyCache | None
) -> tuple[BatchProgress, ...]:
    """Return how far each batch is; what has ended is collected where there is a `cache`.

    Raises:
        StoreError: records or replies cannot be read or written.
    """
    now = datetime.now(UTC)
    teachers: dict[str, ApiTeacher] = {}
    progress: list[BatchProgress] = []
    try:
        for record in records.all():
            if record.stage == "collected":
                progress.append(BatchProgress(record))
                continue
            try:
                teacher = teachers.get(record.teacher) or _connect(record, teachers)
                if checked := await _check(record, teacher, records, cache, now):
                    progress.append(checked)
            except TeacherError as error:
                progress.append(BatchProgress(record, failure=str(error)))
    finally:
        for teacher in teachers.values():
            await teacher.aclose()
    return tuple(progress)


def _connect(record: BatchRecord, teachers: dict[str, ApiTeacher]) -> ApiTeacher:
    teacher = select(record.teacher, GenerationOptions(), concurrency=1, timeout=_TIMEOUT)
    if not isinstance(teacher, ApiTeacher):
        raise TeacherError(f"{record.teacher} takes no batches; update or reinstall its plugin")
    teachers[record.teacher] = teacher
    teacher.connect()
    return teacher


async def _check(
    record: BatchRecord,
    teacher: ApiTeacher,
    records: BatchRecords,
    cache: ReplyCache | None,
    now: datetime,
) -> BatchProgress | None:
    """Return how far a batch is; None if it never came to be."""
    # A batch is known where it went, and a key goes nowhere else.
    if teacher.server != record.server:
        raise TeacherError(
            f"a batch of {record.teacher} went to {record.server}, and {teacher.server} is set "
            "now; set the address that it was submitted with"
        )
    api = batches_of(teacher)
    if api is None:
        raise TeacherError(f"{record.teacher} takes no batches; update or reinstall its plugin")
    settled = await with_id(record, api, records, now)
    if settled is None:
        return None
    if settled.stage == "sending":
        return BatchProgress(settled)
    state = await api.state(settled.batch_id)
    if cache is None or not state.ended:
        return BatchProgress(settled, state)
    return BatchProgress(await _collect(settled, state, api, records, cache), state, is_new=True)


async def _collect(
    record: BatchRecord,
    state: BatchState,
    api: BatchApi,
    records: BatchRecords,
    cache: ReplyCache,
) -> BatchRecord:
    outcomes = _by_key(record, await api.results(record.batch_id))
    replies = {key: reply for key, reply in outcomes.items() if isinstance(reply, Reply)}
    # What was asked for meanwhile and used stays, or a later run would go on with other pairs.
    new = [key for key in replies if not _is_of_use(reply_in(cache.get_by_key(key)))]
    cache.put_by_key((key, reply_payload(replies[key])) for key in new)
    failures = Counter(
        str(outcome) for outcome in outcomes.values() if isinstance(outcome, TeacherError)
    )
    if unanswered := len(set(record.keys) - outcomes.keys()):
        failures[state.detail or _UNANSWERED.get(state.status, "no answer")] += unanswered
    record = replace(record, stage="collected", replies=len(replies), failures=dict(failures))
    records.put(record)
    return record


def _is_of_use(reply: Reply | None) -> bool:
    """Tell whether a run goes on with a kept reply, as far as that shows without its request."""
    if reply is None or reply.finish == "length":
        return False
    return bool(reply.text.strip() or reply.reasoning.strip() or reply.note) or (
        reply.finish == "refusal"
    )


def _by_key(
    record: BatchRecord, results: Sequence[BatchResult]
) -> dict[bytes, Reply | TeacherError]:
    """Return what came of the requests; a reply counts more than a failure of the same request."""
    outcomes: dict[bytes, Reply | TeacherError] = {}
    for result in results:
        key = record.key_of(result.custom_id)
        if key is not None and not isinstance(outcomes.get(key), Reply):
            outcomes[key] = result.outcome
    return outcomes
