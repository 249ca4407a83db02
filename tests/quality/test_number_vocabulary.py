from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality import number_vocabulary
from dlm_lsp.quality.number_vocabulary import NumberVocabulary

WORDS = st.sets(st.sampled_from(["two", "twenty", "zwei", "siebzehn", "bridge", "橋", "and"]))


def test_the_words_of_each_language_are_told():
    words = {"two", "zwei", "bridge"}
    assert NumberVocabulary("en").number_words(words) == {"two"}
    assert NumberVocabulary("en", "de").number_words(words) == {"two", "zwei"}


@given(st.lists(WORDS, max_size=5))
def test_what_is_remembered_is_what_is_found_anew(asked):
    remembering = NumberVocabulary("en", "de")
    for words in asked:
        assert remembering.number_words(words) == NumberVocabulary("en", "de").number_words(words)


def test_when_no_more_is_remembered_words_are_still_told(monkeypatch):
    monkeypatch.setattr(number_vocabulary, "_MOST_WORDS", 0)
    vocabulary = NumberVocabulary("en")
    for _ in range(2):
        assert vocabulary.number_words({"two", "bridge"}) == {"two"}
