import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_index import DuplicateIndex

OSLO = Pair("What is Oslo?", "A city.")


def index_of(*pairs):
    index = DuplicateIndex()
    for pair in pairs:
        index.add(pair)
    return index


def test_the_first_of_several_that_say_the_same_is_found():
    index = index_of(Pair("Why is it so?", "Nobody knows."), OSLO, OSLO)
    assert index.first_duplicate(Pair("What is Oslo", "A city")) == 1


def test_where_none_says_the_same_none_is_found():
    assert index_of(OSLO).first_duplicate(Pair("What is Bergen?", "A city.")) is None


def test_all_that_say_the_same_are_told_in_the_order_they_were_added():
    index = index_of(OSLO, Pair("Why is it so?", "Nobody knows."), OSLO)
    assert [at for at, is_same in index.compare(OSLO) if is_same] == [0, 2]


def test_pairs_can_be_added_and_looked_for_by_turns_however_many_there_are():
    index = DuplicateIndex()
    towns = [Pair(f"What is the town of {name}?", "A city.") for name in "ABCDEFGHIJKLMNOP"]
    for town in towns:
        assert index.first_duplicate(town) is None
        index.add(town)
    assert [index.first_duplicate(town) for town in towns] == list(range(len(towns)))
    assert index.pairs == towns


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the height of mast {}?", "Mast {} is {}0 m high."),
        ("What is the oldest thing in Town{}?", "The church."),
        ("How many people does Town{} have?", "It has {} people and more."),
        ("What does the option `--mark{}` do?", "It makes the lines blue."),
    ],
)
def test_of_many_by_one_template_only_those_with_its_numbers_and_names_are_compared(
    question, answer
):
    pairs = [Pair(question.replace("{}", n), answer.replace("{}", n)) for n in map(str, range(30))]
    index = index_of(*pairs)
    assert [at for pair in pairs for at, _ in index.compare(pair)] == list(range(30))
