import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.server_kinds import events

from dlm_lsp.teachers.event_stream import completion_of_events


def stream(*chunks: object, end: str = "data: [DONE]\n\n") -> str:
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + end


def delta(finish: str | None = None, **parts: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": parts, "finish_reason": finish}]}


def message(body: str) -> dict[str, object]:
    completion = completion_of_events(body)
    assert completion is not None
    return completion["choices"][0]["message"]


@given(st.text(min_size=1), st.integers(1, 9), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_streamed_text_always_comes_together_as_it_was_written(text, size, line_end):
    body = events(text, size=size).decode().replace("\n", line_end)
    completion = completion_of_events(body)
    assert completion is not None
    [choice] = completion["choices"]
    assert choice["message"]["content"] == text
    assert choice["finish_reason"] == "stop"
    assert completion["usage"]["completion_tokens"] == 7


def test_thoughts_and_refusals_are_kept_apart_from_the_content():
    body = stream(
        delta(reasoning_content="hm"), delta(reasoning="so"), delta(content="fine", refusal="no")
    )
    assert message(body) == {
        "role": "assistant",
        "reasoning_content": "hm",
        "reasoning": "so",
        "content": "fine",
        "refusal": "no",
    }


def test_only_the_first_of_several_choices_counts():
    other = {"choices": [{"index": 1, "delta": {"content": "other"}}]}
    assert message(stream(delta(content="fi"), other, delta(content="ne")))["content"] == "fine"


def test_a_whole_message_at_the_end_does_not_repeat_the_pieces():
    whole = {"choices": [{"index": 0, "message": {"content": "fine"}, "finish_reason": "stop"}]}
    assert message(stream(delta(content="fine"), whole))["content"] == "fine"
    assert message(stream(whole))["content"] == "fine"


def test_an_error_among_the_events_is_what_came():
    error = {"error": {"message": "overloaded"}}
    assert completion_of_events(stream(delta(content="fi"), error)) == error


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>hello</html>",
        "data: [DONE]\n\n",
        "data: {broken\n\ndata: [DONE]\n\n",
        'data: {"choices": 3}\n\ndata: [DONE]\n\n',
        stream([1], "text", {"choices": [3]}),
        pytest.param(stream(delta(content="fi"), end=""), id="breaks off"),
    ],
)
def test_what_is_no_whole_stream_is_none(body):
    assert completion_of_events(body) is None


@pytest.mark.parametrize("finish", ["stop", "length"])
def test_a_finish_ends_a_stream_without_an_end_mark(finish):
    completion = completion_of_events(stream(delta(finish, content="fine"), end=""))
    assert completion is not None
    assert completion["choices"][0]["finish_reason"] == finish


@given(st.text())
def test_no_body_makes_it_fail(body):
    completion_of_events(body)
    completion_of_events(f"data: {body}\n\n")
