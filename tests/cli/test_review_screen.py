"""Review screen: one pair with all that the user decides by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from dlm_lsp.cli.review_screen import HELP, KEYS, pair_view, passage_around
from dlm_lsp.document import Document, Pair, Span, parse
from dlm_lsp.synth.review_items import ReviewItem

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n"


def document(prose: str) -> Document:
    return parse(f"{HEAD}{prose}\n")


def item(text: Document, evidence: str, **more) -> ReviewItem:
    start = text.text.find(evidence)
    span = Span(start, start + len(evidence)) if evidence else None
    values = {"pair": Pair("What?", "It."), "heading": "Tides", "teacher": "openai:m"} | more
    source = text.sections[0].id if text.sections else ""
    return ReviewItem(
        id="0" * 16,
        state=values.pop("state", "staged"),
        source_id=source,
        strategy="extraction",
        at="2026-01-31T09:30:00Z",
        evidence=evidence,
        evidence_span=span,
        **values,
    )


def shown(text: Document, of: ReviewItem, width: int = 80, *, mark: bool = False) -> str:
    console = Console(width=width, markup=False, highlight=False, emoji=False, record=True)
    with console.capture() as capture:
        for part in pair_view(of, text, 1, 2, mark=mark):
            console.print(part)
    return capture.get()


def test_a_pair_whose_source_is_gone_shows_its_evidence_alone():
    text = document("Other prose.")
    gone = item(text, "", heading="")
    assert "its source section has changed or is gone" in shown(text, gone)
    assert "no evidence is named" in shown(text, gone)


def test_the_lines_of_an_answer_stand_under_one_another():
    text = document("Prose.")
    pair = Pair("What?", "One.\n    two\nThree.")
    lines = [line.rstrip() for line in shown(text, item(text, "Prose.", pair=pair)).split("\n")]
    assert lines[lines.index("A  One.") :][:3] == ["A  One.", "       two", "   Three."]


def test_a_line_that_is_wrapped_goes_on_below_where_it_began():
    text = document("Prose.")
    pair = Pair("What is it that pulls?", "It is the moon that pulls.")
    lines = shown(text, item(text, "Prose.", pair=pair), width=16).split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("Q  "))
    assert [line.rstrip() for line in lines[at : at + 4]] == [
        "Q  What is it",
        "   that pulls?",
        "A  It is the",
        "   moon that",
    ]


def test_the_paragraph_of_the_evidence_is_shown_and_no_other():
    text = document("# Tides\n\nFirst of all.\nThe moon pulls. It turns.\n\nNo more.")
    passage = passage_around(text, item(text, "The moon pulls."))
    assert (passage.before, passage.evidence, passage.behind) == (
        "First of all.\n",
        "The moon pulls.",
        " It turns.",
    )


def test_of_a_long_paragraph_what_stands_around_the_evidence_is_shown():
    text = document(f"{'before ' * 100}The moon pulls. {'behind ' * 100}")
    passage = passage_around(text, item(text, "The moon pulls."))
    assert passage.before.startswith("…before ")
    assert passage.behind.endswith(" behind…")
    assert max(len(passage.before), len(passage.behind)) <= 241


def test_evidence_is_set_in_brackets_where_nothing_else_marks_it():
    text = document("The moon pulls. It turns.")
    assert "[The moon pulls.] It turns." in shown(text, item(text, "The moon pulls."), mark=True)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"state": "inserted", "decision": "accepted"}, "in the document · accepted before · m"),
        ({"margin": 0.123}, "staged · m · extraction · margin 0.12"),
        (
            {"state": "refused", "reason": "looping", "detail": "again and again"},
            "Refused, repeats itself: again and again",
        ),
        (
            {"state": "refused", "reason": "rejected", "detail": "rejected by you"},
            "Refused, rejected by you\n",
        ),
    ],
)
def test_what_is_known_of_a_pair_is_said_in_words(more, words):
    text = document("Prose.")
    assert words in shown(text, item(text, "Prose.", **more))


def test_the_help_has_every_key():
    assert [line[0] for line in HELP.splitlines()] == sorted(
        KEYS.split(), key=lambda key: HELP.find(f"\n{key}  ")
    )


@given(st.text(max_size=80), st.text(max_size=80), st.integers(20, 60))
def test_nothing_that_steers_a_terminal_is_shown_and_every_line_fits(question, detail, width):
    text = document("The moon pulls.")
    hostile = item(
        text,
        "The moon pulls.",
        pair=Pair(question, detail),
        heading=detail,
        teacher=f"t:{question}",
        state="refused",
        reason="looping",
        detail=detail,
    )
    written = shown(text, hostile, width)
    assert all(
        c == "\n" or c.isprintable() or c in "\u200c\u200d" or unicodedata.category(c) == "Zs"
        for c in written
    )
    assert all(cell_len(line) <= width for line in written.split("\n"))
