import tomllib

import pytest

from dlm_lsp.document.toml_lines import decode_problem, line_of_keys

TEXT = """\
# teacher = "not this one"
[options]
filter = "none"

"teacher" = 1
[ask]
[[ask.examples]]
answer = "a"
[[ask.examples]]
answer = "b"
[teachers]
lab = { selector = "self", window = 1 }
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("options", "filter"), 3),
        (("options", "teacher"), 5),
        (("ask", "examples", 0, "answer"), 8),
        (("ask", "examples", 1, "answer"), 10),
        (("teachers",), 11),
        (("teachers", "lab", "window"), 12),
        (("nowhere",), 1),
    ],
)
def test_a_key_has_the_line_that_it_stands_in(keys, line):
    tomllib.loads(TEXT)
    assert line_of_keys(keys, TEXT) == line


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = ", 2), ("a = 1\nb = [1,\n", 3)])
def test_what_is_no_toml_has_its_line_and_the_words_of_the_parser(text, line):
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(text)
    found, words = decode_problem(error.value, text)
    assert found == line
    assert words
    assert "(at " not in words
