import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.split_sentences import split_sentences
from dlm_lsp.synth.raw_pair import RawPair
from dlm_lsp.synth.unused_sentences import unused_sentences

PROSES = (
    "The old mill stands on the river Ash. It was built in 1790 by two brothers. "
    "Its wheel turns only in spring, when the water is high.",
    "Die alte Mühle steht an der Asch. Zwei Brüder haben sie 1790 gebaut. "
    "Das Rad dreht sich nur im Frühling, wenn das Wasser hoch steht.",
    "Le vieux moulin se trouve au bord de l'Orne. Deux frères l'ont construit en 1790. "
    "La roue ne tourne qu'au printemps, quand l'eau est haute.",
    "Старая мельница стоит на реке. Её построили два брата в 1790 году. "
    "Колесо вертится только весной, когда вода высокая.",
    "古い水車は川のそばにある。1790年に二人の兄弟が建てた。水が多い春だけ水車が回る。",
)


def quoting(evidence):
    return RawPair("Why?", "So.", evidence)


@pytest.mark.parametrize("prose", PROSES)
def test_a_sentence_that_is_quoted_is_used_and_the_others_are_not(prose):
    first, second, third = split_sentences(prose)
    assert unused_sentences(prose, [quoting(second)]) == (first, third)
    assert unused_sentences(prose, [quoting(first), quoting(third)]) == (second,)


@pytest.mark.parametrize("prose", PROSES)
def test_a_part_of_a_sentence_uses_it(prose):
    first, second, third = split_sentences(prose)
    assert unused_sentences(prose, [quoting(third[: len(third) // 2])]) == (first, second)


@pytest.mark.parametrize("prose", PROSES)
def test_a_quotation_over_two_sentences_uses_both(prose):
    first, second, third = split_sentences(prose)
    assert unused_sentences(prose, [quoting(f"{first} {second}")]) == (third,)


def test_a_quotation_with_a_slip_or_without_markup_uses_its_sentence():
    prose = "The **old** mill stands on the `Ash`. It was built in 1790 by two brothers."
    pairs = [quoting("The old mill stand on the Ash.")]
    assert unused_sentences(prose, pairs) == ("It was built in 1790 by two brothers.",)


def test_a_pair_without_a_quotation_uses_the_sentence_that_it_tells():
    prose = "The mill was built in 1790. The wheel turns only in spring."
    pairs = [RawPair("When was the mill built?", "It was built in 1790.")]
    assert unused_sentences(prose, pairs) == ("The wheel turns only in spring.",)


def test_a_sentence_of_the_same_build_is_another():
    prose = "The lower gate opens at noon. The upper gate opens at dusk."
    pairs = [quoting("The lower gate opens at noon.")]
    assert unused_sentences(prose, pairs) == ("The upper gate opens at dusk.",)


def test_what_is_too_long_for_a_sentence_is_not_asked_about():
    assert unused_sentences(f"A {'very ' * 200}old mill.", []) == ()


@given(st.text(), st.lists(st.text()))
def test_what_is_unused_are_sentences_of_the_prose_in_their_order(prose, quotes):
    sentences = list(dict.fromkeys(split_sentences(prose)))
    unused = unused_sentences(prose, map(quoting, quotes))
    assert [sentence for sentence in sentences if sentence in unused] == list(unused)
