import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.marked import at_cursor, in_body
from ide.samples import GONE, RICH, SOURCE, SOURCE_ID, anything, marker, synthesized, words

from dlm_lsp.document import parse
from dlm_lsp.ide.goto import find_references, goto_definition


def defined(marked: str) -> tuple[str, str] | None:
    """What stands at the cursor in a text, and what it leads to."""
    document, offset = at_cursor(marked)
    found = goto_definition(document, offset)
    return found and (document.text[slice(*found[0])], document.text[slice(*found[1])])


def used(marked: str) -> list[int]:
    """Which sections of a body belong to what stands at the cursor, counted from 0."""
    document, offset = in_body(marked)
    fences = {section.fence: index for index, section in enumerate(document.sections)}
    return [fences[span] for span in find_references(document, offset)]


@pytest.mark.parametrize(
    ("before", "origin"),
    [
        ("::instruc", "::instruction::"),
        ("<!-- dlm", marker()),
        (SOURCE_ID[:4], marker()),
        ("### ", "### Q"),
    ],
)
def test_a_synthesized_section_leads_to_its_source(before, origin):
    marked = synthesized().replace(before, f"{before}‸", 1)
    assert defined(f"{RICH}\n{SOURCE}{marked}") == (origin, SOURCE.strip())


def test_a_source_with_a_fence_is_found_by_its_fence():
    assert defined(f"{RICH}a\n::prose::\n{SOURCE}‸{synthesized()}") == (
        "::instruction::",
        "::prose::",
    )


@pytest.mark.parametrize(
    "body",
    [
        SOURCE + synthesized("What‸?"),
        f"‸{SOURCE}{synthesized()}",
        f"{SOURCE}‸{synthesized(source_id=GONE)}",
        "‸::instruction::\n### Q\na\n### A\nb\n",
    ],
    ids=["question", "prose", "stale", "hand-written"],
)
def test_text_prose_stale_and_hand_written_sections_lead_nowhere(body):
    assert defined(RICH + body) is None


def test_the_adapter_on_a_fence_leads_to_its_key():
    assert defined(RICH + "::instruction#to‸ne::\n### Q\na\n### A\nb\n") == ("tone", "tone")
    document, offset = at_cursor(RICH + "::prose#‸tone::\na\n")
    found = goto_definition(document, offset)
    assert found and found[1].start == RICH.index("tone")


def test_an_adapter_that_the_frontmatter_does_not_name_leads_nowhere():
    assert defined(RICH + "::prose#oth‸er::\na\n") is None


def test_to_prose_belongs_all_that_was_synthesized_from_it():
    text = SOURCE + synthesized("a") + synthesized("b", GONE) + "::prose::\nx\n" + synthesized("c")
    assert used(f"The‸{text[3:]}") == [1, 4]


def test_to_a_synthesized_section_belongs_all_with_the_same_source():
    text = SOURCE + synthesized("a") + synthesized("‸b", GONE) + synthesized("c", GONE)
    assert used(text) == [2, 3]


def test_to_an_adapter_on_a_fence_belong_the_fences_that_name_it():
    assert used("::prose#tone::\na\n::prose#facts::\nb\n::prose#to‸ne::\nc\n") == [0, 2]


def test_to_the_key_of_an_adapter_belong_the_fences_that_name_it():
    document, offset = at_cursor(RICH.replace("tone", "to‸ne") + "::prose#tone::\na\n")
    assert [words(document, span) for span in find_references(document, offset)] == [
        "::prose#tone::"
    ]


@pytest.mark.parametrize("body", ["::instruction::\n### Q\n‸a\n### A\nb\n", "‸a\n", "‸"])
def test_to_what_nothing_came_from_nothing_belongs(body):
    assert used(body) == []


@given(anything, st.integers(0, 500))
def test_definitions_hold_the_offset_and_all_spans_lie_in_the_text(text, offset):
    document, offset = parse(text), min(offset, len(text))
    found = goto_definition(document, offset)
    if found:
        assert found[0].start <= offset <= found[0].end
        assert 0 <= found[1].start < found[1].end <= len(text)
    for span in find_references(document, offset):
        assert 0 <= span.start < span.end <= len(text)
