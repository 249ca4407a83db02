"""Redaction of replies: the secrets of a request, where the answer to it repeats them."""

import json
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.echoed_secrets import redact_reply

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)


@given(KEYS, st.text(max_size=20), st.text(max_size=20), st.integers(0, 2))
def test_no_key_survives_however_often_json_escapes_it(key, before, after, depth):
    text = f"{before}{key}{after}"
    for _ in range(depth):
        text = json.dumps({"answer": text})
    redacted = redact_reply(text, {key}, "")
    for _ in range(2):
        assert key not in redacted
        redacted = redacted.replace('\\"', '"').replace("\\/", "/").replace("\\\\", "\\")


@given(KEYS)
def test_a_key_spelled_by_numbers_does_not_survive(key):
    text = "".join(f"\\u{ord(c):04X}" for c in key)
    assert redact_reply(f'"{text}"', {key}, "") == '"***"'


@given(st.text(), st.sets(KEYS, max_size=3))
def test_a_reply_that_repeats_nothing_stays_as_it_is(text, keys):
    if all(key not in text for key in keys) and "u00" not in text and "\\" not in text:
        assert redact_reply(text, keys, "") == text


def test_a_word_that_happens_to_be_a_key_stays():
    assert redact_reply("An EMPTY set.", {"EMPTY"}, "") == "An EMPTY set."


def test_what_the_prose_says_may_be_answered():
    text = "It was released on 2024-10-21."
    assert redact_reply(text, {"2024-10-21"}, f"Known: {text}") == text


def test_a_longer_secret_goes_whole():
    secrets = {"hunter2hunter2", "ann:hunter2hunter2"}
    assert redact_reply("ann:hunter2hunter2!", secrets, "") == "***!"


def test_a_reply_of_backslashes_is_read_in_linear_time():
    def seconds(length: int) -> float:
        began = process_time()
        redact_reply("\\" * length, {"\\" * 30 + "k"}, "")
        return process_time() - began

    seconds(1000)
    assert seconds(400_000) < 8 * max(seconds(100_000), 0.01)
