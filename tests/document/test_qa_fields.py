import pytest
from support.document_text import document, found, mended

from dlm_lsp.document import Pair


def pairs(body):
    return [placed.pair for placed in document("::instruction::\n" + body).sections[0].pairs]


def test_pairs_are_trimmed_and_keep_blank_lines_inside():
    assert pairs("### Q\n\n Why?\n\n### A\nSo.\n\nReally.\n\n  ### Q  \nb\n### A\nc\n") == [
        Pair("Why?", "So.\n\nReally."),
        Pair("b", "c"),
    ]


def test_a_probe_is_a_question_with_a_flag():
    assert pairs("### Q !probe\na\n### A\nb\n") == [Pair("a", "b", probe=True)]


def test_a_pair_knows_where_its_texts_stand():
    parsed = document("::instruction::\n### Q\n a \r\n### A\nb\n")
    placed = parsed.sections[0].pairs[0]
    assert parsed.text[slice(*placed.question_span)] == "a"
    assert parsed.text[slice(*placed.answer_span)] == "b"


def test_headers_count_inside_a_code_block():
    assert pairs("### Q\na\n### A\n```\n### Q\nb\n### A\n```\n") == [
        Pair("a", "```"),
        Pair("b", "```"),
    ]


@pytest.mark.parametrize(
    ("marked", "codes"),
    [
        ("⟦Some text⟧\n### Q\na\n### A\nb\n", ["text-before-first-header"]),
        ("⟦### Q⟧\na\n### Q\nb\n### A\nc\n", ["incomplete-turn"]),
        ("### Q\na\n### A\nb\n⟦### A⟧\nc\n", ["header-out-of-order"]),
        ("⟦### A⟧\nb\n### Q\na\n### A\nb\n", ["header-out-of-order"]),
        ("⟦### Q⟧\n### A\nb\n", ["empty-text"]),
        ("### Q\na\n⟦### A⟧\n\n", ["empty-text"]),
        ("⟦### Q⟧\na\n", ["incomplete-turn"]),
        ("### Q\na\n⟦### a⟧\nx\n### A\nb\n", ["near-miss-header"]),
        ("### Q\na\n⟦###A⟧\nx\n### A\nb\n", ["near-miss-header"]),
        ("### Q\na\n⟦### Answer:⟧\nx\n### A\nb\n", ["near-miss-header"]),
        ("### Q\na\n### A\nb\n⟦### Q: more?⟧\n", ["near-miss-header"]),
        ("### Q\na\n### A\n# A heading\n## Answers to all\n", []),
    ],
)
def test_each_fault_of_the_grammar_is_found(marked, codes):
    assert found("::instruction::\n" + marked) == codes


@pytest.mark.parametrize("body", ["⟦::instruction::⟧\n", "⟦::instruction::⟧\n\n::prose::\nx\n"])
def test_a_section_without_a_pair_is_an_error_at_its_fence(body):
    assert found(body) == ["no-pairs"]


def test_text_without_any_header_is_both_stray_and_no_pair():
    assert sorted(found("⟦::instruction::⟧\n⟦just text⟧\n")) == [
        "no-pairs",
        "text-before-first-header",
    ]


@pytest.mark.parametrize(
    ("marked", "codes"),
    [
        ("### Prompt\na\n### Chosen\nb\n### Rejected\nc\n", []),
        ("⟦### Prompt⟧\na\n⟦### Rejected⟧\nc\n", ["incomplete-turn", "header-out-of-order"]),
        ("### Prompt\na\n### Chosen\nb\n⟦### Rejected⟧\n", ["empty-text"]),
    ],
)
def test_preferences_follow_the_same_rules(marked, codes):
    assert found("::preference::\n" + marked) == codes


def test_a_preference_gives_its_three_texts():
    section = document("::preference::\n### Prompt\na\n### Chosen\nb\n### Rejected\nc\n").sections[
        0
    ]
    placed = section.preferences[0]
    assert (placed.prompt, placed.chosen, placed.rejected) == ("a", "b", "c")


def test_text_beside_a_header_is_moved_below_it():
    body = "::instruction::\n### Q: Why?\n### A\nSo.\n"
    assert mended(body).startswith("::instruction::\n### Q\nWhy?\n### A\n")
