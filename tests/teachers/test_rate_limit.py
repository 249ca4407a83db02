import email.utils

import pytest

from dlm_lsp.teachers.rate_limit import RateLimit, is_spent, rate_limit

NOW = 1_800_000_000.0


def error(message, code=None, kind=None, **more):
    return {"error": {"message": message, "type": kind, "code": code, **more}}


SPENT = [
    (
        "openai",
        429,
        error(
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            "insufficient_quota",
        ),
    ),
    ("openrouter", 402, error("Insufficient credits", 402)),
    (
        "openrouter, for this reply",
        402,
        error("This request requires more credits, or fewer max_tokens.", 402),
    ),
    ("openrouter, key", 403, error("Key limit exceeded (total limit)", 403)),
    ("deepseek", 402, error("Insufficient Balance", "invalid_request_error")),
    (
        "anthropic",
        400,
        error(
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & "
            "Billing to upgrade or purchase credits.",
            kind="invalid_request_error",
        ),
    ),
    ("anthropic, later", 402, error("", kind="billing_error")),
    ("moonshot", 429, error("", kind="exceeded_current_quota_error")),
    ("zhipu", 429, error("余额不足或无可用资源包,请充值。", "1113")),
    ("any", 402, None),
]


@pytest.mark.parametrize(
    ("status", "body"), [case[1:] for case in SPENT], ids=[case[0] for case in SPENT]
)
def test_an_account_with_nothing_left_is_known_and_is_no_matter_of_pace(status, body):
    assert is_spent(status, body)
    assert rate_limit(status, {"retry-after": "5"}, body, now=NOW) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, error("Rate limit reached for gpt-5", "rate_limit_exceeded", "requests")),
        # A minute's quota, in the words of a budget.
        (429, error("You exceeded your current quota, please check your plan and billing details")),
        (401, error("Incorrect API key provided", "invalid_api_key")),
        (403, error("Your input was flagged", 403)),
        (500, error("insufficient balance of load")),
        (429, None),
    ],
)
def test_what_may_pass_is_not_taken_for_an_empty_account(status, body):
    assert not is_spent(status, body)


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"retry-after": "45"}, None, 45.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, None, 1.5),
        ({"retry-after": "0.25"}, None, 0.25),
        ({"retry-after": email.utils.formatdate(NOW + 90, usegmt=True)}, None, 90.0),
        ({"retry-after": email.utils.formatdate(NOW - 90, usegmt=True)}, None, 0.0),
        ({"retry-after": "-3"}, None, 0.0),
        ({}, error("Please try again in 4.77s. Need more tokens?"), 4.77),
        ({}, error("Please try again in 120ms."), 0.12),
        ({}, error("Please try again in 7m12s."), 432.0),
        ({}, error("Please try again in 1h2m3.5s."), 3723.5),
        ({}, error("Please retry after 86400 seconds."), 86400.0),
        ({}, error("Please retry in 34.07s."), 34.07),
        ({}, error("Wait for 2 minutes"), 120.0),
        (
            {},
            [
                error(
                    "exhausted",
                    429,
                    details=[{"@type": "x"}, {"retryDelay": "34s"}],
                )
            ],
            34.0,
        ),
        ({"retry-after": "soon"}, error("Slow down"), None),
        ({"retry-after": "inf"}, None, None),
        ({"retry-after": "nan"}, None, None),
        ({}, error("try again after a while"), None),
        ({}, None, None),
    ],
)
def test_the_wait_is_read_from_the_headers_and_else_from_the_body(headers, body, wait):
    for status in (429, 503, 529):
        found = rate_limit(status, headers, body, now=NOW)
        assert found is not None
        assert found == RateLimit(None if wait is None else pytest.approx(wait))


@pytest.mark.parametrize("status", [200, 400, 401, 404, 408, 500, 502])
def test_other_refusals_say_nothing_of_the_pace(status):
    assert rate_limit(status, {"retry-after": "5"}, None, now=NOW) is None


@pytest.mark.parametrize("body", ["", 7, [], [[]], {"error": {"details": [7, {"retryDelay": 3}]}}])
def test_a_body_of_any_form_is_read(body):
    assert rate_limit(429, {}, body, now=NOW) == RateLimit()
