from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.marked import at_cursor, in_body
from ide.samples import SOURCE, SOURCE_ID, anything, marker, synthesized
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse
from dlm_lsp.ide.selection_range import selection_spans


def grown(marked: str) -> list[str]:
    """What is selected around the cursor in a body, up to the body; the document comes last."""
    document, offset = in_body(marked)
    *found, whole = (document.text[slice(*span)] for span in selection_spans(document, offset))
    assert whole == document.text
    return found


def test_in_prose_it_grows_from_word_to_line_to_section_to_body():
    assert grown("A first l‸ine.\n\nMore.\n\n::prose::\nb\n") == [
        "line",
        "A first line.",
        "A first line.\n\nMore.",
        "A first line.\n\nMore.\n",
        "A first line.\n\nMore.\n\n",
        "A first line.\n\nMore.\n\n::prose::\nb\n",
    ]


def test_in_an_answer_it_grows_over_the_pair():
    assert grown("::instruction::\n### Q\na\n### A\nOne ‸two.\nThree.\n### Q\nc\n### A\nd\n") == [
        "two",
        "One two.",
        "One two.\nThree.",
        "### Q\na\n### A\nOne two.\nThree.",
        "### Q\na\n### A\nOne two.\nThree.\n### Q\nc\n### A\nd",
        "::instruction::\n### Q\na\n### A\nOne two.\nThree.\n### Q\nc\n### A\nd\n",
    ]


def test_from_a_header_it_grows_to_the_pair():
    assert grown("::instruction::\n### ‸Q\na\n### A\nb\n")[:3] == [
        "Q",
        "### Q",
        "### Q\na\n### A\nb",
    ]


def test_a_preference_is_a_turn_as_well():
    text = "### Prompt\na\n### Chosen\n‸b\n### Rejected\nc"
    assert grown(f"::preference::\n{text}\n")[:2] == ["b", text.replace("‸", "")]


def test_in_a_marker_it_grows_from_value_to_attribute_to_line():
    marked = synthesized().replace(SOURCE_ID, f"‸{SOURCE_ID}", 1)
    found = grown(SOURCE + marked)
    assert found[:3] == [SOURCE_ID, f'source_section_id="{SOURCE_ID}"', marker()]
    assert found[-2:] == [synthesized(), SOURCE + synthesized()]


def test_synthesized_sections_grow_over_their_run():
    first, second = synthesized("a"), synthesized("b")
    marked = first.replace("### Q", "### ‸Q") + second
    assert grown(f"{SOURCE}{marked}::prose::\nc\n")[-3:] == [
        first,
        first + second,
        f"{SOURCE}{first}{second}::prose::\nc\n",
    ]


def test_in_a_media_fence_it_grows_from_value_to_attribute_to_fence():
    assert grown('::image path="a ‸b.png" alt="c"::\nA caption\n')[:4] == [
        "b",
        "a b.png",
        'path="a b.png"',
        '::image path="a b.png" alt="c"::',
    ]


@pytest.mark.parametrize(
    ("yaml", "spans"),
    [
        (
            "a: 1\ntraining:\n  seed: ‸42\nb: 2\n",
            ["42", "seed: 42", "training:\n  seed: 42", "a: 1\ntraining:\n  seed: 42\nb: 2"],
        ),
        ("tra‸ining:\n  seed: 42\n", ["training", "training:", "training:\n  seed: 42"]),
        ("a:\n  - b: ‸c\n", ["c", "b: c", "- b: c", "a:\n  - b: c"]),
        ("a: [‸\n", ["a: ["]),
    ],
)
def test_in_the_frontmatter_it_grows_over_values_keys_and_blocks(yaml, spans):
    document, offset = at_cursor(f"---\n{yaml}---\ntext\n")
    *found, frontmatter, whole = selection_spans(document, offset)
    assert [document.text[slice(*span)] for span in found] == spans
    assert document.text[slice(*frontmatter)] == f"---\n{yaml}---".replace("‸", "")
    assert document.text[slice(*whole)] == document.text


def test_on_a_blank_line_it_starts_with_what_stands_around_the_line():
    assert grown("One.\n‸\nTwo.\n") == ["One.\n\nTwo.", "One.\n\nTwo.\n"]


@pytest.mark.parametrize("offset", [0, 5, -3])
def test_in_an_empty_text_all_of_it_is_selected(offset):
    assert selection_spans(parse(""), offset) == ((0, 0),)


def test_an_offset_beyond_the_text_is_taken_for_its_end():
    document = parse(FRONTMATTER + "word")
    assert selection_spans(document, 10**6) == selection_spans(document, len(document.text))


@given(anything, st.integers(0, 500))
def test_each_selection_holds_the_offset_and_is_larger_than_the_one_inside_it(text, offset):
    offset = min(offset, len(text))
    found = selection_spans(parse(text), offset)
    assert found[-1] == (0, len(text))
    for span in found:
        assert 0 <= span.start <= offset <= span.end <= len(text)
    for inner, outer in pairwise(found):
        assert outer.start <= inner.start <= inner.end <= outer.end
        assert outer != inner
