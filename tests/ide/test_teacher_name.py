"""Teacher names: what a teacher is called where there is little room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.ide.teacher_name import short_teacher_name


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("self", "own adapter"),
        ("openai:gpt-4o", "gpt-4o"),
        ("hf:gemma-3-270m", "gemma-3-270m"),
        ("hf:org/model", "model"),
        ("hf:/home/me/models/tiny/", "tiny"),
        (r"hf:C:\models\tiny", "tiny"),
        ("vllm-server:http://127.0.0.1:8000#towns", "towns"),
        ("vllm-server:http://127.0.0.1:8000/v1#org/towns", "towns"),
        ("vllm-server:https://a.example/v1", "v1"),
        ("vllm-server:https://a.example", "a.example"),
        ("somebody", "somebody"),
        ("hf:", "hf"),
        ("", ""),
    ],
)
def test_a_teacher_is_called_by_its_model(selector, name):
    assert short_teacher_name(selector) == name


@given(st.text())
def test_a_name_is_never_longer_than_what_it_is_short_for_or_empty_without_need(selector):
    name = short_teacher_name(selector)
    assert selector == "self" or len(name) <= len(selector)
    assert bool(name) == bool(selector)
