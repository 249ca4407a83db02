"""New documents: a text that somebody has already, with a frontmatter on top."""

import re
from dataclasses import dataclass

import yaml

from dlm_lsp.document.edit import apply_edits
from dlm_lsp.document.headings import split_at_headings
from dlm_lsp.document.lines import line_break_of, line_starts, with_line_feeds
from dlm_lsp.document.new_frontmatter import frontmatter_text
from dlm_lsp.document.parse import parse

_OTHER_FRONTMATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """The text of a new document, and the keys of a frontmatter of another kind, left out."""

    text: str
    left_out: tuple[str, ...] = ()


def new_document(
    body: str, dlm_id: str, base_model: str, *, split_headings: bool = False
) -> NewDocument:
    """Return a document of this body; with `split_headings` a section begins at each heading.

    The line breaks of the body stay. A YAML frontmatter that it begins with, as other programs
    have it, is left out, for the format knows no such keys (format §2).
    """
    line_break = line_break_of(body)
    rest, left_out = _without_frontmatter(body.removeprefix("\ufeff"))
    text = frontmatter_text(dlm_id, base_model, line_break) + rest
    if split_headings:
        text = apply_edits(text, split_at_headings(parse(text)))
    return NewDocument(text, left_out)


def _without_frontmatter(body: str) -> tuple[str, tuple[str, ...]]:
    match = _OTHER_FRONTMATTER.match(with_line_feeds(body))
    if match is None:
        return body, ()
    try:
        mapping = yaml.safe_load(match[1])
    except yaml.YAMLError:
        return body, ()
    if not isinstance(mapping, dict):
        return body, ()
    starts = [*line_starts(body), len(body)]
    return body[starts[match[0].count("\n")] :], tuple(map(str, mapping))
