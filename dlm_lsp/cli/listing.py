"""List command: `dlm synth list` shows what was synthesized, applied and staged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.api.reviewing import items_of
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.output import escape_line, print_notice
from dlm_lsp.cli.pair_lines import counts_in_words, heading_or_note, pair_facts, pair_lines
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.terminal_text import Line, print_as, print_lines
from dlm_lsp.store.copies import original_of
from dlm_lsp.store.decisions import DecisionKind
from dlm_lsp.store.plan import StagedPlan, StagedSection, load_plan
from dlm_lsp.synth.review_items import ReviewCounts, ReviewItem, review_counts


@dataclass(frozen=True, slots=True)
class ListedPair:
    """A synthesized section as it is listed; `stale` if its source is not in the document.

    `heading` is what its source is called; `decision` what the user has decided in a review.
    """

    section_id: str
    source_section_id: str
    teacher: str
    strategy: str
    synth_at: str
    question: str
    stale: bool
    answer: str = ""
    evidence: str = ""
    margin: float | None = None
    judge: str | None = None
    heading: str = ""
    decision: DecisionKind | None = None


def list_sections(paths: Sequence[str], *, as_json: bool) -> int:
    """Print the applied and the staged sections of the documents."""

    def work(path: Path) -> BatchOutcome:
        opened = load_document(path)
        plan = load_plan(opened.folder)
        items = items_of(opened, print_notice)
        counts, known = review_counts(items), {item.id: item for item in items}
        applied = list(_applied_pairs(opened, known))
        staged = list(_staged_pairs(opened, plan, known))
        if not as_json:
            print_as("heading", escape_line(opened.path))
            print_lines(_lines(applied, staged, counts))
        original = original_of(opened.folder, path) if staged else None
        if original:
            print_notice(
                f"{path} is a copy: these are staged for {original}, which has the same dlm_id."
            )
        return DONE, {
            "applied": [asdict(pair) for pair in applied],
            "staged": [asdict(pair) for pair in staged],
            "staged_for": str(original or path),
            "review": asdict(counts),
        }

    return max(for_each(resolve_paths(paths), work, as_json=as_json))


def _applied_pairs(opened: LoadedDocument, items: Mapping[str, ReviewItem]) -> Iterator[ListedPair]:
    known = {section.id for section in opened.document.sections}
    for section in opened.document.sections:
        if synth := section.synth:
            yield _listed(
                ListedPair(
                    section.id,
                    synth.source_section_id,
                    synth.synth_teacher,
                    synth.synth_strategy,
                    synth.synth_at,
                    first_words(section.content),
                    synth.source_section_id not in known,
                ),
                items.get(section.id),
            )


def _staged_pairs(
    opened: LoadedDocument, plan: StagedPlan | None, items: Mapping[str, ReviewItem]
) -> Iterator[ListedPair]:
    known = {section.id for section in opened.document.sections}
    for section in plan.sections if plan else ():
        is_stale = section.source_section_id not in known
        yield staged_pair(section, section.id, items.get(section.id), is_stale=is_stale)


def staged_pair(
    section: StagedSection, id_: str, item: ReviewItem | None, *, is_stale: bool
) -> ListedPair:
    """Return a section of a plan as it is listed, by its id, with what is known of it."""
    pair = ListedPair(
        id_,
        section.source_section_id or "",
        section.synth_teacher or "",
        section.synth_strategy or "",
        section.synth_at or "",
        first_words(section.content),
        is_stale,
    )
    return _listed(pair, item)


def _listed(pair: ListedPair, item: ReviewItem | None) -> ListedPair:
    """Return a pair with what is known of it for a review."""
    if item is None:
        return pair
    return replace(
        pair,
        question=item.pair.question,
        answer=item.pair.answer,
        evidence=item.evidence,
        margin=item.margin,
        judge=item.judge,
        heading=item.heading,
        decision=item.decision,
    )


def first_words(body: str) -> str:
    """Return the question of a section, whatever its words are; empty where it has none."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    return next((line for line in lines if not line.startswith("### ")), "")


def _lines(
    applied: Sequence[ListedPair], staged: Sequence[ListedPair], counts: ReviewCounts
) -> Iterator[Line]:
    yield "plain", f"  applied auto-synth: {len(applied)}"
    yield "plain", f"  staged pending:     {len(staged)}"
    if not applied and not staged:
        yield "plain", "  no auto-synth instruction sections yet"
    else:
        yield "plain", f"  {counts_in_words(counts)}"
    for title, pairs in (("Applied", applied), ("Pending", staged)):
        if pairs:
            yield "heading", f"\n{title}"
            yield from _counts("by teacher", (pair.teacher for pair in pairs))
            yield from _counts("by strategy", (pair.strategy for pair in pairs))
            yield from _counts("by source section", map(_heading, pairs))
            for heading, group in groupby(pairs, _heading):
                yield "heading", f"\n  {heading}"
                for pair in group:
                    facts = pair_facts(
                        pair.teacher, pair.strategy, pair.margin, pair.decision, pair.section_id
                    )
                    if pair.stale:
                        facts = ("stale", *facts)
                    lines = pair_lines(pair.question, pair.answer, pair.evidence, facts)
                    yield from ((style, f"    {line}") for style, line in lines)


def _heading(pair: ListedPair) -> str:
    return heading_or_note(pair.heading)


def _counts(title: str, values: Iterable[str]) -> Iterator[Line]:
    yield "plain", f"  {title}:"
    for value, count in sorted(Counter(values).items()):
        yield "quiet", f"    - {value}: {count}"
