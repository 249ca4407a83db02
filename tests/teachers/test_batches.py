"""Provider batches: how requests are divided, and what a file of results holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.anthropic_batches import AnthropicBatches
from dlm_lsp.teachers.batches import BatchLimits, iso_time, result_lines, split_batches
from dlm_lsp.teachers.openai_batches import OpenAiBatches

bodies = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=300), max_size=3))


@given(bodies, st.integers(1, 5), st.integers(1, 2000))
def test_every_request_is_in_one_batch_in_order_and_none_is_over_a_limit(bodies, most, size):
    batches = list(split_batches(bodies, BatchLimits(most, size)))
    assert [body for batch in batches for body in batch] == bodies
    for batch in batches:
        assert 1 <= len(batch) <= most
        # As it is sent: custom ids take at most 64 characters.
        lines = [
            json.dumps({"custom_id": "x" * 64, "method": "POST", "url": "/v1/x", "body": body})
            for body in batch
        ]
        assert len("\n".join(lines).encode()) <= size or len(batch) == 1


def test_the_limits_are_those_of_the_providers():
    assert OpenAiBatches.limits == BatchLimits(50_000, 200_000_000)
    assert AnthropicBatches.limits == BatchLimits(100_000, 256_000_000)


@given(st.binary())
def test_any_file_can_be_read(content):
    assert all(isinstance(line["custom_id"], str) for line in result_lines(content))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n"])
def test_what_is_no_result_is_left_out(end):
    lines = [
        b'{"custom_id": "a"}',
        b"[1]",
        b'{"custom_id": 7}',
        b"{",
        b"\xff",
        b'{"custom_id": "b"}',
    ]
    found = list(result_lines(end.join(lines)))
    assert [line["custom_id"] for line in found] == ["a", "b"]


def test_a_time_is_told_in_utc():
    assert (iso_time(0), iso_time(None)) == ("1970-01-01T00:00:00Z", "")
