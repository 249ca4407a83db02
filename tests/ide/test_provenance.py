import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.marked import in_body
from ide.samples import GONE, SOURCE, SOURCE_ID, anything, body, marker, synthesized, words

from dlm_lsp.document import Span, parse
from dlm_lsp.ide import provenance


@pytest.mark.parametrize(
    ("marked", "content"),
    [
        ("‸a\n::prose::\nb\n", "a"),
        ("a‸\n::prose::\nb\n", "a"),
        ("a\n‸::prose::\nb\n", "b"),
        ("a\n::prose::\nb‸", "b"),
        ("a\n::prose::\nb\n‸", "b"),
        ("a\n::prose::\n‸\n::prose::\nb\n", None),
    ],
)
def test_a_section_is_found_by_an_offset_in_it(marked, content):
    document, offset = in_body(marked)
    section = provenance.section_at(document, offset)
    assert (section.content if section else None) == content


def test_no_section_is_at_the_frontmatter():
    assert provenance.section_at(body(SOURCE), 0) is None


def test_the_sections_of_a_part_are_those_that_it_touches():
    document = body("One\n::prose::\nTwo\n::prose::\nThree\n::prose::\nFour\n")
    part = Span(document.text.index("Two"), document.text.index("Three"))
    found = provenance.sections_in(document, part)
    assert [section.content for section in found] == ["Two", "Three"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n\n  a\nb\n", "  a"),
        ("::prose::\na\n", "::prose::"),
        ('::image path="a"::\n', '::image path="a"::'),
    ],
)
def test_a_section_opens_with_its_fence_or_its_first_words(text, line):
    document = body(text)
    assert words(document, provenance.opening_span(document.sections[0])) == line


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    document = parse("\ufeffwords")
    assert provenance.opening_span(document.sections[0]) == document.sections[0].span


def test_of_two_sections_with_one_id_the_first_is_the_source():
    document = body(f"{SOURCE}::prose::\n{SOURCE}")
    assert len(document.sections) == 2
    assert provenance.source_sections(document)[SOURCE_ID] is document.sections[0]


def test_a_synthesized_section_comes_with_its_marker_and_the_line_of_it():
    document = body(SOURCE + synthesized())
    (traced,) = provenance.synthesized_sections(document)
    assert traced.section == document.sections[1]
    assert traced.source_id == SOURCE_ID
    assert words(document, traced.line) == marker()


def test_of_two_markers_the_last_counts():
    document = body(f"::instruction::\n{marker(GONE)}\n{marker()}\n### Q\na\n### A\nb\n")
    (traced,) = provenance.synthesized_sections(document)
    assert traced.source_id == SOURCE_ID
    assert document.text[: traced.line.start].count("dlm-auto-synth") == 1


def test_hand_written_and_harvested_sections_are_not_synthesized():
    harvested = '::instruction::\n<!-- dlm-auto-harvest: source="r" -->\n### Q\na\n### A\nb\n'
    assert (
        provenance.synthesized_sections(body(f"{harvested}::instruction::\n### Q\na\n### A\nb\n"))
        == ()
    )


def test_what_was_synthesized_is_found_by_its_source():
    document = body(SOURCE + synthesized("a") + synthesized("b", GONE) + synthesized("c"))
    made = provenance.group_by_source(provenance.synthesized_sections(document))
    assert {source_id: len(found) for source_id, found in made.items()} == {SOURCE_ID: 2, GONE: 1}
    assert provenance.synthesized_from(document, SOURCE_ID) == made[SOURCE_ID]
    assert provenance.synthesized_from(document, "f" * 16) == ()


def test_a_section_is_stale_when_its_source_is_not_in_the_document():
    document = body(SOURCE + synthesized("a") + synthesized("b", GONE))
    sources = provenance.source_sections(document)
    stale = [
        provenance.is_stale(section, sources)
        for section in provenance.synthesized_sections(document)
    ]
    assert stale == [False, True]


def test_a_run_ends_where_something_else_stands_between():
    text = SOURCE + synthesized("a") + synthesized("b") + "::prose::\n\n" + synthesized("c")
    found = provenance.synthesized_sections(body(text))
    assert [len(run) for run in provenance.group_by_run(found)] == [2, 1]


@given(anything)
def test_the_marker_of_a_section_is_the_one_that_the_section_gives(text):
    document = parse(text)
    for section in document.sections:
        traced = provenance.as_synthesized(section)
        assert (traced.marker if traced else None) == section.synth
        if traced:
            assert traced.line in [marker.span for marker in section.markers]


@given(anything, st.integers(0, 400), st.integers(0, 400))
def test_sections_are_found_as_a_plain_search_finds_them(text, start, length):
    document = parse(text)
    start = min(start, len(text))
    end = min(start + length, len(text))
    at = provenance.section_at(document, start)
    touched = [
        section for section in document.sections if section.start < end and section.end > start
    ]
    found = list(provenance.sections_in(document, Span(start, end)))
    assert found == (touched if start < end else [at] if at else [])
    holding = [section for section in document.sections if section.start <= start < section.end]
    assert (at is None and not holding) or at in holding or start == len(text)
