"""Summary JSON: the summary of a document as JSON output has it."""

import json
from collections.abc import Mapping
from typing import Any

from dlm_lsp.api.showing import AdapterSummary, DocumentSummary
from dlm_lsp.cli.batch_record import record_json
from dlm_lsp.store.manifest import TrainingRun


def summary_json(summary: DocumentSummary) -> dict[str, Any]:
    """Return a summary as one JSON object, without the path of its document.

    What could not be read is null, and `unreadable` says why.
    """
    pairs, staged, presence = summary.pairs, summary.staged, summary.presence
    return {
        "dlm_id": summary.dlm_id,
        "problems": {"errors": summary.errors, "warnings": summary.warnings},
        "store": {
            "folder": str(summary.store),
            "bytes": summary.size,
            "held_by": summary.held_by,
        },
        "base_model": {
            "name": summary.base_model,
            "on_this_machine": presence.is_here,
            "note": presence.note or None,
        },
        "adapters": [_adapter_json(adapter) for adapter in summary.adapters],
        "trainings": None if summary.runs is None else [_run_json(run) for run in summary.runs],
        "untrained_sections": summary.untrained,
        "prose": {
            "sections": summary.sections.prose,
            "with_pairs": summary.sections.with_pairs,
            "with_staged": summary.sections.with_staged,
        },
        "pairs": {
            "own": pairs.own,
            "harvested": pairs.harvested,
            "synthesized": dict(pairs.synthesized),
            "stale": pairs.stale,
            "preferences": pairs.preferences,
        },
        "staged": staged
        and {
            "total": staged.total,
            "by_teacher": dict(staged.by_teacher),
            "other": staged.other,
            "stale": staged.stale,
            "staged_for": str(staged.original or summary.path),
        },
        "review": summary.review
        and {"reviewed": summary.review.reviewed, "total": summary.review.total},
        "batches": None
        if summary.batches is None
        else [record_json(record) for record in summary.batches],
        "replies": summary.replies,
        "unreadable": dict(summary.unreadable),
    }


def _adapter_json(adapter: AdapterSummary) -> dict[str, Any]:
    run = _run_json(adapter.run) if adapter.run else {}
    return {
        "name": adapter.name,
        "version": adapter.folder and adapter.folder.name,
        "folder": adapter.folder and str(adapter.folder),
        "trained_at": run.get("ended_at"),
        "other_base": adapter.other_base,
        **{key: run.get(key) for key in ("run_id", "steps", "final_train_loss", "final_val_loss")},
    }


def _run_json(run: TrainingRun) -> Mapping[str, Any]:
    # By way of text: a loss that is no number becomes null, which JSON knows.
    value: dict[str, Any] = json.loads(run.model_dump_json())
    return value
