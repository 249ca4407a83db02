import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.request_fallback import RequestShape, next_shape

DROPPABLE = ("prompt_cache_key", "seed", "top_p", "temperature", "max_completion_tokens")


def after(words: str, shape: RequestShape = RequestShape()) -> RequestShape | None:  # noqa: B008 - frozen
    return next_shape(shape, words, formats=3, droppable=DROPPABLE)


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
        "",
        "temperature must be between 0 and 2",
        "This model's maximum context length is 400 tokens",
        "'max_completion_tokens' is too large: 512",
        "Your credit balance is too low",
    ],
)
def test_any_other_refusal_changes_nothing(words):
    assert after(words) is None


@given(st.lists(st.text(), max_size=20))
def test_refusals_always_run_out(words):
    shape: RequestShape | None = RequestShape()
    steps = 0
    everything = " ".join([*words, "response_format not supported", *DROPPABLE])
    while shape is not None:
        shape = after(everything, shape)
        steps += 1
    assert steps <= 3 + len(DROPPABLE)
