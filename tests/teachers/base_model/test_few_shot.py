"""Few-shot prompts: the language of prose, and the examples in it."""

import pytest

from dlm_lsp.teachers.base_model.few_shot import (
    ENGLISH,
    FRENCH,
    GERMAN,
    LANGUAGES,
    SPANISH,
    few_shot_language,
)


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("The mill of Ashford has two wheels and is driven by the river.", ENGLISH),
        ("Die Mühle von Ashford hat zwei Räder und wird von dem Fluss getrieben.", GERMAN),
        ("Le moulin d'Ashford est dans la vallée et a une roue en bois.", FRENCH),
        ("El molino de Ashford es viejo y está en la orilla del río.", SPANISH),
    ],
)
def test_a_language_is_known_by_its_small_words(prose, expected):
    assert few_shot_language(prose) is expected


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "12 34",
        "水车很旧。",
        "Myllyssä kaksi ratasta pyörii.",
        "Il mulino di Ashford è vecchio e si trova nella valle con la sua ruota.",
        "De molen van Ashford is oud en staat in de vallei aan de rivier.",
    ],
)
def test_a_language_that_is_not_known_is_none(prose):
    assert few_shot_language(prose) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_a_language_are_in_that_language(language):
    assert few_shot_language(language.examples) is language


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_statement_has_one_question(language):
    lines = language.examples.split("\n")
    assert [line.partition(":")[0] for line in lines if line] == [
        "Statement",
        "Question",
    ] * (len([line for line in lines if line]) // 2)
