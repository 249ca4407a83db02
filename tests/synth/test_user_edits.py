"""User edits: synthesized sections that hold words that no teacher wrote."""

from ide.samples import SOURCE, body, synthesized

from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.synth.user_edits import user_edited


def entry(section_id: str, teacher: str = "hf:tiny") -> LedgerEntry:
    at = "2026-01-31T09:30:00Z"
    return LedgerEntry(section_id, "0" * 16, teacher, "extraction", at, f"{at} {teacher}")


def test_a_section_that_its_run_did_not_write_so_was_edited():
    sections = body(SOURCE + synthesized("As it was?") + synthesized("As I like it?")).sections
    as_it_was, mine = sections[1], sections[2]
    assert user_edited(sections, [entry(as_it_was.id)]) == {mine.id}


def test_of_a_run_that_the_ledger_does_not_know_nobody_can_tell():
    sections = body(SOURCE + synthesized()).sections
    assert user_edited(sections, []) == frozenset()
    assert user_edited(sections, [entry("f" * 16, "hf:other")]) == frozenset()


def test_hand_written_sections_are_nobodys_business():
    sections = body("::instruction::\n### Q\na\n### A\nb\n").sections
    assert user_edited(sections, [entry("f" * 16)]) == frozenset()
