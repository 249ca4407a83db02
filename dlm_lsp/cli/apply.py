"""Apply and discard commands: `dlm synth apply` puts staged sections in, `discard` drops them."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from dlm_lsp.api.applying import apply_staged, staged_in
from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.api.reviewing import load_review
from dlm_lsp.cli.batch import BatchOutcome, documents_with, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.cli.pair_lines import heading_or_note, pair_facts, pair_lines
from dlm_lsp.document import Placement
from dlm_lsp.errors import StoreError
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import StagedSection, clear_plan, take_from_plan
from dlm_lsp.synth.insertion import InsertionPlan
from dlm_lsp.synth.review_items import ReviewItem


def apply_documents(
    paths: Sequence[str],
    ids: Sequence[str] | None,
    placement: Placement,
    *,
    force: bool,
    as_json: bool,
) -> int:
    """Put staged sections into their documents; return 0, or 1 where one has to stay staged."""

    def work(path: Path) -> BatchOutcome:
        insertion = apply_staged(path, ids, placement, print_notice, force=force)
        if not as_json:
            print_insertion(path, insertion)
        return FAILED if insertion.unplaced else DONE, insertion_json(insertion)

    documents = documents_with(paths, ids, _staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def discard_documents(
    paths: Sequence[str], ids: Sequence[str] | None, *, force: bool, as_json: bool
) -> int:
    """Drop staged sections, all or those with the given ids."""

    def work(path: Path) -> BatchOutcome:
        loaded = load_document(path)
        with document_lock(loaded.folder, "dlm synth discard", print_notice, path):
            dropped = _drop(loaded, ids, force=force)
        if not as_json:
            print_result(
                f"synth: dropped {pluralize(len(dropped), 'staged section')} of {escape_line(path)}"
            )
        return DONE, {"discarded": dropped}

    documents = documents_with(paths, ids, _staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def _drop(loaded: LoadedDocument, ids: Sequence[str] | None, *, force: bool) -> list[str]:
    """Drop what is named, or the whole plan, even one that cannot be read."""
    try:
        dropped = [section.id for section in staged_in(loaded.folder, ids)]
    except StoreError:
        if ids is not None:
            raise
        clear_plan(loaded.folder)
        print_notice(f"dlm: the staged plan of {loaded.path} could not be read; it is dropped")
        return []
    if dropped and not force:
        refuse_copy(loaded.folder, loaded.path)
    take_from_plan(loaded.folder, dropped)
    return dropped


def _staged_ids(loaded: LoadedDocument) -> list[str]:
    return [section.id for section in staged_in(loaded.folder)]


def print_insertion(path: Path, insertion: InsertionPlan) -> None:
    """Print what became of the sections that were to be put into a document."""
    placed, present = insertion.placed, insertion.present
    print_result(
        f"synth apply plan: {len(placed)} add, {len(present) + len(insertion.unplaced)} skip"
    )
    items = _items(path)
    if placed:
        print_result("\n=== additions ===")
    headings = (
        heading_or_note(items[id_].heading if id_ in items else "") for id_ in insertion.added
    )
    for heading, group in groupby(zip(insertion.added, headings, strict=True), lambda g: g[1]):
        print_result(f"\n{heading}")
        for id_, _ in group:
            if item := items.get(id_):
                facts = pair_facts(item.teacher, item.strategy, item.margin, item.decision, id_)
                lines = pair_lines(item.pair.question, item.pair.answer, item.evidence, facts, "+")
                print_result("\n".join(lines))
    if present or insertion.unplaced:
        print_result("\n=== skipped ===")
    for section in present:
        print_result(f"- {_question(section)}: already in the document")
    for left in insertion.unplaced:
        print_result(
            f"- {_question(left.section)}: left staged, {left.reason} (id {left.section.id})"
        )
    left_staged = f"; {len(insertion.unplaced)} left staged" if insertion.unplaced else ""
    print_result(
        f"\nsynth: wrote {pluralize(len(placed), 'section')} to {escape_line(path)}{left_staged}"
    )


def _items(path: Path) -> Mapping[str, ReviewItem]:
    """Return what can be said of the pairs of a document, by their ids."""
    try:
        _, items = load_review(path)
    except StoreError:
        # They are in: what their store says of them is no matter.
        return {}
    return {item.id: item for item in items}


def _question(section: StagedSection) -> str:
    """Return the question of a staged section, whatever its words are."""
    lines = (line.strip() for line in section.content.split("\n"))
    return next((line for line in lines if line and not line.startswith("### ")), section.id)


def insertion_json(insertion: InsertionPlan) -> dict[str, Any]:
    """Return the JSON shape of a placing."""
    return {
        "added": list(insertion.added),
        "already_present": [section.id for section in insertion.present],
        "left_staged": [
            {"section_id": left.section.id, "reason": left.reason} for left in insertion.unplaced
        ],
    }
