import pytest
from hypothesis import given
from ide.marked import at_cursor
from ide.samples import RICH, anything, words

from dlm_lsp.document import parse
from dlm_lsp.ide.frontmatter_keys import (
    adapter_key,
    adapter_keyed_at,
    adapter_span,
    frontmatter_span,
    key_values,
)


def found(yaml: str) -> list[tuple[tuple[object, ...], str | None, str | None]]:
    """The path, key and value of everything written in `yaml`."""
    document = parse(f"---\n{yaml}---\n")
    return [
        (entry.path, words(document, entry.key), words(document, entry.value))
        for entry in key_values(document)
    ]


def test_keys_and_values_are_found_in_order_and_where_they_stand():
    assert found("base_model: x\ntraining:\n  seed: 7\n") == [
        (("base_model",), "base_model", "x"),
        (("training",), "training", "seed: 7"),
        (("training", "seed"), "seed", "7"),
    ]


def test_items_of_a_list_have_no_key():
    assert found("a:\n  - b\n  - c\n") == [
        (("a",), "a", "- b\n  - c"),
        (("a", 0), None, "b"),
        (("a", 1), None, "c"),
    ]


def test_a_key_without_value_has_an_empty_one():
    assert found("a:\nb: 1\n") == [(("a",), "a", ""), (("b",), "b", "1")]


def test_an_alias_has_an_empty_value_because_it_is_written_elsewhere():
    assert found("a: &x 1\nb: *x\nc: [*x]\n")[1:] == [(("b",), "b", ""), (("c",), "c", "[*x]")]


def test_what_a_merge_key_brings_in_is_not_written_here():
    assert [path for path, *_ in found("a: &x {k: 1}\nb:\n  <<: *x\n  c: 2\n")] == [
        ("a",),
        ("a", "k"),
        ("b",),
        ("b", "c"),
    ]


@pytest.mark.parametrize("yaml", ["", "\n", "# nothing\n", "a: [\n", "plain\n"])
def test_nothing_is_written_in_a_frontmatter_without_keys(yaml):
    assert found(yaml) == []


def test_the_frontmatter_reaches_from_delimiter_to_delimiter():
    document = parse("\ufeff---\r\na: b\r\n---\r\ntext")
    assert words(document, frontmatter_span(document)) == "---\r\na: b\r\n---"


@pytest.mark.parametrize("text", ["", "\ufeff", "text", "---\na: b\n", "\ufeff---\n"])
def test_without_two_delimiters_there_is_no_frontmatter(text):
    assert frontmatter_span(parse(text)) is None


def test_an_empty_frontmatter_is_one():
    assert frontmatter_span(parse("---\n---\n")) == (0, 7)


def test_the_key_of_an_adapter_is_found_by_name():
    document = parse(RICH)
    assert words(document, adapter_key(document, "facts")) == "facts"
    assert adapter_key(document, "seed") is None


@pytest.mark.parametrize(
    ("key", "name"),
    [("to‸ne", "tone"), ("‸tone", "tone"), ("tone‸", "tone"), ("tone: ‸", None)],
)
def test_an_adapter_is_named_at_its_key_only(key, name):
    document, offset = at_cursor(f"---\ntraining:\n  adapters:\n    {key}: {{}}\n---\n")
    assert adapter_keyed_at(document, offset) == name


def test_no_adapter_is_named_in_the_body():
    assert adapter_keyed_at(parse(RICH), len(RICH)) is None


@pytest.mark.parametrize(
    ("fence", "name"),
    [("::instruction#tone::", "tone"), ("::prose::", None), ('::image path="a#b"::', None)],
)
def test_a_fence_names_its_adapter_behind_the_hash(fence, name):
    document = parse(f"{RICH}{fence}\ntext\n")
    assert words(document, adapter_span(document.sections[0])) == name


@given(anything)
def test_keys_and_values_stand_in_the_frontmatter_of_any_text(text):
    document = parse(text)
    for entry in key_values(document):
        assert document.yaml.start <= entry.span.start <= entry.span.end <= document.yaml.end
