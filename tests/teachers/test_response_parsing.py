import pytest
from hypothesis import given
from support.odd_json import values

from dlm_lsp.teachers.response_parsing import (
    completion_error,
    decoded_answer,
    member,
    message_reasoning,
    message_text,
    token_count,
)


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
        ([{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "fine"}], "fine"),
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


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_what_a_server_took_for_thoughts_is_read_beside_the_content(name):
    assert message_reasoning({name: "hm"}) == "hm"
    assert message_reasoning({name: None}) == ""


def test_an_error_that_came_as_a_completion_or_in_its_choice_is_found():
    error = {"code": 502, "message": "no"}
    assert completion_error({"error": error}, {}) == error
    assert completion_error({}, {"error": error}) == error
    assert completion_error({}, {"finish_reason": "error"}) is not None
    assert completion_error({}, {"finish_reason": "stop", "error": None}) is None


def test_json_is_read_also_where_the_server_calls_it_text():
    assert decoded_answer('{"choices": []}') == {"choices": []}
    assert decoded_answer("data: {}") == "data: {}"
    assert decoded_answer({"choices": []}) == {"choices": []}


@given(values)
def test_anything_is_read_as_what_it_is_or_not_at_all(value):
    assert isinstance(message_text(value), str | None)
    assert isinstance(token_count(value), int | None)
    assert isinstance(message_reasoning(value), str)
    assert member(value, "") == (value.get("") if isinstance(value, dict) else None)
