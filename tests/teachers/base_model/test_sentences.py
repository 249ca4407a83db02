"""Sentence splitting: the sentences of a passage that can stand alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.base_model.sentences import has_bare_subject, split_sentences, stands_alone


def test_prose_is_cut_behind_its_sentences():
    prose = "The mill has two wheels. Does it turn? It does!\n\nThe saw is new."
    assert split_sentences(prose) == ("The mill has two wheels.", "It does!", "The saw is new.")


def test_headings_code_tables_and_images_are_no_sentences():
    prose = (
        "# The mill\n\n```\nprint('A line. Another.')\n```\n\n| a | b |\n"
        "![a wheel](wheel.png)\n\nThe mill is old."
    )
    assert split_sentences(prose) == ("The mill is old.",)


def test_a_sentence_may_run_over_lines():
    assert split_sentences("The mill\nis very\nold.") == ("The mill is very old.",)


def test_list_items_are_cut_apart():
    prose = "- The wheel is made of oak.\n- The saw is made of steel."
    assert split_sentences(prose) == ("The wheel is made of oak.", "The saw is made of steel.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The wheel was built by J. Smith of Ashford.",
        "The mill belongs to Dr. Amrit Vale.",
        "The wheel measures 3.5 metres.",
        "Das Rad misst ca. Drei Meter.",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(sentence):
    assert split_sentences(sentence) == (sentence,)


def test_a_single_letter_can_end_a_sentence():
    prose = "The result is the transpose of X. The name stands for matrix."
    assert len(split_sentences(prose)) == 2


def test_chinese_sentences_need_no_blank_between_them():
    assert split_sentences("水车很旧。锯子是新的。") == ("水车很旧。", "锯子是新的。")


@given(st.text())
def test_every_sentence_ends_as_sentences_do(prose):
    assert all(sentence[-1] in ".!。！" for sentence in split_sentences(prose))


@pytest.mark.parametrize(
    "sentence",
    [
        "It was built in the year 1790.",
        "This wheel drives the old saw.",
        "Most of the millers avoid it on Sundays.",
        "However, the wheel is rarely used today.",
        "Er baute das Rad im Jahr 1790.",
        "Elle a construit la roue en 1790.",
        "The wheel turns.",
    ],
)
def test_a_sentence_that_needs_another_or_says_too_little_does_not_stand_alone(sentence):
    assert not stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The first wheel of the mill was built in 1790.",
        "A wheel rots when dry, so it is kept wet.",
        "Das erste Rad der Mühle stammt aus dem Jahr 1790.",
    ],
)
def test_a_sentence_that_names_what_it_is_about_stands_alone(sentence):
    assert stands_alone(sentence)


def test_a_sentence_leans_where_a_reader_cannot_know_which_thing_is_meant():
    assert has_bare_subject("The wheel drives a saw in the yard.")
    assert has_bare_subject("The notes are kept in a text file.")
    assert has_bare_subject("The first number is the width of the tyre.")
    assert not has_bare_subject("The wheel of the mill drives a saw.")
    assert not has_bare_subject("The water wheel drives a saw.")
