from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document import Edit, Span, apply_edits
from dlm_lsp.document.difference import difference

_texts = st.text(alphabet="ab\n", max_size=12)


def test_only_what_differs_is_replaced():
    assert difference("one two three", "one 2 three") == Edit(Span(4, 7), "2")


def test_what_is_put_between_equal_letters_is_put_once():
    assert difference("aa", "aaa") == Edit(Span(2, 2), "a")


def test_there_is_no_edit_between_equal_texts():
    assert difference("a", "a") is None


@given(_texts, _texts)
def test_the_edit_always_makes_the_one_text_of_the_other(old, new):
    edit = difference(old, new)
    assert apply_edits(old, [edit] if edit else []) == new
