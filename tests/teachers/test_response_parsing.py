import pytest
from hypothesis import given
from support.odd_json import values

from dlm_lsp.teachers.response_parsing import message_text, token_count


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("fine", "fine"),
        ("", ""),
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": "fi"}, {"type": "text", "text": "ne"}], "fine"),
        ([{"type": "image", "url": "x"}, {"type": "text", "text": "fine"}], "fine"),
        ([{"type": "text", "text": 5}, 5, None], ""),
        ({"pairs": []}, None),
        (5, None),
    ],
)
def test_text_is_a_string_or_the_texts_of_the_parts(content, text):
    assert message_text(content) == text


@pytest.mark.parametrize(
    ("value", "count"),
    [(11, 11), (0, 0), ("11", None), (11.5, None), (True, None), (-1, None), (None, None)],
)
def test_a_count_is_a_whole_number(value, count):
    assert token_count(value) is count


@given(values)
def test_anything_is_read_as_what_it_is_or_not_at_all(value):
    assert isinstance(message_text(value), str | None)
    assert isinstance(token_count(value), int | None)
