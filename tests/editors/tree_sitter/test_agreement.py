"""Parser agreement: the sections of the tree are those of our parser, whatever the text is."""

import pytest
from editors.tree_sitter.documents import documents, names
from editors.tree_sitter.grammar import (
    ROOT,
    found_by_parse,
    found_in_tree,
    tree_of,
    yaml_in_tree,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from dlm_lsp.document import parse

EXAMPLES = sorted((ROOT / "examples").glob("*.dlm"))


def assert_agrees(text: str) -> None:
    tree = tree_of(text)
    document = parse(text)
    assert not tree.root_node.has_error, str(tree.root_node)
    assert found_in_tree(text, tree) == found_by_parse(document)
    yaml = yaml_in_tree(text, tree)
    if document.yaml.start < document.yaml.end:
        assert yaml == document.yaml


@settings(max_examples=1000)
@given(documents)
def test_any_text_has_the_sections_that_our_parser_finds(text):
    assert_agrees(text)


@given(st.lists(names, min_size=20, max_size=40))
def test_a_misspelt_type_opens_the_section_that_our_parser_takes_it_for(written):
    assert_agrees("".join(f"::{name}::\ntext\n" for name in written))


def test_the_same_characters_are_blank():
    for code in range(0x3100):
        character = chr(code)
        if character in "\r\n":
            continue
        assert_agrees(
            f"{character}\n"
            f"::instruction::\n{character}### Q{character}\n{character}a\n### A\n{character}\n"
            f'::image{character}path="a"{character}::\n{character}\n'
            f'::instruction::\n<!-- dlm-auto-synth:{character}a="b" -->\n'
        )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_the_sections_that_our_parser_finds(path):
    text = path.read_text("utf-8")
    assert len(found_in_tree(text, tree_of(text))) > 5
    assert_agrees(text)
    assert_agrees(text.replace("\n", "\r\n"))
    assert_agrees(text.replace("\n", "\r"))
