"""List command: `dlm synth list` shows what was synthesized, applied and staged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.output import escape_line, print_notice, print_result
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.store.copies import original_of
from dlm_lsp.store.plan import StagedPlan, load_plan


@dataclass(frozen=True, slots=True)
class ListedPair:
    """A synthesized section as it is listed; `stale` if its source is not in the document."""

    section_id: str
    source_section_id: str
    teacher: str
    strategy: str
    synth_at: str
    question: str
    stale: bool


def list_sections(paths: Sequence[str], *, as_json: bool) -> int:
    """Print the applied and the staged sections of the documents."""

    def work(path: Path) -> BatchOutcome:
        opened = load_document(path)
        plan = load_plan(opened.folder)
        applied, staged = list(applied_pairs(opened)), list(staged_pairs(opened, plan))
        if not as_json:
            print_result("\n".join(_lines(opened, applied, staged)))
        original = original_of(opened.folder, path) if staged else None
        if original:
            print_notice(
                f"{path} is a copy: these are staged for {original}, which has the same dlm_id."
            )
        return DONE, {
            "applied": [asdict(pair) for pair in applied],
            "staged": [asdict(pair) for pair in staged],
            "staged_for": str(original or path),
        }

    return max(for_each(resolve_paths(paths), work, as_json=as_json))


def applied_pairs(opened: LoadedDocument) -> Iterator[ListedPair]:
    """Yield the synthesized sections that stand in the document."""
    known = {section.id for section in opened.document.sections}
    for section in opened.document.sections:
        if synth := section.synth:
            yield ListedPair(
                section.id,
                synth.source_section_id,
                synth.synth_teacher,
                synth.synth_strategy,
                synth.synth_at,
                _question(section.content),
                synth.source_section_id not in known,
            )


def staged_pairs(opened: LoadedDocument, plan: StagedPlan | None) -> Iterator[ListedPair]:
    """Yield the synthesized sections that wait."""
    known = {section.id for section in opened.document.sections}
    for section in plan.sections if plan else ():
        yield ListedPair(
            section.id,
            section.source_section_id or "",
            section.synth_teacher or "",
            section.synth_strategy or "",
            section.synth_at or "",
            _question(section.content),
            section.source_section_id not in known,
        )


def _question(body: str) -> str:
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    return next((line for line in lines if not line.startswith("### ")), "")


def _lines(
    opened: LoadedDocument, applied: Sequence[ListedPair], staged: Sequence[ListedPair]
) -> Iterator[str]:
    yield escape_line(opened.path)
    yield f"  applied auto-synth: {len(applied)}"
    yield f"  staged pending:     {len(staged)}"
    if not applied and not staged:
        yield "  no auto-synth instruction sections yet"
    for heading, pairs in (("Applied", applied), ("Pending", staged)):
        if pairs:
            yield ""
            yield heading
            yield from _counts("by teacher", (pair.teacher for pair in pairs))
            yield from _counts("by strategy", (pair.strategy for pair in pairs))
            yield from _counts("by source section", (pair.source_section_id for pair in pairs))
            yield "  sections:"
            for pair in pairs:
                stale = "  stale" if pair.stale else ""
                yield (
                    f"    - {pair.section_id}  teacher={pair.teacher}  strategy={pair.strategy}  "
                    f"source={pair.source_section_id}{stale}  prompt={pair.question}"
                )


def _counts(title: str, values: Iterable[str]) -> Iterator[str]:
    yield f"  {title}:"
    for value, count in sorted(Counter(values).items()):
        yield f"    - {value}: {count}"
