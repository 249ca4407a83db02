"""Hidden characters: found where they reorder or hide text, spared where a script needs them."""

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.document_text import FRONTMATTER, document, found, mended

from dlm_lsp.document import Pair, parse, well_formed
from dlm_lsp.document import hidden_characters as hidden
from dlm_lsp.document.hidden_characters import (
    hidden_characters,
    misleading_characters,
    without_hidden_characters,
)
from dlm_lsp.document.well_formed import PairFault, body_of

SPARED = {
    "Persian": "می‌خواهم",
    "Arabic abbreviation": "ه\u200d.",
    "Hindi": "क्\u200cष और क्\u200dष",
    "Bengali": "র\u200d্য",
    "Thai": "ภาษา\u200bไทย",
    "Khmer before a Latin word": "ប្រើ\u200bwidget",
    "Mongolian": "ᠠ\u180eᠠ ᠠ\u180b",
    "family": "👨\u200d👩\u200d👧",
    "heart and hands": "❤\ufe0f\u200d🔥 👋🏽 ℹ\ufe0f ™\ufe0f",
    "head that shakes": "🙂\u200d↔\ufe0f",
    "keycap": "1\ufe0f\u20e3 #\ufe0f\u20e3",
    "flag of England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "ideograph variant": "葛\U000e0100",
    "old Hangul": "\u1112\u1160\u11ab \u115f\u1161",
    "mark in Hebrew": "שלום\u200f!",
    "embedding in Arabic": "جرّب \u202a--help\u202c الآن",
    "isolate in Hebrew": "ראו \u2066C++\u2069 כאן",
    "plain": "Ça va? 漢字 Ελληνικά",
}
FLAGGED = {
    "override": "access \u202enimda\u202c",
    "override in Hebrew": "שלום \u202eabc\u202c",
    "isolate in Latin": "a \u2066b\u2069 c",
    "embedding that does not end": "جرّب \u202a--help",
    "end of another kind": "جرّب \u202a--help\u2069",
    "mark in Latin": "abc\u200f!",
    "zero-width space in Latin": "pass\u200bword",
    "zero-width space in Chinese": "漢\u200b字",
    "non-joiner in German": "Auf\u200clage",
    "a second non-joiner": "می\u200c\u200c\u200cخواهم",
    "joiner that joins nothing": "a \u200d b",
    "joiner of operators": "a =\u200d= b",
    "soft hyphen": "Donau\u00addampf",
    "word joiner": "10\u2060 km",
    "byte-order mark inside": "a\ufeffb",
    "selector behind Latin": "a\ufe0f",
    "a second selector": "❤\ufe0f\ufe0f",
    "selectors that spell": "😀\U000e0121\U000e0122",
    "tags": "fine\U000e0069\U000e0067",
    "flag that does not end": "🏴\U000e0067\U000e0062\U000e0065",
    "Hangul filler": "a\u3164b",
    "invisible times": "2\u2062x",
}


@pytest.mark.parametrize("text", SPARED.values(), ids=SPARED)
def test_what_a_script_needs_is_no_hidden_character(text):
    assert hidden_characters(text) == []


@pytest.mark.parametrize("text", FLAGGED.values(), ids=FLAGGED)
def test_what_no_script_needs_is_found_and_removed(text):
    assert hidden_characters(text)
    assert hidden_characters(without_hidden_characters(text)) == []


def test_another_line_makes_no_difference():
    assert hidden_characters("abc\u200f\nשלום") == [3]
    assert hidden_characters("می\n\u200ca") == [3]


def test_every_format_character_that_is_not_drawn_is_a_candidate():
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) == "Cf":
            # Number signs of Arabic, and what joins hieroglyphs, are drawn.
            drawn = unicodedata.bidirectional(character) in ("AN", "L", "AL")
            drawn = drawn and character not in hidden._DIRECTION_MARKS
            assert (hidden._CANDIDATE.match(character) is None) == drawn, hex(code)
        elif re.search("VARIATION SELECTOR|HANGUL .*FILLER", unicodedata.name(character, "")):
            assert hidden._CANDIDATE.match(character), hex(code)


@pytest.mark.parametrize(
    "body",
    [
        "A note on pas⟦s\u200bw⟧ord.\n",
        "One.\n\nTwo⟦ \u202eowt\u202c⟧\n",
        "::instruction::\n### Q\nWh⟦y\u2060?⟧\n### A\nSo.\n",
        "::instruction::\n### Q\nWhy?\n### A\nS⟦o\U000e0041\U000e0042.⟧\n",
        "::preference::\n### Prompt\na\n### Chosen\nb\n### Rejected\n⟦c\u00ad⟧\n",
    ],
)
def test_a_line_with_hidden_characters_is_marked(body):
    assert found(body) == ["hidden-characters"]


def test_the_frontmatter_hides_nothing_either():
    text = FRONTMATTER.replace("dlm_version", "system_prompt: Be\u200b kind.\ndlm_version")
    (problem,) = parse(text).problems
    assert (problem.code, text[slice(*problem.span)]) == ("hidden-characters", "e\u200b ")


def test_the_mark_names_the_characters():
    (problem,) = document("a\u200bb\u200bc\ufeff").problems
    assert problem.message.endswith(
        "ZERO WIDTH SPACE (U+200B) 2 times, ZERO WIDTH NO-BREAK SPACE (U+FEFF)"
    )


def test_the_fix_removes_what_is_hidden_on_the_line():
    assert mended("a\u200bb \u2066c\u2069\n") == "ab c\n"


def test_the_byte_order_mark_at_the_head_of_a_file_is_no_hidden_character():
    assert parse(f"\ufeff{FRONTMATTER}Prose.\n").problems == ()


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        ("pass\u200bword", "password"),
        ("\u2066a\u2069\ufeff", "a"),
        ("ראו \u2066C++\u2069 כאן", "ראו C++ כאן"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_a_pair_is_written_without_what_carries_nothing(answer, written):
    assert well_formed("Why?", answer) == Pair("Why?", written)


@pytest.mark.parametrize("answer", ["access \u202enimda\u202c", "So.\U000e0049\U000e0067"])
def test_a_pair_that_says_something_else_than_is_seen_is_refused(answer):
    fault = well_formed("Why?", answer)
    assert isinstance(fault, PairFault)
    assert fault.reason == "invalid_structure"
    assert "RIGHT-TO-LEFT OVERRIDE" in fault.detail or "TAG LATIN" in fault.detail


def test_hidden_characters_do_not_hide_a_header():
    assert isinstance(well_formed("Why?", "So.\n#\u200b## A\nNo."), PairFault)


CHARACTERS = st.sampled_from(
    [*"ab1# \n", *"میशक்漢", "🙂", "❤", "🏴", "\u0301", "\u20e3", "\u1112"]
) | st.sampled_from(
    "\u00ad\u034f\u061c\u1160\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202e"
    "\u2060\u2066\u2068\u2069\u3164\ufe0f\ufeff\U000e0067\U000e007f\U000e0100"
)
TEXTS = st.text(CHARACTERS, max_size=30)


@given(TEXTS)
@example("\U000e0100\u034f")
@example("+\ufe0f\u200d+")
def test_a_text_without_hidden_characters_has_none(text):
    once = without_hidden_characters(text)
    assert hidden_characters(once) == []
    assert without_hidden_characters(once) == once
    assert set(misleading_characters(text)) <= set(hidden_characters(text))


@given(TEXTS, TEXTS)
def test_a_pair_that_is_accepted_brings_no_mark_into_a_document(question, answer):
    pair = well_formed(question, answer)
    if isinstance(pair, Pair):
        assert document(f"::instruction::\n{body_of(pair)}\n").problems == ()
