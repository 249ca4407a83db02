from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.request_fallback import (
    LEAST_TEMPERATURE,
    RequestShape,
    blind_shapes,
    is_unexplained,
    next_shape,
)

WORDS = (
    "response_format not supported",
    "max_tokens is at most 999, or 300",
    "System role not supported",
    "only supports stream",
    "temperature must be positive",
    "requested parameters",
)

SENT = ("prompt_cache_key", "seed", "top_p", "temperature", "max_completion_tokens")


def after(words: str, shape: RequestShape = RequestShape(), **wanted) -> RequestShape | None:  # noqa: B008 - frozen
    sent = [name for name in SENT if name not in shape.without]
    return next_shape(shape, words, formats=3, sent=sent, **wanted)


@pytest.mark.parametrize(
    "words",
    [
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported",
        "This response_format type is unavailable now",
        "'response_format.type' must be 'json_schema' or 'text'",
        "Unexpected keys in the request: {'response_format'}",
        "body.response_format: Extra inputs are not permitted",
        "failed to parse grammar",
        "output_config: Extra inputs are not permitted",
        "Failed to generate JSON. Please adjust your prompt.",
        "Json mode is not enabled for models/gemini-pro",
        "The provided JSON schema contains features not supported by xgrammar.",
    ],
)
def test_a_refused_output_format_steps_down_one_format(words):
    assert after(words) == RequestShape(format_index=1)
    assert after(words, RequestShape(format_index=1)) == RequestShape(format_index=2)


def test_below_the_last_format_is_nothing():
    assert after("response_format is not supported", RequestShape(format_index=2)) is None


@pytest.mark.parametrize(
    ("words", "parameter"),
    [
        ("Unsupported value: 'temperature' does not support 0.0 with this model.", "temperature"),
        ("`temperature` is deprecated for this model.", "temperature"),
        ("Unrecognized request argument supplied: max_completion_tokens", "max_completion_tokens"),
        ("seed: Unknown parameter", "seed"),
        ("body.prompt_cache_key: Extra inputs are not permitted", "prompt_cache_key"),
        ("`temperature` and `top_p` cannot both be specified for this model.", "top_p"),
    ],
)
def test_a_refused_parameter_is_left_out(words, parameter):
    assert after(words) == RequestShape(without=frozenset({parameter}))


@pytest.mark.parametrize(
    "words",
    [
        "unknown field `max_completion_tokens`, expected one of `messages`, `seed`, `top_p`",
        "Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' or 'seed' instead.",
    ],
)
def test_what_could_be_sent_instead_is_not_what_was_refused(words):
    assert after(words) == RequestShape(without=frozenset({"max_completion_tokens"}))


@pytest.mark.parametrize(
    "words",
    [
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Error: Jinja Exception: Conversation roles must alternate user/assistant/...",
        "System role not supported",
        "Only user and assistant roles are supported!",
        "Only user, assistant and tool roles are supported, got system.",
        "Developer instruction is not enabled for models/gemma-3-27b-it",
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "This model doesn't support system messages",
        "Unexpected role 'system' after role 'user'",
        "body.messages.0.role: Input should be 'user' or 'assistant'",
        'Error rendering prompt with jinja template: "Cannot call something that is null"',
        "Failed to apply chat template",
    ],
)
def test_a_refused_system_text_goes_into_the_user_turn(words):
    assert after(words) == RequestShape(system_as_user=True)
    assert after(words, RequestShape(system_as_user=True)) is None


@pytest.mark.parametrize(
    "words",
    [
        "Input validation error: `temperature` must be strictly positive",
        "Invalid params: temperature must be in range (0, +inf)",
        "temperature参数非法。请检查文档。",
        "`temperature` (=0.0) has to be a strictly positive float",
    ],
)
def test_a_temperature_of_zero_becomes_a_small_one_and_then_none(words):
    small = RequestShape(temperature=LEAST_TEMPERATURE)
    assert after(words) == small
    assert after(words, small) == replace(small, without=frozenset({"temperature"}))
    assert after(words, temperature=3.0) == (
        RequestShape(without=frozenset({"temperature"})) if "非法" in words else None
    )


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (
            "max_tokens is too large: 6000. This model supports at most 4096 completion tokens, "
            "whereas you provided 6000.",
            4096,
        ),
        ("'max_completion_tokens' is too large: 6000. It supports at most 4,096.", 4096),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 4096]", 4096),
        ("<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1,4096]", 4096),
        (
            "`max_completion_tokens` must be less than or equal to `4096`, the maximum value for "
            "`max_completion_tokens` is less than the `context_window` for this model",
            4096,
        ),
        (
            "max_tokens: 6000 > 4096, which is the maximum allowed number of output tokens for "
            "claude-3-haiku-20240307",
            4096,
        ),
        ("max_new_tokens must be <= 512. Given: 6000", 512),
    ],
)
def test_a_limit_that_is_too_large_is_lowered_to_what_is_supported(words, most):
    assert after(words, max_new_tokens=6000) == RequestShape(most_tokens=most)


@pytest.mark.parametrize(
    "words",
    [
        "'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context "
        "length is 2048 tokens and your request has 1500 input tokens (2000 > 2048 - 1500).",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3500 `inputs` tokens and 1024",
        "max_tokens must be at least 1",
        "This request requires fewer max_tokens. You requested up to 1024, but can only afford 300",
    ],
)
def test_what_is_left_beside_a_prompt_is_no_limit_of_the_server(words):
    assert after(words, max_new_tokens=2000) is None


@pytest.mark.parametrize(
    "words",
    [
        "This model only support stream mode, please enable the stream parameter to access it.",
        "Non-streaming requests are not supported",
        "parameter stream must be true for this model",
        "该模型仅支持流式输出",
    ],
)
def test_a_server_that_only_streams_is_asked_for_a_stream(words):
    assert after(words) == RequestShape(streams=True)


def test_refused_parameters_without_a_name_go_in_the_order_of_what_is_refused_most():
    words = "No endpoints found that can handle the requested parameters."
    plain = RequestShape(format_index=2)
    bare = replace(plain, without=frozenset(SENT) - {"max_completion_tokens"})
    assert after(words) == plain
    assert after(words, plain) == bare
    assert after(words, bare) == replace(plain, without=frozenset(SENT))
    assert after(words, replace(plain, without=frozenset(SENT))) is None


@pytest.mark.parametrize(
    "words",
    [
        "",
        "top_p must be between 0 and 1",
        "This model's maximum context length is 400 tokens",
        "'max_completion_tokens' is too large: 1024",
        "Your credit balance is too low",
        "model 'grammar-7b' not found, try pulling it first",
        "The model `grok` does not exist or you do not have access to it.",
        "No endpoints found matching your data policy",
        "The response was filtered due to the prompt triggering a content management policy",
        "CUDA out of memory",
        "unsupported operand type(s) for +: 'int' and 'NoneType'",
        "unknown system error",
        "upstream is away",
    ],
)
def test_any_other_refusal_changes_nothing(words):
    assert after(words) is None


def test_a_temperature_that_the_user_chose_is_not_left_out_for_its_value():
    assert after("temperature must be between 0 and 2", temperature=3.0) is None


@given(st.lists(st.text() | st.sampled_from(WORDS), max_size=20), st.integers(1, 10**6))
def test_refusals_always_run_out(words, most):
    shape: RequestShape | None = RequestShape()
    steps = 0
    everything = " ".join([*words, *WORDS, *SENT])
    while shape is not None:
        shape = after(everything, shape, max_new_tokens=most)
        steps += 1
    # Beside what can be left out, each number that is named may be tried as the limit.
    assert steps <= 3 + len(SENT) + 4 + len(everything)


@pytest.mark.parametrize(
    "words",
    ["", "Internal Server Error", "internal error.", "Bad Request", "Not Implemented", "error"],
)
def test_an_error_without_a_reason_is_known(words):
    assert is_unexplained(words)


@pytest.mark.parametrize("words", ["out of order", "Internal Server Error: disk full", "no"])
def test_an_error_with_a_reason_is_known(words):
    assert not is_unexplained(words)


def test_the_shapes_to_try_without_a_reason_are_few_and_each_another():
    assert [
        len(blind_shapes(shape, formats=3))
        for shape in (
            RequestShape(),
            RequestShape(system_as_user=True),
            RequestShape(format_index=2),
            RequestShape(format_index=2, system_as_user=True),
        )
    ] == [3, 1, 1, 0]
