import pytest
from hypothesis import given
from ide.samples import GONE, SOURCE, anything, body, synthesized

from dlm_lsp.document import parse
from dlm_lsp.ide.folding_range import folding_ranges


def folded(text: str) -> list[tuple[str, str]]:
    """The kind and the text of each fold in a body."""
    document = body(text)
    found = [(fold.kind, document.text[slice(*fold.span)]) for fold in folding_ranges(document)]
    assert found[0][0] == "frontmatter"
    return found[1:]


def test_the_frontmatter_folds_from_delimiter_to_delimiter():
    text = "---\na: b\n---\n"
    assert [(fold.span, fold.kind) for fold in folding_ranges(parse(text))] == [
        ((0, 12), "frontmatter")
    ]


def test_a_section_folds_to_its_last_line_that_is_not_blank():
    assert folded("\n\na\nb  \n\n \n::prose::\nc\n") == [
        ("section", "a\nb  "),
        ("section", "::prose::\nc"),
    ]


def test_a_section_of_one_line_does_not_fold():
    assert folded('a\n::image path="b"::\n\n') == []


def test_line_breaks_of_every_kind_part_lines():
    assert folded("a\r\nb\r\n::prose::\rc\r") == [
        ("section", "a\r\nb"),
        ("section", "::prose::\rc"),
    ]


def test_a_synthesized_section_is_a_region():
    section = synthesized().rstrip()
    assert folded(f"{SOURCE}{section}\n") == [("region", section)]


def test_a_run_of_synthesized_sections_is_a_region_around_them():
    first, second = synthesized("a"), synthesized("b", GONE).rstrip()
    assert folded(f"{SOURCE}{first}{second}\n\n::prose::\nc\n") == [
        ("region", first + second),
        ("region", first.rstrip()),
        ("region", second),
        ("section", "::prose::\nc"),
    ]


def test_synthesized_sections_with_prose_between_are_no_run():
    section = synthesized().rstrip()
    assert folded(f"{section}\n::prose::\nc\n{section}\n") == [
        ("region", section),
        ("section", "::prose::\nc"),
        ("region", section),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\n```python\n::prose::\n```\nb\n", ["```python\n::prose::\n```"]),
        ("```\nx\n```\n```\ny\n```\n", ["```\nx\n```", "```\ny\n```"]),
        ("a\n```\n```\n", []),
        ("a\n```\nnever closed\nb\n", []),
        ("a\n ```\nb\nc\n", []),
    ],
)
def test_a_code_block_of_three_lines_folds(text, code):
    assert [words for kind, words in folded(text) if kind == "code"] == code


def test_code_in_an_answer_folds_inside_its_section():
    answer = "::instruction::\n### Q\na\n### A\n```\nb\n```"
    assert folded(answer) == [("section", answer), ("code", "```\nb\n```")]


@given(anything)
def test_folds_are_nested_ordered_and_of_two_lines_or_more(text):
    open_until: list[int] = []
    found = list(folding_ranges(parse(text)))
    assert list(found) == sorted(found, key=lambda fold: (fold.span.start, -fold.span.end))
    for fold in found:
        words = text[slice(*fold.span)]
        assert "\n" in words or "\r" in words
        assert words.rstrip() and text[fold.span.end : fold.span.end + 1] in ("", "\r", "\n")
        while open_until and open_until[-1] <= fold.span.start:
            open_until.pop()
        assert not open_until or fold.span.end <= open_until[-1]
        open_until.append(fold.span.end)
