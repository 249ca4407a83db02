"""Incremental trees: after any edits they are what a fresh parse of the new text makes."""

from editors.tree_sitter.documents import documents
from editors.tree_sitter.grammar import tree_of
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Node, Point, Tree

_typed = st.sampled_from(
    ["", "\n", "\r", "\r\n", "::", ":", "`", "```", "```\n", "-", "---", "---\n", "\ufeff", " ",
     "a", "🙂", "#", "### Q\n", "### A", '"', " -->", "::prose::\n", "\n::instruction::\n### Q\n",
     "\u2028", "\x00"]
) | st.text(max_size=5)  # fmt: skip


@settings(max_examples=600)
@given(documents, st.data())
def test_after_any_edits_the_tree_is_that_of_the_new_text(text, data):
    tree = tree_of(text)
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(
            st.integers(start, min(len(text), start + 3)) | st.integers(start, len(text))
        )
        text, tree = edited(text, tree, start, end, data.draw(_typed))
        assert shape(tree) == shape(tree_of(text)), repr(text)


def test_opening_and_closing_a_code_block_far_above_changes_what_is_a_section():
    text = "a\n" + "::prose::\nb\n" * 50
    tree = tree_of(text)
    assert tree.root_node.named_child_count == 51
    text, tree = edited(text, tree, 2, 2, "```\n")
    assert tree.root_node.named_child_count == 1
    text, tree = edited(text, tree, 2, 6, "")
    assert shape(tree) == shape(tree_of(text))


def edited(text: str, tree: Tree, start: int, end: int, typed: str) -> tuple[str, Tree]:
    new = text[:start] + typed + text[end:]
    at, old_end, new_end = (
        (len(prefix.encode()), point(prefix))
        for prefix in (text[:start], text[:end], text[:start] + typed)
    )
    tree.edit(at[0], old_end[0], new_end[0], at[1], old_end[1], new_end[1])
    return new, tree_of(new, tree)


def point(prefix: str) -> Point:
    return Point(prefix.count("\n"), len(prefix.rpartition("\n")[2].encode()))


def shape(tree: Tree) -> list[tuple[object, ...]]:
    """Every node, with the place and the field that it has."""
    found: list[tuple[object, ...]] = []

    def walk(node: Node, field: str | None, depth: int) -> None:
        place = (node.start_byte, node.end_byte, node.start_point, node.end_point)
        found.append((depth, node.type, node.is_named, node.has_error, field, *place))
        for index, child in enumerate(node.children):
            walk(child, node.field_name_for_child(index), depth + 1)

    walk(tree.root_node, None, 0)
    return found
