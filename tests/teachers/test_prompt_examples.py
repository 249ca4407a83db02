"""Few-shot examples: each is what the rules ask for, in each language and by both strategies."""

import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.filters import find_pair_fault
from dlm_lsp.quality.language_id import detect_language
from dlm_lsp.quality.language_names import language_name
from dlm_lsp.quality.topic import name_topic
from dlm_lsp.teachers.prompt_examples import example_in, text_examples

PAIRS = [
    (language, strategy, pair)
    for language, example in text_examples().items()
    for strategy, pairs in example.pairs.items()
    for pair in pairs
]
each_pair = pytest.mark.parametrize(("language", "strategy", "pair"), PAIRS)


def test_there_are_examples_in_the_languages_that_are_measured():
    assert list(text_examples()) == ["en", "de", "fr", "es", "it", "pt", "ru", "ja", "zh"]


@pytest.mark.parametrize("language", text_examples())
def test_a_text_is_in_the_language_that_it_stands_for(language):
    assert detect_language(text_examples()[language].text) == language
    assert language_name(language)


@pytest.mark.parametrize("language", text_examples())
def test_every_language_shows_both_strategies(language):
    pairs = text_examples()[language].pairs
    assert list(pairs) == ["extraction", "expansion"]
    assert [len(shown) for shown in pairs.values()] == [3, 3]


@each_pair
def test_the_evidence_stands_in_the_text_word_for_word(language, strategy, pair):
    assert pair.evidence in text_examples()[language].text


@each_pair
def test_a_pair_passes_the_rules_that_replies_are_read_by(language, strategy, pair):
    prose = text_examples()[language].text
    assert find_pair_fault(Pair(pair.question, pair.answer), prose, strategy, ()) is None


@each_pair
def test_a_question_names_what_it_is_about_as_the_rules_ask(language, strategy, pair):
    prose = text_examples()[language].text
    assert name_topic(pair.question, pair.evidence, prose) == pair.question


@pytest.mark.parametrize("language", ["pl", "ar", "xx", "", None])
def test_a_language_without_an_example_is_shown_the_english_one(language):
    assert example_in(language) == text_examples()["en"]


@pytest.mark.parametrize("language", text_examples())
def test_a_language_with_an_example_is_shown_its_own(language):
    assert example_in(language) is text_examples()[language]
