"""Overview: what was synthesized, by the section that it was written about."""

from hypothesis import given
from ide.samples import GONE, SOURCE, SOURCE_ID, anything, body, synthesized

from dlm_lsp.document import Document, parse
from dlm_lsp.ide.overview import OverviewPair, first_pair, overview
from dlm_lsp.ide.provenance import synthesized_sections as all_synthesized

OTHER = "::prose::\n# The Po\nIt is a river too.\n"


def waiting(question: str, source_id: str = SOURCE_ID) -> OverviewPair:
    return OverviewPair(
        "f" * 16, question, "An answer.", "staged", None, "hf:m", "extraction", "now", source_id
    )


def shown(document: Document, *staged: OverviewPair) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (source.title, [(entry.question, entry.state) for entry in source.entries])
        for source in overview(document, staged)
    ]


def test_sections_stand_under_their_source_in_the_order_of_the_text():
    document = body(SOURCE + synthesized("Why?") + OTHER + synthesized("What?"))
    assert shown(document) == [
        ("The Ill is a river.", [("Why?", "inserted"), ("What?", "inserted")])
    ]


def test_a_section_is_where_its_question_and_answer_are_too():
    document = body(SOURCE + synthesized("Why?"))
    (source,) = overview(document, ())
    assert source.entries[0].span == document.sections[1].span


def test_what_is_staged_stands_behind_what_is_in_the_document():
    assert shown(body(SOURCE + synthesized("Why?")), waiting("What?")) == [
        ("The Ill is a river.", [("Why?", "inserted"), ("What?", "staged")])
    ]


def test_what_has_no_source_any_more_comes_last():
    document = body(SOURCE + synthesized("Old?", GONE) + synthesized("Why?"))
    assert shown(document, waiting("Late?", GONE)) == [
        ("The Ill is a river.", [("Why?", "inserted")]),
        ("Source changed or gone", [("Old?", "stale"), ("Late?", "staged")]),
    ]


def test_what_another_section_backs_is_not_stale_though_its_source_has_changed():
    document = body(SOURCE + synthesized("Old?", GONE))
    (source,) = overview(document, (), {(document.sections[1].id, GONE)})
    assert [entry.state for entry in source.entries] == ["inserted"]


def test_a_source_that_nothing_was_written_about_is_left_out():
    assert shown(body(SOURCE + OTHER)) == []


def test_a_question_of_several_lines_is_one_line():
    assert first_pair("### Q\nWhat is\nthe Ill?\n### A\nA river.") == (
        "What is the Ill?",
        "A river.",
    )
    assert first_pair("nothing of the kind") == ("", "")


@given(anything)
def test_every_synthesized_section_is_listed_once(text):
    document = parse(text)
    found = [entry.id for source in overview(document, ()) for entry in source.entries]
    assert sorted(found) == sorted(section.section.id for section in all_synthesized(document))
