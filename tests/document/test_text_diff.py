from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document import Edit, Span, apply_edits
from dlm_lsp.document.text_diff import diff_edit

_texts = st.text(alphabet="ab\n", max_size=12)


def test_only_what_differs_is_replaced():
    assert diff_edit("one two three", "one 2 three") == Edit(Span(4, 7), "2")


def test_what_is_put_between_equal_letters_is_put_once():
    assert diff_edit("aa", "aaa") == Edit(Span(2, 2), "a")


def test_there_is_no_edit_between_equal_texts():
    assert diff_edit("a", "a") is None


@given(_texts, _texts)
def test_the_edit_always_makes_the_one_text_of_the_other(old, new):
    edit = diff_edit(old, new)
    assert apply_edits(old, [edit] if edit else []) == new
