"""Semantic token values: a part of one line and its type, and the legend of all types."""

from dataclasses import dataclass

from dlm_lsp.document.edit import Span

TOKEN_TYPES = (
    "class",
    "comment",
    "decorator",
    "keyword",
    "number",
    "operator",
    "property",
    "string",
)
TOKEN_MODIFIERS = ("readonly",)


@dataclass(frozen=True, slots=True)
class SemanticToken:
    """A piece of one line, a type of `TOKEN_TYPES`, and modifiers of `TOKEN_MODIFIERS`."""

    span: Span
    type: str
    modifiers: tuple[str, ...] = ()
