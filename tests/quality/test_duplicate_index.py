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
