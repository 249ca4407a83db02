import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.synth.lenient_json import as_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'b'}", {"a": "b"}),
        ("{'a': 'it\\'s \"b\"'}", {"a": 'it\'s "b"'}),
        ("{'a': None, 'b': True, 'c': False}", {"a": None, "b": True, "c": False}),
        ('{"a": "he said "b", then "c"."}', {"a": 'he said "b", then "c".'}),
        ('{"a": "b", "c": "d "e" f"}', {"a": "b", "c": 'd "e" f'}),
        ('{"a": ["b "c"", "d"]}', {"a": ['b "c"', "d"]}),
        ("{“a”: “b “c” d”}", {"a": "b “c” d"}),
        ("{„a“: „b“}", {"a": "b"}),
        ("{«a»: «b»}", {"a": "b"}),
        ("{「a」: 「b」}", {"a": "b"}),
        ('{"a"："b"，"c"："d"}', {"a": "b", "c": "d"}),
        ('{"a": "b",}', {"a": "b"}),
        ('{"a": ["b", ], }', {"a": ["b"]}),
        ('{"a": "b" // c\n}', {"a": "b"}),
        ('{"a": /* c */ "b // d"}', {"a": "b // d"}),
        ('{"a": "b", # c\n "d": "#e"}', {"a": "b", "d": "#e"}),
        ('{a: "b", c_d: 1.50}', {"a": "b", "c_d": 1.5}),
        ('{"a": "The set {"b"} is."}', {"a": 'The set {"b"} is.'}),
    ],
)
def test_what_is_meant_as_json_is_read_as_json(text, value):
    assert json.loads(as_json(text)) == value


@pytest.mark.parametrize(
    "text", ["It's \"so\", said 'he'.", "A { brace", "[1] see", "// no comment"]
)
def test_prose_stays_as_it_is(text):
    assert as_json(text) == text


def test_nothing_is_closed_that_was_left_open():
    assert as_json('{"a": "b') == '{"a": "b'


VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.integers(0, 99),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text("ab c", min_size=1), VALUES, min_size=1))
def test_python_is_read_as_it_was_written(value):
    text = json.dumps(value, ensure_ascii=False)
    # A quote within a text that looks like the end of one cannot be told from it.
    if '\\"' not in text and "'" not in text and "\\" not in text:
        assert json.loads(as_json(text.replace('"', "'"))) == value
