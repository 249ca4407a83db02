import pytest

from dlm_lsp.teachers.base_model.sentences import has_bare_subject, stands_alone


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
