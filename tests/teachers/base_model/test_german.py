"""German question templates: the questions that a statement answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.base_model.german import german_templates


def questions(sentence: str) -> list[str]:
    return [question for template in german_templates(sentence) for question in template.questions]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Die Bauarbeiten dauerten vier Jahre, weil im Winter kein Fuhrwerk kam.",
            [
                "Warum dauerten die Bauarbeiten vier Jahre?",
                "Wie viele Jahre dauerten die Bauarbeiten?",
            ],
        ),
        (
            "Die Leiterin der Sternwarte heißt Jorinde Malchow.",
            ["Wie heißt die Leiterin der Sternwarte?"],
        ),
        (
            "Die Straßenlampen der Dörfer werden um 22:30 Uhr ausgeschaltet.",
            ["Wann werden die Straßenlampen der Dörfer ausgeschaltet?"],
        ),
        (
            "Ein Spiegelteleskop arbeitet seit 2019 in einer Hütte.",
            [
                "Seit wann arbeitet ein Spiegelteleskop in einer Hütte?",
                "Was arbeitet seit 2019 in einer Hütte?",
            ],
        ),
        (
            "Die Linse wurde in der Werkstatt geschliffen und wiegt 38 Kilogramm.",
            ["Was wurde in der Werkstatt geschliffen?"],
        ),
        (
            "Rothaupt verriet das Versteck erst nach dem Krieg.",
            ["Wer verriet das Versteck erst nach dem Krieg?"],
        ),
        ("Im Jahr 1958 wurde das Dach der Kuppel erneuert.", []),
    ],
)
def test_a_statement_answers_the_questions(sentence, expected):
    assert questions(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "answers"),
    [
        (
            "Die Bauarbeiten dauerten vier Jahre, weil im Winter kein Fuhrwerk kam.",
            ["Weil im Winter kein Fuhrwerk kam.", "Vier Jahre."],
        ),
        ("Die Leiterin der Sternwarte heißt Jorinde Malchow.", ["Jorinde Malchow."]),
        (
            "Die Straßenlampen der Dörfer werden um 22:30 Uhr ausgeschaltet.",
            ["Um 22:30 Uhr."],
        ),
        (
            "Ein Spiegelteleskop arbeitet seit 2019 in einer Hütte.",
            ["Seit 2019.", "Ein Spiegelteleskop."],
        ),
    ],
)
def test_the_answer_is_what_was_asked_for_and_not_the_question_again(sentence, answers):
    assert [template.answer for template in german_templates(sentence)] == answers


@given(st.text(alphabet="abDieMühle hat.,;um 1958 und weil", max_size=80))
def test_any_text_has_templates_whose_questions_are_one_line_and_end_as_questions(text):
    for question in questions(text):
        assert question.endswith("?")
        assert "\n" not in question
