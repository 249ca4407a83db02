import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.evidence import standing_evidence

BELLS = "In fog the keeper (or his wife) rings the *bell* every [thirty](n.md) seconds."
BUILT = "Built in 1874, it reaches\neighteen miles."
PROSE = f"# Light\n\n{BELLS} {BUILT}\n\n| key | value |\n|---|---|\n| oil | dear |\n"


@pytest.mark.parametrize(
    "evidence",
    [
        BELLS,
        "  “built in  1874, it reaches eighteen miles”",
        "the keeper ... rings the bell",
        "oil dear",
    ],
)
def test_what_stands_in_the_section_is_shown_as_it_was_quoted(evidence):
    assert standing_evidence(evidence, "thirty", PROSE) == evidence


@pytest.mark.parametrize(
    ("prose", "quoted", "shown"),
    [
        ("Built in 1911, it had 24 levers.", "Built in 1911.", "Built in 1911"),
        (
            "灯台は1874年に建てられ、鐘がある。",
            "灯台は1874年に建てられ。",
            "灯台は1874年に建てられ",
        ),
    ],
)
def test_a_mark_that_the_teacher_put_at_the_end_is_left_out(prose, quoted, shown):
    assert standing_evidence(quoted, "", prose) == shown


@pytest.mark.parametrize(
    "evidence",
    [
        'The text states: "In fog the keeper rings the bell every thirty seconds."',
        "In fog the keeper rings the bell every thirty seconds.",
        "the keeper rang his bell each thirty seconds when there was fog",
    ],
)
def test_of_another_quotation_the_passage_that_is_meant_is_shown(evidence):
    assert standing_evidence(evidence, "Every 30 seconds.", PROSE) == BELLS


def test_without_a_quotation_the_passage_most_like_the_answer_is_shown():
    assert standing_evidence("", "The keeper rings the bell.", PROSE) == BELLS


@pytest.mark.parametrize(
    ("prose", "answer", "passage"),
    [
        (
            "灯台は1874年に建てられた。霧の日は鐘を鳴らす。",
            "霧の日に鐘が鳴る",
            "霧の日は鐘を鳴らす。",
        ),
        ("चक्की पुरानी है। आरी नई और तेज़ है।", "आरी नई", "आरी नई और तेज़ है।"),
        ("چکی پرانی ہے۔ آری نئی اور تیز ہے۔", "آری نئی", "آری نئی اور تیز ہے۔"),
    ],
)
def test_passages_are_told_in_scripts_with_marks_of_their_own(prose, answer, passage):
    assert standing_evidence("", answer, prose) == passage


@pytest.mark.parametrize(
    ("prose", "quoted", "passage"),
    [
        ("आरी नई है। पवनचक्की में दो पहिए हैं।", "पवनचक्की के दो पहिए", "पवनचक्की में दो पहिए हैं।"),
        ("آری نئی ہے۔ پن چکی میں دو پہیے ہیں۔", "پن چکی کے دو پہیے", "پن چکی میں دو پہیے ہیں۔"),
    ],
    ids=["hi", "ur"],
)
def test_passages_end_by_the_marks_of_their_script(prose, quoted, passage):
    assert standing_evidence(f"{quoted}!", "", prose) == passage


@given(st.text(), st.text(), st.text())
def test_what_is_shown_was_quoted_or_stands_in_the_section(evidence, answer, prose):
    shown = standing_evidence(evidence, answer, prose)
    assert shown == evidence or shown in prose
