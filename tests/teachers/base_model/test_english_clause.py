"""English clauses: the place of the verb, and the questions that turn it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.base_model.english_clause import (
    EnglishClause,
    first_conjunct,
    head_noun,
    invert,
    may_be_person,
    parse_clause,
    takes_object,
)


@pytest.mark.parametrize(
    ("text", "subject", "verb"),
    [
        ("The old mill is driven by water", "The old mill", "is"),
        ("A wheel of oak lasts for years", "A wheel of oak", "lasts"),
        ("Limpets cling to the rock", "Limpets", "cling"),
        ("The city of Elm bought a mill in 1790", "The city of Elm", "bought"),
        ("Ada Lind built the first wheel", "Ada Lind", "built"),
        ("Parrots rarely learn the names of people", "Parrots", "learn"),
        ("A wheel made of oak has twelve blades", "A wheel made of oak", "has"),
        ("The electric cars of Elm carried bow collectors", "The electric cars of Elm", "carried"),
        ("Two mills rarely agree to the day", "Two mills", "agree"),
        ("Passenger numbers rose by a third", "Passenger numbers", "rose"),
        ("DGEMM belongs to the third level", "DGEMM", "belongs"),
    ],
)
def test_the_verb_and_what_stands_before_it_are_found(text, subject, verb):
    parts = parse_clause(text)
    assert parts
    assert (parts.subject, parts.verb) == (subject, verb)


@pytest.mark.parametrize(
    "text",
    [
        "Steel bolts in a frame of aluminium need grease",
        "Arctic terns that breed in Greenland fly south",
        "The innermost loop, called the kernel, keeps a tile",
        "Bread",
        "",
    ],
)
def test_where_the_words_do_not_tell_there_is_no_verb(text):
    assert parse_clause(text) is None


@given(st.text(alphabet=" .,abeinrst'AS1", max_size=60))
def test_the_parts_of_a_clause_are_always_its_words_in_their_order(text):
    parts = parse_clause(text)
    if parts:
        words = [*parts.subject.split(), *parts.adverb.split(), parts.verb, *parts.rest.split()]
        assert words == text.split()


@pytest.mark.parametrize(
    ("verb", "rest", "forms"),
    [
        ("is", "old", [("is", "")]),
        ("may", "stay", [("may", "")]),
        ("has", "a wheel", [("does", "have")]),
        ("has", "been closed", [("has", "")]),
        ("had", "to stop", [("did", "have")]),
        ("built", "a wheel", [("did", "build")]),
        ("carries", "a plate", [("does", "carry")]),
        ("reaches", "the sea", [("does", "reach")]),
        ("drives", "a saw", [("does", "drive")]),
        ("carried", "a plate", [("did", "carry")]),
        ("planned", "a wheel", [("did", "plan")]),
        ("needed", "oil", [("did", "need"), ("did", "neede")]),
        ("used", "oil", [("did", "use")]),
        ("opened", "it", [("did", "open"), ("did", "opene")]),
        ("cling", "to it", [("do", "cling")]),
        ("need", "oil", [("do", "need")]),
    ],
)
def test_a_question_splits_the_verb(verb, rest, forms):
    assert list(invert(EnglishClause("The mill", "", verb, rest))) == forms


def test_what_a_second_verb_says_is_left_away():
    assert first_conjunct("a tile and keeps it there") == "a tile"
    assert first_conjunct("a tile and keeps the rest") == "a tile"
    assert first_conjunct("the wheel and was sold") == "the wheel"
    assert first_conjunct("and was sold in May") == ""
    assert first_conjunct("milk and honey") == "milk and honey"


def test_a_verb_with_something_to_act_on_takes_an_object():
    assert takes_object(EnglishClause("The mill", "", "grinds", "the corn"))
    assert not takes_object(EnglishClause("The mill", "", "turns", "in winter"))
    assert not takes_object(EnglishClause("The mill", "", "is", "a house"))


@pytest.mark.parametrize(
    ("subject", "noun"),
    [
        ("A sandy soil", "soil"),
        ("The tyre", "tyre"),
        ("Parrots", None),
        ("The wheel of the mill", None),
        ("The engineer Ada Lind", None),
    ],
)
def test_the_head_of_a_subject_is_its_last_noun_where_nothing_is_added_to_it(subject, noun):
    assert head_noun(subject) == noun


def test_names_and_trades_may_be_persons():
    assert may_be_person("Ada Lind")
    assert may_be_person("The old driver")
    assert not may_be_person("The old wheel")
