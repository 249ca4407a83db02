"""Duplicate ids: a document whose `dlm_id` another document has too."""

from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import without_last_break
from dlm_lsp.document.new_frontmatter import NEW_ID
from dlm_lsp.document.problem import Fix, Problem, Severity
from dlm_lsp.document.yaml_tree import read_yaml_tree


def duplicate_id(text: str, yaml: Span, other: str) -> Problem | None:
    """Return the problem that `other` has the same id as the document with this frontmatter.

    `yaml` is where that stands in `text`. It is None where there is no id.
    """
    root, _ = read_yaml_tree(text[yaml.start : without_last_break(text, yaml.start, yaml.end)])
    entry = root.entries.get("dlm_id") if root else None
    if entry is None:
        return None
    span = Span(yaml.start + entry.tree.span.start, yaml.start + entry.tree.span.end)
    message = (
        f"`{other}` has this id too, and so both have one store, with one adapter and one plan: "
        "give the copy an id of its own (another last character will do)"
    )
    fix = Fix("Give this document an id of its own", (Edit(span, NEW_ID),))
    return Problem("duplicate-dlm-id", Severity.WARNING, span, message, fix)
