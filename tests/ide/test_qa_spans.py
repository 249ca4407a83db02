import pytest
from hypothesis import given
from ide.samples import anything, body, words

from dlm_lsp.document import parse
from dlm_lsp.ide.qa_spans import qa_header_spans, qa_turn_span, qa_turns


def test_a_pair_reaches_from_its_header_to_the_end_of_its_answer():
    document = body("::instruction::\n### Q\na\n\n### A\n\nb\n\n### Q\nc\n### A\nd\n")
    spans = [qa_turn_span(turn) for turn in qa_turns(document.sections[0])]
    assert [words(document, span) for span in spans] == [
        "### Q\na\n\n### A\n\nb",
        "### Q\nc\n### A\nd",
    ]


def test_a_preference_is_a_turn_of_three():
    document = body("::preference::\n### Prompt\na\n### Chosen\nb\n### Rejected\nc\n")
    assert [len(turn) for turn in qa_turns(document.sections[0])] == [3]


@pytest.mark.parametrize("section", ["::prose::\n### Q\na\n### A\nb\n", '::image path="a"::\n'])
def test_prose_and_media_have_no_turns_and_no_headers(section):
    document = body(section)
    assert qa_turns(document.sections[0]) == []
    assert list(qa_header_spans(document.sections[0])) == []


def test_headers_of_incomplete_pairs_count_too():
    document = body("::instruction::\n### A\nb\n  ### Q !probe  \n#### A\n### Chosen\n")
    found = [words(document, header) for header in qa_header_spans(document.sections[0])]
    assert found == ["### A", "### Q !probe"]


@given(anything)
def test_every_header_of_a_turn_is_a_header_of_its_section(text):
    for section in parse(text).sections:
        found = {header.start for header in qa_header_spans(section)}
        assert found >= {field.header.start for turn in qa_turns(section) for field in turn}
