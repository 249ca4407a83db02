"""OpenAI batches: a file of requests, a batch over it, and a file of answers."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
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

_ENDPOINT = "/v1/chat/completions"
_ENDED = frozenset(("completed", "failed", "expired", "cancelled"))
_RUN = "dlm_run"
"""The key of the batch's metadata that holds the run."""
_KEPT = 30 * 24 * 3600
"""For how many seconds the provider is to keep the answers: as long as it keeps the requests."""
_PAGE = 100


class OpenAiBatches:
    """The batches of a connected teacher `openai:<model>`."""

    limits = BatchLimits(requests=50_000, size=200 * 10**6)

    def __init__(self, teacher: ApiTeacher) -> None:
        self._teacher = teacher

    async def create(self, run_id: str, requests: Sequence[BatchRequest]) -> BatchState:
        """See `BatchApi.create`."""
        file = "".join(f"{json.dumps(_line(request))}\n" for request in requests).encode("ascii")
        refused = False

        async def upload(client: Any, sdk: ModuleType) -> Any:
            try:
                return await client.files.create(file=(f"{run_id}.jsonl", file), purpose="batch")
            except sdk.NotFoundError:
                raise no_batches(self._teacher) from None

        async def create(client: Any, sdk: ModuleType) -> Any:
            nonlocal refused
            try:
                # Sent a second time it could make a second batch.
                return await client.with_options(max_retries=0).batches.create(
                    input_file_id=uploaded.id,
                    endpoint=_ENDPOINT,
                    completion_window="24h",
                    metadata={_RUN: run_id},
                    output_expires_after={"anchor": "created_at", "seconds": _KEPT},
                )
            except Exception as error:
                refused = is_certainly_refused(error, sdk)
                raise

        try:
            uploaded = await self._teacher.call(upload, TRANSFER_SECONDS)
        except TeacherError as error:
            raise BatchRefusedError(str(error)) from error
        try:
            batch = await self._teacher.call(create, TRANSFER_SECONDS)
        except TeacherError as error:
            if refused:
                raise BatchRefusedError(str(error)) from error
            raise
        return self._read_state(batch)

    async def state(self, batch_id: str) -> BatchState:
        """See `BatchApi.state`."""
        return self._read_state(await self._retrieve(batch_id))

    async def results(self, batch_id: str) -> Sequence[BatchResult]:
        """See `BatchApi.results`."""
        batch = await self._retrieve(batch_id)

        async def download(client: Any, sdk: ModuleType) -> bytes:
            content = b""
            for file_id in (batch.output_file_id, batch.error_file_id):
                if file_id:
                    try:
                        file = await client.files.content(file_id)
                    except sdk.NotFoundError:
                        # It was deleted, or kept as long as the provider keeps one.
                        continue
                    content += file.content + b"\n"
            return content

        content = await self._teacher.call(download, TRANSFER_SECONDS)
        return [
            BatchResult(str(line["custom_id"]), self._outcome(line))
            for line in result_lines(content)
        ]

    async def find(self, run_id: str, sent_at: datetime, total: int) -> FoundBatch:
        """See `BatchApi.find`; the run stands in the metadata of the batch."""
        del total
        earliest = (sent_at - SETTLING).timestamp()

        async def search(client: Any, _: ModuleType) -> Any:
            # The newest come first.
            async for batch in client.batches.list(limit=_PAGE):
                if (batch.metadata or {}).get(_RUN) == run_id:
                    return batch
                if batch.created_at < earliest:
                    break
            return None

        found = await self._teacher.call(search, TRANSFER_SECONDS)
        return FoundBatch(None if found is None else self._read_state(found))

    async def _retrieve(self, batch_id: str) -> Any:
        async def retrieve(client: Any, sdk: ModuleType) -> Any:
            try:
                return await client.batches.retrieve(batch_id)
            except sdk.NotFoundError:
                raise unknown_batch(self._teacher, batch_id) from None

        return await self._teacher.call(retrieve, TRANSFER_SECONDS)

    def _read_state(self, batch: Any) -> BatchState:
        counts = batch.request_counts
        faults = (batch.errors.data if batch.errors else None) or ()
        words = "; ".join(dict.fromkeys(fault.message for fault in faults if fault.message))
        return BatchState(
            id=batch.id,
            status=str(batch.status),
            ended=batch.status in _ENDED,
            total=counts.total if counts else 0,
            completed=counts.completed if counts else 0,
            failed=counts.failed if counts else 0,
            expires_at=iso_time(batch.expires_at),
            detail=self._teacher.shown(" ".join(words.split())),
        )

    def _outcome(self, line: Mapping[str, Any]) -> Any:
        response = line.get("response")
        answer = response.get("body") if isinstance(response, Mapping) else None
        status = response.get("status_code") if isinstance(response, Mapping) else None
        if isinstance(answer, Mapping) and status == 200:
            try:
                return self._teacher.read_answer(answer)
            except TeacherError as error:
                return error
        words = server_message(line.get("error")) or server_message(answer)
        fault = "no reply" if status == 200 else f"failed ({status})"
        return TeacherError(self._teacher.shown(words) or fault)


def _line(request: BatchRequest) -> dict[str, Any]:
    return {
        "custom_id": request.custom_id,
        "method": "POST",
        "url": _ENDPOINT,
        "body": request.body,
    }
