"""JSON objects: those that are whole in a text, also where they stand in a broken one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlm_lsp.synth import json_objects
from dlm_lsp.synth.json_objects import find_objects, locate_objects


def tried_at_every_brace(text):
    """The same, found the slow way."""
    decoder = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def test_the_objects_in_a_broken_one_are_found():
    assert list(find_objects('{"a": [{"b": 1}, {"c": [{}]}, {"d": {"e": 2}')) == [
        {"b": "1"},
        {"c": [{}]},
        {"e": "2"},
    ]


def test_an_object_in_a_string_of_a_broken_one_is_found():
    assert list(find_objects('{"a": "see {"b": 1} and')) == [{"b": "1"}]


def test_objects_that_stand_deeper_than_is_read_do_not_hide_those_beside_them():
    text = '{"a": 1}' + '{"b":[{"c": 2},' * 20_000
    assert {"a": "1"} in (found := list(find_objects(text)))
    assert found.count({"c": "2"}) == 20_000


PARTS = [
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    '"a"',
    '{"a": 1}',
    '{"b": "{',
    "\\",
    " ",
    "\n",
    "1",
    "x",
]


VALUES = st.recursive(
    st.sampled_from([1, "a", "{", '"', "\\", "{}", "é" * 9]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("a{]"), inner),
)
BROKEN = st.builds(
    lambda text, at, size, part: text[:at] + part + text[at + size :],
    st.lists(VALUES, min_size=1).map(json.dumps),
    st.integers(0, 200),
    st.integers(0, 3),
    st.sampled_from([*PARTS, "\\u00e9", "-Infinity", "nul", ""]),
)


@pytest.mark.parametrize("window", [20, 1024])
@settings(max_examples=300)
@given(BROKEN | st.lists(st.sampled_from(PARTS)).map("".join))
def test_the_same_is_found_as_by_trying_every_brace(window, text):
    first, json_objects._FIRST_WINDOW = json_objects._FIRST_WINDOW, window
    try:
        assert list(find_objects(text)) == list(tried_at_every_brace(text))
    finally:
        json_objects._FIRST_WINDOW = first


def test_each_object_is_found_in_its_place():
    text = 'See {"a": 1}, {"b": {"c": "}"}}.'
    assert [text[found.start : found.end] for found in locate_objects(text)] == [
        '{"a": 1}',
        '{"b": {"c": "}"}}',
    ]
