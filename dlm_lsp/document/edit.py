"""Text edits: a span and the text that takes its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of offsets `[start, end)` into the exact text, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement; an empty span inserts, an empty text removes."""

    span: Span
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with every edit made, all of them computed against `text`.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: e.span):
        if not at <= edit.span.start <= edit.span.end <= len(text):
            raise ValueError(f"edit at {edit.span} overlaps another or leaves the text")
        parts += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    parts.append(text[at:])
    return "".join(parts)
