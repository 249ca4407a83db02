from collections.abc import Iterable

import pytest
from hypothesis import given
from ide.samples import RICH, SOURCE, anything, body, synthesized, words

from dlm_lsp.document import Document, parse
from dlm_lsp.ide.document_symbols import DocumentSymbol, document_symbols


def outline(text: str) -> list[str]:
    """The names of the sections of a body, with those of their children in parentheses."""
    return [
        f"{symbol.name} ({', '.join(child.name for child in symbol.children)})"
        if symbol.children
        else symbol.name
        for symbol in tuple(document_symbols(body(text)))[1:]
    ]


def details(text: str) -> list[str]:
    """The details of the sections of a body."""
    return [symbol.detail for symbol in tuple(document_symbols(body(text)))[1:]]


def test_the_frontmatter_comes_first_with_its_base_model():
    document = parse(RICH)
    (symbol,) = document_symbols(document)
    assert (symbol.name, symbol.detail, symbol.kind) == (
        "frontmatter",
        "smollm2-135m",
        "frontmatter",
    )
    assert words(document, symbol.span) == RICH.removesuffix("\n")
    assert words(document, symbol.focus) == "---"


def test_a_text_without_frontmatter_has_an_outline_too():
    assert [symbol.name for symbol in document_symbols(parse("Some words"))] == ["Some words"]


@pytest.mark.parametrize(
    ("prose", "name"),
    [
        ("# The Ill\n\nA river.\n", "The Ill"),
        ("A river.\n\n## The Ill ##\n", "The Ill"),
        ("A river\nof Alsace.\n", "A river of Alsace."),
        ("```\n# no heading\n```\n", "``` # no heading ```"),
        ("Bug reports\n===========\n\nWords.\n", "Bug reports"),
        ("Where to send\n---\nWords.\n", "Where to send"),
        ("```\nTable\n-----\n```\n", "``` Table ----- ```"),
        ("A line,\nand one more\n---\n", "A line, and one more ---"),
        ("#hashtag\n", "#hashtag"),
        ("\u200b\n", "prose"),
        (
            "The Ill rises in the Jura and flows north through Alsace to the Rhine.\n",
            "The Ill rises in the Jura and flows north through Alsace to…",
        ),
    ],
)
def test_prose_is_named_by_its_heading_or_its_first_words(prose, name):
    assert outline(prose) == [name]


def test_further_headings_are_children():
    document = body("# Rivers\nTwo.\n## The Ill\nShort.\n\n## The Rhine\nLong.\n")
    rivers = tuple(document_symbols(document))[1]
    assert [(child.name, words(document, child.span)) for child in rivers.children] == [
        ("The Ill", "## The Ill\nShort.\n\n"),
        ("The Rhine", "## The Rhine\nLong."),
    ]


def test_an_instruction_is_named_by_its_first_question_and_holds_each_pair():
    text = "::instruction::\n### Q\nWhy\nso?\n### A\na\n### Q !probe\nHow?\n### A\nb\n"
    assert outline(text) == ["Why so? (Why so?, How?)"]
    document = body(text)
    first, second = tuple(document_symbols(document))[1].children
    assert words(document, first.span) == "### Q\nWhy\nso?\n### A\na"
    assert words(document, second.focus) == "### Q !probe"
    assert second.detail == "probe"


def test_a_section_without_pairs_is_named_by_its_type():
    assert outline("::instruction::\n::preference::\n") == ["instruction", "preference"]


def test_a_preference_is_named_by_its_prompt():
    text = "::preference::\n### Prompt\nSay hello\n### Chosen\nb\n### Rejected\nc\n"
    assert outline(text) == ["Say hello (Say hello)"]


def test_media_are_named_by_their_words_or_else_by_their_path():
    text = '::image path="a.png" alt="A chain"::\n::image path="a.png"::\n::image::\n'
    assert outline(text) == ["A chain", "a.png", "image"]
    assert details(text) == ["a.png", "", ""]


def test_the_detail_says_who_wrote_a_synthesized_section():
    assert details(SOURCE + synthesized()) == ["", "synthesized by hf:tiny · extraction"]


def test_the_detail_says_where_mined_and_harvested_sections_come_from():
    harvested = '::instruction::\n<!-- dlm-auto-harvest: source="run 3" -->\n'
    mined = (
        '::preference::\n<!-- dlm-auto-mined: judge_name="sway" judge_score_chosen="1"'
        ' judge_score_rejected="0" mined_at="2026-01-31T09:30:00Z" mined_run_id="1" -->\n'
    )
    assert details(harvested + mined) == ["harvested from run 3", "mined, judged by sway"]


def test_the_detail_names_the_adapter():
    routed = synthesized().replace("::instruction::", "::instruction#tone::")
    assert details(f"::prose#tone::\nwords\n{routed}") == [
        "#tone",
        "#tone · synthesized by hf:tiny · extraction",
    ]


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("\n\nwords\n# Heading\n", "# Heading"),
        ("\n\nwords\nmore\n", "words"),
        ("::prose::\n# Heading\n", "::prose::"),
        ("::instruction::\n", "::instruction::"),
    ],
)
def test_the_focus_is_the_fence_or_the_line_of_the_name(text, focus):
    document = body(text)
    assert words(document, tuple(document_symbols(document))[1].focus) == focus


def _all(found: Iterable[DocumentSymbol]) -> Iterable[DocumentSymbol]:
    for symbol in found:
        yield symbol
        yield from _all(symbol.children)


def _within(document: Document, symbol: DocumentSymbol) -> bool:
    start, end = symbol.span
    inner = [symbol.focus, *(child.span for child in symbol.children)]
    return 0 <= start < end <= len(document.text) and all(
        start <= span.start <= span.end <= end for span in inner
    )


@given(anything)
def test_a_symbol_holds_its_focus_and_children_and_has_a_name_on_one_line(text):
    document = parse(text)
    found = tuple(document_symbols(document))
    assert len(found) - len(document.sections) in (0, 1)
    for symbol in _all(found):
        assert _within(document, symbol)
        assert symbol.name.strip()
        assert len((symbol.name + "." + symbol.detail + ".").splitlines()) == 1
