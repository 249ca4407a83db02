import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import OptionError
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.teacher_options import check_teacher_options, parse_teacher_options


def test_each_option_is_a_name_and_a_value_in_json():
    assert parse_teacher_options(
        ["enable_thinking=false", "num_ctx=8192", 'reasoning_effort="low"', 'x={"a": ["=", null]}']
    ) == {
        "enable_thinking": False,
        "num_ctx": 8192,
        "reasoning_effort": "low",
        "x": {"a": ["=", None]},
    }
    assert parse_teacher_options([]) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reasoning_effort=low", """as reasoning_effort='"low"'"""),
        ("enable_thinking=False", "true, false"),
        ("num_ctx=", "takes a value in JSON"),
        ("num_ctx={8", "takes a value in JSON"),
        ("num_ctx=NaN", "takes a value in JSON"),
        ("num_ctx=-Infinity", "takes a value in JSON"),
        ("x=" + "[" * 100_000, "takes a value in JSON"),
        ("{x}=low", "takes a value in JSON"),
        ("num_ctx", "takes a name, = and a value in JSON"),
        ("", "takes a name, = and a value in JSON"),
    ],
)
def test_what_has_no_such_form_is_told_with_the_form(text, words):
    with pytest.raises(OptionError) as error:
        parse_teacher_options([text])
    assert words in str(error.value)
    assert len(str(error.value)) < 300


def test_an_option_that_stands_twice_is_told():
    with pytest.raises(OptionError, match="stands there twice"):
        parse_teacher_options(["a=1", "a=2"])


@pytest.mark.parametrize(
    "name",
    [
        *("model", "messages", "stream", "n", "tools", "system", "response_format", "logprobs"),
        *("max_tokens", "max_completion_tokens", "temperature", "top_p", "seed"),
        *("base_url", "url", "endpoint", "proxy", "host", "webhook_url"),
        *("api_key", "apikey", "key_secret", "authorization", "headers", "extra_headers"),
        *("access_token", "password", "extra_body", "api_keys", "API_KEY"),
        *("", "with blank", "1st", "ключ"),
    ],
)
def test_what_the_program_sends_itself_and_addresses_and_secrets_are_refused_by_name(name):
    with pytest.raises(OptionError) as error:
        SynthOptions(teacher_options={name: "the-value"})
    assert repr(name) in str(error.value)
    assert "the-value" not in str(error.value)


def test_an_address_deep_within_is_refused_too():
    with pytest.raises(OptionError, match="'base_url'; it is an address"):
        check_teacher_options({"provider": {"order": [{"base_url": "http://elsewhere"}]}})


@pytest.mark.parametrize(
    "options",
    [
        None,
        {},
        {"enable_thinking": False},
        {"chat_template_kwargs": {"enable_thinking": False, "keyboard": 1}},
        {"provider": {"order": ["a", "b"], "allow_fallbacks": False}},
        {"thinking": {"type": "disabled", "budget_tokens": 0}},
        {"stop": ["x"], "top_k": 5, "min_p": 0.1, "repetition_penalty": 1.1},
        {"options": {"num_ctx": 8192}, "keep_alive": "5m", "max_thinking_tokens": 5},
    ],
)
def test_what_servers_know_is_taken(options):
    check_teacher_options(options)


@pytest.mark.parametrize("options", [7, "x", [], [["a", 1]]])
def test_options_are_an_object(options):
    with pytest.raises(OptionError, match="takes an object"):
        check_teacher_options(options)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"x"])
def test_a_value_that_json_does_not_have_is_refused(value):
    with pytest.raises(OptionError, match="'num_ctx'; it takes a value that JSON has"):
        check_teacher_options({"num_ctx": value})


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)


@given(st.from_regex(r"[a-z]{3,8}_x", fullmatch=True), JSON)
def test_a_value_comes_as_it_was_written(name, value):
    assert parse_teacher_options([f"{name}={json.dumps(value)}"]) == {name: value}
