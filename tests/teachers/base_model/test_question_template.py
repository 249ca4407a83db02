"""Question template: its fields, and a part of a sentence as an answer."""

import pytest

from dlm_lsp.teachers.base_model.question_template import as_answer


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        (" in 1919", "In 1919."),
        (", because oak shrinks", "Because oak shrinks."),
        ("The bee warden", "The bee warden."),
        ("`dgemm`, twice", "`dgemm`, twice."),
        ("pH 7", "pH 7."),
    ],
)
def test_an_answer_has_a_capital_and_a_full_stop_unless_its_first_word_has_its_own_form(
    part, answer
):
    assert as_answer(part) == answer
