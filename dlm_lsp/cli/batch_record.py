"""Batch record: a batch as JSON output tells of it."""

from typing import Any

from dlm_lsp.store.batches import BatchRecord


def record_json(record: BatchRecord) -> dict[str, Any]:
    """Return what is told of a batch; its requests are counted."""
    return {
        "run_id": record.run_id,
        "batch_id": record.batch_id or None,
        "teacher": record.teacher,
        "stage": record.stage,
        "submitted_at": record.sent_at,
        "expires_at": record.expires_at or None,
        "requests": len(record.keys),
    }
