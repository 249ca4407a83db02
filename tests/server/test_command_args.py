"""Command arguments: the sections that a command means."""

import pytest
from ide.samples import GONE, SOURCE, body, synthesized

from dlm_lsp.server.command_args import section_ids, sections_to_change, sections_to_revert
from dlm_lsp.server.command_error import CommandError
from dlm_lsp.store.ledger import LedgerEntry

AT = "2026-01-31T09:30:00Z"
DOCUMENT = body(
    SOURCE
    + synthesized("a")
    + synthesized("b").replace("09:30", "10:30")
    + synthesized("c").replace("hf:tiny", "hf:big")
)
MINE, *WRITTEN = (section.id for section in DOCUMENT.sections)


def entry(section_id: str) -> LedgerEntry:
    return LedgerEntry(section_id, MINE, "hf:tiny", "extraction", AT, f"{AT} hf:tiny")


def reverted(**argument: object) -> list[str]:
    return [section.id for section in sections_to_revert(DOCUMENT, argument, ()).sections]


def test_sections_may_be_left_to_the_command():
    assert section_ids({}) is None
    assert section_ids({"sections": ["a"]}) == {"a"}


@pytest.mark.parametrize("sections", ["a", 5, {"a": 1}])
def test_sections_are_a_list(sections):
    with pytest.raises(CommandError, match="takes a list") as caught:
        section_ids({"sections": sections})
    assert caught.value.code == "bad-argument"


def test_only_synthesized_sections_can_be_named():
    assert [
        s.id for s in sections_to_change(DOCUMENT, {"sections": [MINE, WRITTEN[0]]}).sections
    ] == WRITTEN[:1]
    with pytest.raises(CommandError, match="none of the named"):
        sections_to_change(DOCUMENT, {"sections": [MINE]})


def test_a_revert_takes_all_or_those_of_a_teacher_or_of_one_run():
    assert reverted() == WRITTEN
    assert reverted(teacher="hf:tiny") == WRITTEN[:2]
    assert reverted(teacher="hf:tiny", at=AT) == WRITTEN[:1]
    assert reverted(sections=WRITTEN[1:]) == WRITTEN[1:]


def test_a_revert_spares_what_was_edited_unless_it_is_named():
    ledger = [entry("another"), entry(WRITTEN[1])]
    chosen = sections_to_revert(DOCUMENT, {}, ledger)
    assert [section.id for section in chosen.sections] == WRITTEN[1:]
    assert chosen.spared == (WRITTEN[0],)
    assert sections_to_revert(DOCUMENT, {"sections": WRITTEN[:1]}, ledger).spared == ()


def test_where_everything_was_edited_nothing_is_reverted_and_that_is_told():
    with pytest.raises(CommandError, match="that you have not edited"):
        sections_to_revert(DOCUMENT, {"teacher": "hf:tiny", "at": AT}, [entry("another")])


def test_of_equal_sections_the_last_ones_are_meant_as_often_as_they_are_named():
    document = body(SOURCE + synthesized() + synthesized() + synthesized())
    equal = document.sections[1:]
    assert sections_to_change(document, {"sections": [equal[0].id]}).sections == equal[2:]
    assert sections_to_change(document, {"sections": [equal[0].id] * 2}).sections == equal[1:]


def test_without_the_ledger_only_what_is_named_is_reverted():
    with pytest.raises(CommandError, match="ledger cannot be read"):
        sections_to_revert(DOCUMENT, {}, None)
    assert sections_to_revert(DOCUMENT, {"sections": WRITTEN[:1]}, None).sections


def test_of_equal_sections_that_one_is_meant_whose_source_or_teacher_is_given():
    other = synthesized(source_id=GONE)
    document = body(SOURCE + other + synthesized() + synthesized().replace("hf:tiny", "hf:big"))
    stale, text_document, big = document.sections[1:]
    assert sections_to_change(
        document, {"sections": [text_document.id], "source": GONE}
    ).sections == (stale,)
    assert sections_to_revert(document, {"teacher": "hf:big"}, ()).sections == (big,)
