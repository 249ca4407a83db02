"""Apply and discard commands: `dlm synth apply` puts staged sections in, `discard` drops them."""

import shlex
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from dlm_lsp.api.applying import apply_staged, staged_in
from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.api.reviewing import load_review
from dlm_lsp.cli.batch import BatchOutcome, documents_with, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.listing import first_words, staged_pair
from dlm_lsp.cli.output import (
    escape_line,
    pluralize,
    print_notice,
    print_result,
)
from dlm_lsp.cli.pair_lines import heading_or_note, pair_facts, pair_lines
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.terminal_text import print_as, print_lines
from dlm_lsp.document import Placement
from dlm_lsp.errors import DlmError, StoreError
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.discarded import discard_from_plan, discarded_at, restore_discarded
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import StagedSection
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
            if not (insertion.placed or insertion.present or insertion.unplaced):
                print_notice(
                    f"dlm: nothing is staged for {path}; "
                    f"`dlm synth instructions {shlex.quote(str(path))}` asks a teacher for pairs"
                )
        code = FAILED if insertion.unplaced else DONE
        return code, _insertion_json(path, insertion) if as_json else {}

    documents = documents_with(paths, ids, _staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def discard_documents(
    paths: Sequence[str], ids: Sequence[str] | None, *, yes: bool, force: bool, as_json: bool
) -> int:
    """Drop staged sections, all or those with the given ids; who sits at a terminal is asked."""
    any_dropped = False
    at_ns = time.time_ns()

    def work(path: Path) -> BatchOutcome:
        nonlocal any_dropped
        loaded = load_document(path)
        with document_lock(loaded.folder, "dlm synth discard", print_notice, path):
            dropped = _drop(loaded, ids, at_ns, force=force)
        any_dropped = any_dropped or bool(dropped)
        if not as_json:
            print_result(
                f"synth: dropped {pluralize(len(dropped), 'staged section')} of {escape_line(path)}"
            )
        return DONE, {"discarded": dropped}

    documents = documents_with(paths, ids, _staged_ids, "staged")
    if not yes and not _is_sure(documents, ids):
        print_notice("dlm: nothing was dropped")
        return DONE
    code = max(for_each(documents, work, as_json=as_json))
    if any_dropped and not as_json:
        print_notice(f"dlm: {_undo_command(paths)} puts back what was dropped")
    return code


def restore_documents(paths: Sequence[str], *, as_json: bool) -> int:
    """Put back the staged sections that the last discard among the documents dropped."""
    documents = resolve_paths(paths)
    last = max((at for path in documents if (at := _discarded_at(path)) is not None), default=None)

    def work(path: Path) -> BatchOutcome:
        loaded = load_document(path)
        if discarded_at(loaded.folder) not in (None, last):
            if not as_json:
                print_result(
                    f"synth: an earlier command dropped what was staged of {escape_line(path)}; "
                    f"{_undo_command([str(path)])} puts it back"
                )
            return DONE, {"restored": []}
        with document_lock(loaded.folder, "dlm synth discard", print_notice, path):
            before = {section.id for section in _readable(loaded)}
            restored = restore_discarded(loaded.folder)
            ids = [section.id for section in _readable(loaded) if section.id not in before]
        if not as_json:
            count = pluralize(len(ids), "staged section")
            print_result(
                f"synth: put back {count} of {escape_line(path)}"
                if restored
                else f"synth: nothing to put back for {escape_line(path)}"
            )
        return DONE, {"restored": ids}

    return max(for_each(documents, work, as_json=as_json))


def _undo_command(paths: Sequence[str]) -> str:
    return escape_line(shlex.join(["dlm", "synth", "discard", "--undo", *paths]))


def _discarded_at(path: Path) -> int | None:
    try:
        return discarded_at(load_document(path).folder)
    except DlmError:
        # Whoever works on it tells why.
        return None


def _is_sure(documents: Sequence[Path], ids: Sequence[str] | None) -> bool:
    """Ask whether what is staged is to go; without a terminal there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    staged = {path: _count(path, ids) for path in documents}
    held = [path for path, count in staged.items() if count != 0]
    if not held:
        return True
    count = pluralize(sum(count or 0 for count in staged.values()), "staged section")
    unreadable = sum(count is None for count in staged.values())
    also = f" and {pluralize(unreadable, 'plan')} that cannot be read" if unreadable else ""
    where = escape_line(held[0]) if len(held) == 1 else f"{len(held)} documents"
    answer = ""
    try:
        sys.stderr.write(f"Discard {count}{also} of {where}? [y/N]: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
    finally:
        if not answer:
            # Neither a Ctrl-C nor a Ctrl-D ends the line of the question.
            sys.stderr.write("\n")
    return answer.strip().lower() in ("y", "yes")


def _count(path: Path, ids: Sequence[str] | None) -> int | None:
    """Return how many staged sections of a document would go; None where that cannot be read."""
    try:
        folder = load_document(path).folder
    except DlmError:
        # Whoever works on it tells why.
        return 0
    try:
        return len(staged_in(folder, ids))
    except StoreError:
        return None


def _readable(loaded: LoadedDocument) -> tuple[StagedSection, ...]:
    try:
        return staged_in(loaded.folder)
    except StoreError:
        return ()


def _drop(
    loaded: LoadedDocument, ids: Sequence[str] | None, at_ns: int, *, force: bool
) -> list[str]:
    """Drop what is named, or the whole plan, even one that cannot be read."""
    try:
        dropped = [section.id for section in staged_in(loaded.folder, ids)]
    except StoreError:
        if ids is not None:
            raise
        discard_from_plan(loaded.folder, at_ns=at_ns)
        print_notice(f"dlm: the staged plan of {loaded.path} could not be read; it is dropped")
        return []
    if dropped and not force:
        refuse_copy(loaded.folder, loaded.path)
    discard_from_plan(loaded.folder, dropped, at_ns)
    return dropped


def _staged_ids(loaded: LoadedDocument) -> list[str]:
    return [section.id for section in staged_in(loaded.folder)]


def print_insertion(path: Path, insertion: InsertionPlan) -> None:
    """Print what became of the sections that were to be put into a document."""
    placed, present = insertion.placed, insertion.present
    print_result(
        f"synth apply plan: {len(placed)} add, {len(present) + len(insertion.unplaced)} skip"
    )
    _, items = _review(path)
    if placed:
        print_as("heading", "\n=== additions ===")
    headings = (
        heading_or_note(items[id_].heading if id_ in items else "") for id_ in insertion.added
    )
    for heading, group in groupby(zip(insertion.added, headings, strict=True), lambda g: g[1]):
        print_as("heading", f"\n{heading}")
        for id_, _ in group:
            if item := items.get(id_):
                facts = pair_facts(item.teacher, item.strategy, item.margin, item.decision, id_)
                pair = item.pair
                print_lines(pair_lines(pair.question, pair.answer, item.evidence, facts, "+"))
    if present or insertion.unplaced:
        print_as("heading", "\n=== skipped ===")
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


def _review(path: Path) -> tuple[Collection[str], Mapping[str, ReviewItem]]:
    """Return the ids of a document's sections, and what can be said of its pairs, by theirs."""
    try:
        loaded, items = load_review(path)
    except StoreError:
        # They are in: what their store says of them is no matter.
        return (), {}
    sections = {section.id for section in loaded.document.sections}
    return sections, {item.id: item for item in items}


def _question(section: StagedSection) -> str:
    return first_words(section.content) or section.id


def _insertion_json(path: Path, insertion: InsertionPlan) -> dict[str, Any]:
    """Return the JSON shape of a placing, each pair as `dlm synth list` has it."""
    known, items = _review(path)

    def pair(section: StagedSection, id_: str) -> dict[str, Any]:
        is_stale = bool(known) and section.source_section_id not in known
        return asdict(staged_pair(section, id_, items.get(id_), is_stale=is_stale))

    return {
        "added": [
            pair(section, id_)
            for section, id_ in zip(insertion.placed, insertion.added, strict=True)
        ],
        "already_present": [pair(section, section.id) for section in insertion.present],
        "left_staged": [
            {**pair(left.section, left.section.id), "reason": left.reason}
            for left in insertion.unplaced
        ],
    }
