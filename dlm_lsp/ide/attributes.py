"""Line attributes: the `key="value"` parts of a fence or marker line."""

from collections.abc import Iterator
from typing import NamedTuple

from dlm_lsp.document import Span
from dlm_lsp.document.fence import ATTRIBUTE


class MarkerAttribute(NamedTuple):
    """Where an attribute stands, its key, and its value without the quotes."""

    span: Span
    key: Span
    value: Span


def marker_attributes(text: str, line: Span) -> Iterator[MarkerAttribute]:
    """Yield each attribute in `text[line]`, which is one line."""
    for match in ATTRIBUTE.finditer(text, line.start, line.end):
        yield MarkerAttribute(
            Span(match.start(1), match.end()), Span(*match.span(1)), Span(*match.span(2))
        )
