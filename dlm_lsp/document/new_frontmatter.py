"""New frontmatter: what a document needs on top, and the fixes that write what is missing there.

A new id is of the clock and of chance, so in a fix a word stands in its place.
"""

import re
from dataclasses import replace
from functools import cache

import yaml

from dlm_lsp.document.edit import Edit, Span, apply_edits
from dlm_lsp.document.lines import LINE_BREAK
from dlm_lsp.document.problem import Fix, Severity
from dlm_lsp.document.yaml_tree import read_yaml_tree

DEFAULT_BASE_MODEL = "smollm2-135m"
"""The smallest instruct model of the registry: it trains on a laptop."""

_ID_KEY = re.compile(r"(?:\A|[\r\n])[ \t]*dlm_id[ \t]*:")
NEW_ID = "\ue000new-id\ue000"
"""Stands in the edits of a fix for an id that is made when it is applied."""


def frontmatter_text(dlm_id: str, base_model: str, line_break: str = "\n") -> str:
    """Return a frontmatter with a document's id and base model, its last line break included."""
    mapping = yaml.safe_dump(
        {"dlm_id": dlm_id, "dlm_version": 15, "base_model": base_model},
        sort_keys=False,
        allow_unicode=True,
    )
    return f"---\n{mapping}---\n".replace("\n", line_break)


def fill_id(fix: Fix, new_id: str) -> Fix:
    """Return `fix` as it is applied: with an id where it writes a new one."""
    edits = tuple(Edit(edit.span, edit.text.replace(NEW_ID, new_id)) for edit in fix.edits)
    return replace(fix, edits=edits)


def add_frontmatter(text: str, at: int, reach: int) -> Fix | None:
    """Return the fix that puts a frontmatter before what stands at `at`, in its line breaks.

    None where one stands up to `reach` below: a second would take the document's id from it, and
    with that its pairs and its adapter.
    """
    if _ID_KEY.search(text[at : at + reach]):
        return None
    line_break = LINE_BREAK.search(text, at)
    frontmatter = _frontmatter(line_break[0] if line_break else "\n")
    return Fix("Add frontmatter", (Edit(Span(at, at), frontmatter),), is_safe=True)


def insert_id(yaml: str, at: int) -> Fix | None:
    """Return the fix that writes a new `dlm_id` before the key at `at`; None where it cannot."""
    line_break = LINE_BREAK.search(yaml)
    line_start = max(yaml.rfind("\n", 0, at), yaml.rfind("\r", 0, at)) + 1
    line = f"dlm_id: {NEW_ID}{line_break[0] if line_break else chr(10)}{yaml[line_start:at]}"
    return _if_it_reads(yaml, Edit(Span(at, at), line))


def replace_id(yaml: str, span: Span) -> Fix | None:
    """Return the fix that writes a new `dlm_id` for the value at `span`; None where it cannot."""
    before = " " if yaml[: span.start].endswith(":") else ""
    return _if_it_reads(yaml, Edit(span, f"{before}{NEW_ID}"))


def _if_it_reads(yaml: str, edit: Edit) -> Fix | None:
    """Return the fix, if what it makes of the YAML has the id and all other values as before."""
    old, _ = read_yaml_tree(yaml)
    new, problems = read_yaml_tree(apply_edits(yaml, [edit]))
    before = dict(old.value) if old and isinstance(old.value, dict) else {}
    if any(problem.severity is Severity.ERROR for problem in problems):
        return None
    if new is None or new.value != {**before, "dlm_id": NEW_ID}:
        return None
    return Fix("Insert a new id", (edit,), is_safe=True)


@cache
def _frontmatter(line_break: str) -> str:
    return frontmatter_text(NEW_ID, DEFAULT_BASE_MODEL, line_break)
