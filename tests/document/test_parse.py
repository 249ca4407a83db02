from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.document_text import FRONTMATTER, document, found, mended
from support.generated_documents import mutated, sound_documents, wild_documents
from support.reference_oracle import Oracle

from dlm_lsp.document import Document, Severity, missing_media, parse

PLAIN_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def contents(body: str) -> list[tuple[str, str]]:
    return [(str(section.type), section.content) for section in document(body).sections]


def test_the_body_starts_as_prose():
    assert contents("Some prose.\n::prose::\nMore.\n") == [
        ("prose", "Some prose."),
        ("prose", "More."),
    ]


def test_one_leading_and_one_trailing_line_break_are_dropped():
    assert contents("\n\na\n\n") == [("prose", "\na\n")]


def test_prose_that_is_only_white_space_is_no_section():
    assert contents("\n \u2028\n::prose::\n\n::prose::\nx\n") == [("prose", "x")]


def test_a_blank_line_before_a_fence_belongs_to_the_section_above():
    assert contents("a\n\n::prose::\nb\n")[0] == ("prose", "a\n")


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_line_endings_change_no_id(line_break):
    body = "a\n\nb\n::instruction::\n### Q\nx\n### A\ny\n"
    text = (FRONTMATTER + body).replace("\n", line_break)
    assert [s.id for s in parse(text).sections] == [s.id for s in document(body).sections]


def test_a_leading_byte_order_mark_is_ignored():
    assert parse("\ufeff" + FRONTMATTER + "a").sections[0].id == document("a").sections[0].id


def test_ordinary_characters_end_no_line():
    for character in PLAIN_LINE_ENDS:
        assert contents(f"a{character}::prose::\n") == [("prose", f"a{character}::prose::")]


def test_spans_hold_the_exact_text():
    text = FRONTMATTER + "a\r\n::instruction#tone::\r\n### Q\r\nx\r\n### A\r\ny\r\n"
    prose, pair = parse(text).sections
    assert text[slice(*prose.span)] == "a\r\n"
    assert text[slice(*pair.fence)] == "::instruction#tone::"
    assert text[slice(*pair.body)] == "### Q\r\nx\r\n### A\r\ny"
    assert prose.span.end == pair.span.start
    assert pair.span.end == len(text)


def test_code_mode_left_on_is_an_error_with_a_fix():
    assert found("a\n⟦```⟧\n::prose::\nb") == ["unclosed-code"]
    assert mended("a\n```\nb") == "a\n```\nb\n```"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["missing-frontmatter"]),
        ("prose\n", ["missing-frontmatter"]),
        ("--- \na: 1\n---\n", ["missing-frontmatter"]),
        ("---\na: 1\n", ["unclosed-frontmatter"]),
        ("---\na: 1\n ---\n", ["unclosed-frontmatter"]),
    ],
)
def test_a_document_needs_a_frontmatter_between_two_lines(text, codes):
    parsed = parse(text)
    assert [problem.code for problem in parsed.problems] == codes
    assert parsed.frontmatter is None


def test_a_document_without_frontmatter_still_shows_its_sections():
    assert [section.content for section in parse("a\n::prose::\nb").sections] == ["a", "b"]


def test_missing_media_are_told_from_those_that_are_there():
    parsed = document('::image path="a.png"::\n::audio path="b.wav" transcript="x"::\n')
    problems = missing_media(parsed, exists={"a.png"}.__contains__)
    assert [parsed.text[slice(*problem.span)] for problem in problems] == ["b.wav"]


@given(st.text() | wild_documents() | mutated(sound_documents()))
def test_parsing_never_fails_and_every_span_lies_in_the_text(text):
    parsed = parse(text)
    for problem in parsed.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.message
        assert "\n" not in problem.message
    ends = [0, *(end for section in parsed.sections for end in section.span), len(text)]
    assert ends == sorted(ends)


def test_parsing_never_fails_on_any_prefix_of_an_example(examples: Path):
    for example in sorted(examples.glob("*.dlm")):
        text = example.read_text(encoding="utf-8")
        for end in range(len(text)):
            assert isinstance(parse(text[:end]), Document)


@given(wild_documents())
def test_every_fix_is_an_edit_of_the_text_that_was_parsed(text):
    from dlm_lsp.document import apply_edits

    for problem in parse(text).problems:
        if problem.fix:
            assert apply_edits(text, problem.fix.edits) != text


def assert_agrees(oracle: Oracle, text: str) -> None:
    """Ours and the reference's reading of `text` are the same."""
    ours, theirs = parse(text), oracle.parse(text)
    structural = [e for e in ours.errors if e.code not in TURN_ERRORS]
    assert bool(structural) is not theirs["ok"], (structural, theirs)
    if not theirs["ok"]:
        return
    assert [(s.type, s.content, s.id, s.adapter) for s in ours.sections] == [
        (s["type"], s["content"], s["id"], s["adapter"]) for s in theirs["sections"]
    ]
    for section, reading in zip(ours.sections, theirs["sections"], strict=True):
        synth = section.synth
        assert (synth.synth_teacher if synth else None) == reading["synth_teacher"]
        assert (section.media.path if section.media else None) == reading["media_path"]
        if reads_alike(section.content):
            assert_same_turns(ours, section, reading)


TURN_ERRORS = {
    "text-before-first-header",
    "incomplete-turn",
    "header-out-of-order",
    "empty-text",
    "no-pairs",
}


def reads_alike(content: str) -> bool:
    """Release 0.10.0 ends a text at a blank line and a line at U+2028, and knows no probe."""
    if any(character in content for character in PLAIN_LINE_ENDS) or "!probe" in content:
        return False
    return all(line.strip() for line in content.strip().split("\n"))


def assert_same_turns(ours, section, reading) -> None:
    errors = [
        e
        for e in ours.errors
        if e.code in TURN_ERRORS and section.span.start <= e.span.start < section.span.end
    ]
    if reading["pairs"] is not None:
        assert [[p.pair.question, p.pair.answer] for p in section.pairs] == reading["pairs"]
        assert not errors
    elif reading["preferences"] is not None:
        assert [[p.prompt, p.chosen, p.rejected] for p in section.preferences] == reading[
            "preferences"
        ]
        assert not errors
    else:
        assert bool(errors) is bool(reading["error"])


@settings(deadline=None)
@given(text=sound_documents())
def test_sound_documents_have_no_error_and_read_as_the_reference_reads_them(oracle, text):
    assert not [p for p in parse(text).problems if p.severity is Severity.ERROR]
    assert_agrees(oracle, text)


@settings(deadline=None, max_examples=400)
@given(text=wild_documents() | mutated(sound_documents()))
def test_wild_and_mutated_documents_read_as_the_reference_reads_them(oracle, text):
    assert_agrees(oracle, text)


def test_the_examples_read_as_the_reference_reads_them(oracle, examples: Path):
    for example in sorted(examples.glob("*.dlm")):
        assert_agrees(oracle, example.read_text(encoding="utf-8"))
