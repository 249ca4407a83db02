"""English question templates: the questions that a statement answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.base_model.english import english_templates


def questions(sentence: str, prose: str = "") -> list[str]:
    return [
        question
        for template in english_templates(sentence, prose or sentence)
        for question in template.questions
    ]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("A sextant is an instrument of sailors.", "What is a sextant?"),
        ("DGEMM is the routine that multiplies matrices.", "What is DGEMM?"),
        (
            "When an argument is wrong, DGEMM calls the routine XERBLA.",
            "What happens when an argument is wrong?",
        ),
        (
            "If the lamps were broken, the keeper rang a bell.",
            "What happened if the lamps were broken?",
        ),
        (
            "A worn chain ruins the cassette, because its rollers ride up the teeth.",
            "Why does a worn chain ruin the cassette?",
        ),
        (
            "Birds migrate mainly because food becomes scarce in winter.",
            "Why do birds migrate?",
        ),
        (
            "The city bought the tramway company in 1919 for 1.1 million crowns.",
            "When did the city buy the tramway company for 1.1 million crowns?",
        ),
        ("The last horse car ran on 30 September 1902.", "When did the last horse car run?"),
        (
            "The first tram leaves Northgate at 4:50 in the morning.",
            "When does the first tram leave Northgate in the morning?",
        ),
        ("The company employs 163 people.", "How many people does the company employ?"),
        ("A Heron is 32 metres long.", "How many metres long is a Heron?"),
        (
            "A booking holds its compartment for 48 hours.",
            "For how many hours does a booking hold its compartment?",
        ),
        (
            "Isopropyl alcohol cleans a disc without leaving a film.",
            "What cleans a disc without leaving a film?",
        ),
        (
            "Gustav Kramer showed around 1950 that starlings steer by the sun.",
            "Who showed around 1950 that starlings steer by the sun?",
        ),
        (
            "Disc brake pads are replaced when 0.5 millimetres are left.",
            "Which pads are replaced when 0.5 millimetres are left?",
        ),
        ("The old foundry casts the bronze housings.", "What does the old foundry cast?"),
    ],
)
def test_a_statement_answers_the_question(sentence, question):
    assert question in questions(sentence)


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "A sextant is an instrument of sailors, made of brass.",
            "What is a sextant?",
            "An instrument of sailors, made of brass.",
        ),
        (
            "When an argument is wrong, DGEMM calls the routine XERBLA.",
            "What happens when an argument is wrong?",
            "DGEMM calls the routine XERBLA.",
        ),
        (
            "A worn chain ruins the cassette, because its rollers ride up the teeth.",
            "Why does a worn chain ruin the cassette?",
            "Because its rollers ride up the teeth.",
        ),
        (
            "The last horse car ran on 30 September 1902.",
            "When did the last horse car run?",
            "On 30 September 1902.",
        ),
        (
            "A wooden shutter closes the niche from November to February.",
            "When does a wooden shutter close the niche?",
            "From November to February.",
        ),
        (
            "The company employs about 163 people.",
            "How many people does the company employ?",
            "About 163 people.",
        ),
        ("A Heron is 32 metres long.", "How many metres long is a Heron?", "32 metres long."),
        (
            "A booking holds its compartment for 48 hours.",
            "For how many hours does a booking hold its compartment?",
            "For 48 hours.",
        ),
        (
            "Isopropyl alcohol cleans a disc without leaving a film.",
            "What cleans a disc without leaving a film?",
            "Isopropyl alcohol.",
        ),
        (
            "The old foundry casts the bronze housings.",
            "What does the old foundry cast?",
            "The bronze housings.",
        ),
        (
            "The reference XERBLA prints a message and stops the program.",
            "What does the reference XERBLA print?",
            "A message.",
        ),
    ],
)
def test_the_answer_is_what_was_asked_for_and_not_the_question_again(sentence, question, answer):
    (asked_for,) = {
        template.answer
        for template in english_templates(sentence, sentence)
        if question in template.questions
    }
    assert asked_for == answer


def test_a_number_that_counts_part_of_something_is_not_asked_for():
    sentence = "Brightwater pays the full wage for the first ten weeks."
    assert not [
        question for question in questions(sentence) if question.startswith(("How", "For how"))
    ]


def test_two_years_in_one_clause_leave_it_open_which_one_is_meant():
    sentence = "The old line was opened in 1902 and closed in 1926."
    assert not [question for question in questions(sentence) if question.startswith("When")]


def test_a_question_does_not_hold_the_time_that_it_asks_for():
    sentence = "The stone bridge of Elm was opened on 4 May 1887."
    (timed,) = (
        template
        for template in english_templates(sentence, sentence)
        if template.questions[0].startswith("When")
    )
    assert not any("1887" in question for question in timed.questions)


def test_a_subject_that_a_reader_cannot_place_is_not_asked_for():
    assert not [
        question
        for question in questions("The wheel drives a saw in the yard.")
        if "drives" in question
    ]


def test_a_common_noun_loses_its_capital_and_a_name_keeps_it():
    plain = "Employees record their hours in a program."
    assert "What do employees record?" in questions(plain)
    named = "Harrowmere replaced the lost trams in 1953."
    prose = f"{named} The trams of Harrowmere are green."
    assert "When did Harrowmere replace the lost trams?" in questions(named, prose)


@given(st.text(alphabet="abs .,;0123456789TheWhenisaresince'\"", max_size=80))
def test_any_text_has_templates_whose_questions_are_one_line_and_end_as_questions(text):
    for question in questions(text):
        assert question.endswith("?")
        assert "\n" not in question


@given(st.text(alphabet="abs .,;0123456789TheWhenisaresince'\"", max_size=80))
def test_any_text_has_templates_whose_answers_are_part_of_it(text):
    for template in english_templates(text, text):
        assert template.answer[1:].removesuffix(".") in text
