"""Anthropic message batches: requests in one call, and their results in a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.batch_errors import is_certainly_refused, no_batches, unknown_batch
from dlm_lsp.teachers.batches import (
    SETTLING,
    TRANSFER_SECONDS,
    BatchLimits,
    BatchRefusedError,
    BatchRequest,
    BatchResult,
    BatchState,
    FoundBatch,
    iso_time,
    result_lines,
)
from dlm_lsp.teachers.error_messages import server_message

_PAGE = 1000
# Sending may take as long as it is given; the clocks of two machines differ.
_LONGEST_SENDING = timedelta(seconds=TRANSFER_SECONDS) + SETTLING


class AnthropicBatches:
    """The batches of a connected teacher `anthropic:<model>`."""

    limits = BatchLimits(requests=100_000, size=256 * 10**6)

    def __init__(self, teacher: ApiTeacher) -> None:
        self._teacher = teacher

    async def create(self, run_id: str, requests: Sequence[BatchRequest]) -> BatchState:
        """See `BatchApi.create`."""
        del run_id  # It stands in the custom ids, for a batch has no metadata.
        refused = False

        async def create(client: Any, sdk: ModuleType) -> Any:
            nonlocal refused
            try:
                # Sent a second time it could make a second batch.
                return await client.with_options(max_retries=0).messages.batches.create(
                    requests=[
                        {"custom_id": request.custom_id, "params": request.body}
                        for request in requests
                    ]
                )
            except sdk.NotFoundError:
                raise no_batches(self._teacher) from None
            except Exception as error:
                refused = is_certainly_refused(error, sdk)
                raise

        try:
            batch = await self._teacher.call(create, TRANSFER_SECONDS)
        except TeacherError as error:
            if refused:
                raise BatchRefusedError(str(error)) from error
            raise
        return _read_state(batch)

    async def state(self, batch_id: str) -> BatchState:
        """See `BatchApi.state`."""

        async def retrieve(client: Any, sdk: ModuleType) -> Any:
            try:
                return await client.messages.batches.retrieve(batch_id)
            except sdk.NotFoundError:
                raise unknown_batch(self._teacher, batch_id) from None

        return _read_state(await self._teacher.call(retrieve, TRANSFER_SECONDS))

    async def results(self, batch_id: str) -> Sequence[BatchResult]:
        """See `BatchApi.results`."""

        async def download(client: Any, sdk: ModuleType) -> bytes:
            # The batch names an address for them, but the key goes to the known server alone.
            try:
                content: bytes = await client.get(
                    f"/v1/messages/batches/{batch_id}/results",
                    cast_to=bytes,
                    options={"headers": {"Accept": "application/binary"}},
                )
            except sdk.NotFoundError:
                # They were kept as long as the provider keeps them.
                return b""
            return content

        content = await self._teacher.call(download, TRANSFER_SECONDS)
        return [
            BatchResult(str(line["custom_id"]), self._outcome(line.get("result")))
            for line in result_lines(content)
        ]

    async def find(self, run_id: str, sent_at: datetime, total: int) -> FoundBatch:
        """See `BatchApi.find`; whose a batch is, its results tell, so not before it has ended."""
        earliest, latest = sent_at - SETTLING, sent_at + _LONGEST_SENDING

        async def search(client: Any, _: ModuleType) -> list[Any]:
            alike = []
            # The newest come first.
            async for batch in client.messages.batches.list(limit=_PAGE):
                if batch.created_at < earliest:
                    break
                if batch.created_at <= latest and _total(batch) == total:
                    alike.append(batch)
            return alike

        undecided = False
        for batch in await self._teacher.call(search, TRANSFER_SECONDS):
            if batch.processing_status != "ended":
                undecided = True
                continue
            results = await self.results(batch.id)
            if any(result.custom_id.startswith(run_id) for result in results):
                return FoundBatch(_read_state(batch))
        return FoundBatch(undecided=undecided)

    def _outcome(self, result: Any) -> Any:
        if not isinstance(result, Mapping):
            return TeacherError("no result")
        kind, message = result.get("type"), result.get("message")
        if kind == "succeeded" and isinstance(message, Mapping):
            try:
                return self._teacher.read_answer(message)
            except TeacherError as error:
                return error
        words = self._teacher.shown(server_message(result.get("error")))
        return TeacherError(
            words or ("no reply" if kind == "succeeded" else self._teacher.shown(str(kind)))
        )


def _total(batch: Any) -> int:
    counts = batch.request_counts
    done: int = counts.succeeded + counts.errored + counts.canceled + counts.expired
    return done + int(counts.processing)


def _read_state(batch: Any) -> BatchState:
    counts = batch.request_counts
    return BatchState(
        id=batch.id,
        status=str(batch.processing_status),
        ended=batch.processing_status == "ended",
        total=_total(batch),
        completed=counts.succeeded,
        failed=counts.errored + counts.canceled + counts.expired,
        expires_at=iso_time(batch.expires_at.timestamp()),
    )
