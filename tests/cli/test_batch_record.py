"""A batch as JSON tells of it."""

from dataclasses import replace

from dlm_lsp.cli.batch_record import record_json
from dlm_lsp.store.batches import new_record


def test_what_is_not_known_yet_is_null_and_requests_are_counted():
    record = new_record("openai:m", "https://api.openai.com", [b"k" * 32] * 3)
    value = record_json(record)
    assert value == {
        "run_id": record.run_id,
        "batch_id": None,
        "teacher": "openai:m",
        "stage": "sending",
        "submitted_at": record.sent_at,
        "expires_at": None,
        "requests": 3,
    }
    assert record_json(replace(record, batch_id="batch_1"))["batch_id"] == "batch_1"
