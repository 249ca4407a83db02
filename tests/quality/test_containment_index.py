from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.containment_index import ContainmentIndex

NOTHING = frozenset()
WORDS = st.frozensets(st.sampled_from("abcdefg"), max_size=5)


def index_of(*sets):
    index = ContainmentIndex()
    for number, words in enumerate(sets):
        index.add(number, words, NOTHING)
    return index


@given(st.lists(WORDS, max_size=8), WORDS.filter(bool))
def test_all_that_a_set_lies_within_are_told(sets, words):
    expected = {number for number, other in enumerate(sets) if words <= other}
    assert expected <= set(index_of(*sets).supersets(words))


@given(st.lists(WORDS.filter(bool), max_size=8), WORDS)
def test_all_that_lie_within_a_set_are_told(sets, words):
    expected = {number for number, other in enumerate(sets) if other <= words}
    assert expected <= set(index_of(*sets).subsets(words))


@given(st.lists(WORDS, max_size=8), WORDS)
def test_all_that_have_a_word_of_a_set_are_told(sets, words):
    expected = {number for number, other in enumerate(sets) if words & other}
    assert expected == set(index_of(*sets).with_any(words))


def test_what_has_neither_of_its_two_rarest_words_there_is_not_told():
    index = index_of(frozenset("ab"), frozenset("ac"), frozenset("ade"))
    assert list(index.subsets(frozenset("abx"))) == [0]


def test_of_the_words_of_a_set_the_rarest_is_looked_up():
    index = index_of(frozenset("ab"), frozenset("a"), frozenset("ac"))
    assert index.supersets(frozenset("ab")) == [0]


def test_more_words_make_a_set_larger_but_are_not_asked_for():
    index = ContainmentIndex()
    index.add(0, frozenset("a"), frozenset("b"))
    assert list(index.subsets(frozenset("a"))) == [0]
    assert index.supersets(frozenset("b")) == [0]
