import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.yaml_tree import MAX_CHARACTERS, read_yaml_tree


def at(text: str, *path: str | int) -> str:
    """The words that the value under `path` has in `text`."""
    tree, _ = read_yaml_tree(text)
    for part in path:
        tree = tree.items[part] if isinstance(part, int) else tree.entries[part].tree
    return text[slice(*tree.span)]


def problems(text: str) -> list[tuple[str, str]]:
    return [(p.code, text[slice(*p.span)]) for p in read_yaml_tree(text)[1]]


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("a: 1\nb: two words  # remark\n", ["b"], "two words"),
        ("a: 'it''s'\n", ["a"], "'it''s'"),
        ("a: |\n  x\n  y\n\nb: 1\n", ["a"], "|\n  x\n  y"),
        ("a:\n  b: {c: [1, 2]}\n", ["a", "b", "c", 1], "2"),
        ("a:\n  b: 1\n  c: 2\nd: 3\n", ["a"], "b: 1\n  c: 2"),
        ("a: &x [1]\nb: *x\n", ["b"], "&x [1]"),
        ("a:\r\n  b: 1\r\nc: 2", ["c"], "2"),
        ("a:\r  b: 1\rc: 2", ["c"], "2"),
        ("😀: 'x\u2028 y'\nb: é\x85\nc: 3\n", ["c"], "3"),
        ("a:\nb: 1\n", ["a"], ""),
    ],
)
def test_every_value_knows_its_own_words(text, path, words):
    assert at(text, *path) == words


def test_keys_know_their_words_too():
    text = "a:\n  'b c' : 1\n"
    tree, _ = read_yaml_tree(text)
    assert text[slice(*tree.entries["a"].tree.entries["b c"].key)] == "'b c'"


def test_values_are_what_yaml_makes_of_them():
    tree, problems = read_yaml_tree(
        "a: yes\nb: 1_0\nc: 2e-4\nd: 2024-01-31\ne: ~\nf: 0x10\ng: '1'\n"
    )
    assert problems == []
    assert list(tree.value.values()) == [
        True,
        10,
        "2e-4",
        datetime.date(2024, 1, 31),
        None,
        16,
        "1",
    ]


def test_nothing_and_a_remark_are_no_tree():
    assert read_yaml_tree("") == read_yaml_tree("# only a remark\n") == (None, [])


def test_of_a_repeated_key_the_last_counts_and_the_first_is_named():
    tree, [problem, again] = read_yaml_tree("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert tree.value == {"a": 3, "b": {"c": 2}}
    assert "line 4" in problem.message
    assert "line 2" in again.message


def test_merged_keys_give_way_to_own_ones_and_to_earlier_mappings():
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  a: 3\n  <<: [*x, *y]\n"
    tree, problems = read_yaml_tree(text)
    assert (tree.value["z"], problems) == ({"a": 3, "b": 1, "c": 2}, [])
    assert at(text, "z", "c") == "2"


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("a: b: c\n", ": c", "a `:` inside a value"),
        ("a: 'b\nc: d\n", "'b", "never closed"),
        ("a: [b, c\nd: e\n", "[b, c", "without its closing `]`"),
        ("a: {b: c\n", "{b: c", "without its closing `}`"),
        ("a: 1\nb\nc: 2\n", "b", "without a colon"),
        ("a:\n\tb: 1\n", "\tb: 1", "a tab"),
        ("a: @b\n", "@b", "cannot begin with `@`"),
        ("a: 1\n b: 2\n", ": 2", "indentation"),
        ("a:\n  b: 1\n c: 2\n", "c: 2", "line up"),
        ("a: *b\n", "*b", "`*b` is the name of nothing"),
        ("a: &x 1\nb: &x 2\n", "&x 2", "anchor of another value"),
        ("a: !!python/name:os.system x\n", "!!python/name:os.system x", "`python/name:os.system`"),
        ("a: !mine x\n", "!mine x", "the tag `!mine`"),
        ("a: 2024-13-45\n", "2024-13-45", "timestamp but is none"),
        ("a: !!int x\n", "!!int x", "int but is none"),
        ("a: 1\n--- \nb: 1\n", "---", "a second document"),
        ("[a]: 1\n", "[a]", "cannot be a key"),
        ("<<: 1\n", "<<", "takes a mapping"),
        ("a: b\x07\n", "\x07", "U+0007"),
        ("a: \ud800\n", "\ud800", "U+D800"),
        ("a: &a [*a]\n", "*a]", "inside what it stands for"),
        ('a: "\\q"\n', 'q"', "not valid YAML"),
        ("a: " + "1:" * 5000 + "1\n", "1:" * 5000 + "1", "more than 4,300"),
    ],
)
def test_what_is_no_yaml_is_said_where_it_is_wrong(text, words, message):
    [problem] = read_yaml_tree(text)[1]
    assert (problem.code, text[slice(*problem.span)]) == ("yaml-syntax", words)
    assert message in problem.message


def test_several_bad_values_are_all_found():
    assert problems("a: 2024-13-45\nb: !x 1\nc: 1\n") == [
        ("yaml-syntax", "2024-13-45"),
        ("yaml-syntax", "!x 1"),
    ]


def bomb(link: str) -> str:
    """Ten anchors, each holding the one before ten times."""
    lines = ["a0: &a0 {x: 1}"]
    for n in range(1, 10):
        many = ", ".join([f"*a{n - 1}"] * 10)
        lines.append(f"a{n}: &a{n} {link.format(many)}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb("[{}]"),
        bomb("{{<<: [{}]}}"),
        bomb("!!omap [x: [{}]]"),
        "a: " + "[" * 3000,
        "a: " + "{a: " * 3000,
        "\n".join(" " * n + f"a{n}:" for n in range(100)),
        "- " * 3000,
        "a: [" + "1, " * 20_000 + "]",
        "a: " + "x" * MAX_CHARACTERS,
    ],
)
def test_what_would_take_too_long_or_too_deep_is_refused(text):
    tree, [problem] = read_yaml_tree(text)
    assert tree is None
    assert problem.code == "yaml-too-large"


def chain(length: int, nesting: int) -> str:
    """Anchors, each holding the one before inside so many lists."""
    opening, closing = "[" * nesting, "]" * nesting
    links = [f"a{n}: &a{n} {opening}*a{n - 1}{closing}" for n in range(1, length)]
    return "\n".join(["a0: &a0 1", *links])


def test_aliases_of_aliases_may_go_deeper_than_the_text():
    tree, problems = read_yaml_tree(chain(length=150, nesting=1))
    assert problems == []
    assert tree.value["a2"] == [[1]]


def test_a_deep_alias_under_a_tag_of_its_own_is_a_problem():
    text = chain(length=20, nesting=60) + "\nb: !!omap [x: *a19]\n"
    assert problems(text) == [("yaml-syntax", "!!omap [x: *a19]")]


@given(st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"%@#?, \n\t\r\ufeff\u2028<=~"))
def test_reading_never_fails_and_every_span_lies_in_the_text(text):
    tree, problems = read_yaml_tree(text)
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    if tree:
        assert 0 <= tree.span.start <= tree.span.end <= len(text)
