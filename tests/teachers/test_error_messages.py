import anthropic
import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.error_messages import OutOfTimeError, error_message, redact, server_message

REQUEST = httpx2.Request("POST", "http://u:hunter2@host/v1?key=hunter2")


def line(error: Exception, sdk=openai) -> str:
    return error_message(
        error,
        sdk,
        server="https://api.example/v1",
        key="EXAMPLE_KEY",
        timeout=7.5,
        secrets={"hunter2"},
    )


def status(code: int, body: object, sdk=openai) -> Exception:
    response = httpx2.Response(code, request=REQUEST)
    return sdk.APIStatusError("Error code", response=response, body=body)


@pytest.mark.parametrize("sdk", [openai, anthropic])
@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (302, "redirects (302); name the address"),
        (400, "refused the request (400): too long; change"),
        (401, "refused the key (401); check EXAMPLE_KEY"),
        (403, "what the key in EXAMPLE_KEY may do"),
        (404, "does not know the model or the address (404): too long; check both"),
        (429, "limits the rate or the budget (429): too long; run again later"),
        (503, "failed (503): too long; run the command again"),
    ],
)
def test_each_status_has_its_remedy(sdk, code, remedy):
    assert remedy in line(status(code, {"error": {"message": "too long."}}, sdk), sdk)


def test_the_words_of_a_refused_key_are_left_out_for_they_repeat_parts_of_it():
    assert "sk-ab" not in line(status(401, {"message": "Incorrect API key: sk-ab***"}))


def test_a_timeout_tells_how_long_it_was():
    assert "gave no answer in 7.5 s" in line(openai.APITimeoutError(request=REQUEST))


def test_a_server_that_lets_us_wait_without_end_is_told_apart():
    assert line(OutOfTimeError(None)).endswith("gave no answer in 7.5 s; allow more time")
    crowded = line(OutOfTimeError(None, crowded=True))
    assert crowded.endswith("allow more time or a lower concurrency")
    assert "lets us wait too long (429); run again later" in line(OutOfTimeError(429))


def test_an_error_body_of_any_depth_gives_one_line():
    body: object = "x"
    for _ in range(50_000):
        body = {"error": body}
    assert "\n" not in line(status(400, body))


def test_an_unreachable_server_tells_the_cause():
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = httpx2.ConnectError("Name or service not known")
    assert line(error).startswith("cannot reach https://api.example/v1: Name or service not known;")


def test_a_connection_that_never_comes_about_is_an_unreachable_server_too():
    error = openai.APITimeoutError(request=REQUEST)
    error.__cause__ = httpx2.ConnectTimeout("")
    assert line(error).startswith("cannot reach https://api.example/v1: no connection in time;")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, ""),
        ({}, ""),
        ({"error": {"message": "too\nlong", "type": "x"}}, "too long"),
        ({"message": "no", "param": "seed"}, "seed: no"),
        ({"message": "seed: no", "param": "seed"}, "seed: no"),
        ({"error": "plain"}, "plain"),
        ("plain text", "plain text"),
        ("<html><body>502</body></html>", ""),
        (
            {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs", "input": "the prose"}]},
            "body.seed: Extra inputs",
        ),
        ({"detail": [{"loc": 5, "msg": "no\nway"}, 5, {"loc": [[]], "msg": ["x"]}]}, "5: no way"),
        ({"message": "no", "param": "a\nb"}, "a b: no"),
        ({"message": ["x"], "param": "seed"}, "seed:"),
    ],
)
def test_what_a_server_said_is_found_in_every_shape_of_error_body(body, words):
    assert server_message(body) == words


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["error", "detail", "message", "param", "loc", "msg"]), inner
        )
    ),
)


@given(json_values)
def test_any_error_body_gives_one_line(body):
    assert "\n" not in line(status(400, body))


def test_words_with_a_secret_in_them_are_dropped_and_long_ones_cut():
    assert redact("the key hunter2 is bad", {"hunter2"}) == ""
    assert redact("fine", {"hunter2"}) == "fine"
    assert len(redact("x" * 5000, set())) < 300


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"error": {"code": 400, "message": "no such field"}}], "no such field"),
        ({"error": {"message": "Provider", "metadata": {"raw": "no seed"}}}, "Provider: no seed"),
        ({"error": {"message": "Provider", "metadata": {"raw": 3}}}, "Provider"),
        ({"error": {"message": "Provider", "metadata": "raw"}}, "Provider"),
        ("<400> InvalidParameter: too many", "<400> InvalidParameter: too many"),
        ("<!DOCTYPE html><p>Bad Gateway", ""),
        ([{"error": 1}, {"error": 2}], ""),
    ],
)
def test_the_words_are_found_where_providers_put_them(body, words):
    assert server_message(body) == words
