"""Kept runs: what a run leaves in the store of a document, without a teacher."""

from collections.abc import Sequence
from pathlib import Path

from dlm_lsp.api.documents import load_document
from dlm_lsp.store.plan import add_to_plan
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.insertion import staged_sections
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage
from dlm_lsp.synth.saved_report import save_run

AT = "2026-01-31T09:30:00Z"
TEACHER = "openai:gpt-5-mini"


def keep_run(
    path: Path,
    accepted: Sequence[Candidate] = (),
    refused: Sequence[Refusal] = (),
    skipped: Sequence[Skip] = (),
    *,
    teacher: str = TEACHER,
    judge: str | None = "sway:m",
    at: str = AT,
) -> None:
    """Stage pairs for a document as a run does, and keep its report."""
    loaded = load_document(path)
    count = len(accepted) + len(refused)
    usage = Usage(requests=2, tokens_in=1200, tokens_out=340, seconds=2.5)
    report = Report(
        "sway",
        count,
        count,
        count,
        len(accepted),
        tuple(accepted),
        tuple(refused),
        tuple(skipped),
        usage,
    )
    sections = staged_sections(loaded.document, accepted, teacher, at)
    estimate = Estimate(0, 0, 0, 0, 0)
    judged_by = f"{judge} (threshold 0.1)" if judge else ""
    save_run(
        loaded.folder,
        SynthResult(teacher, judge, estimate, report, sections, at, judged_by=judged_by),
    )
    if sections:
        add_to_plan(loaded.folder, path, sections, at)
