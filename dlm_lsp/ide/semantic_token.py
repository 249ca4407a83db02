"""What a token is: a piece of one line, and what an editor is to take it for."""

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
    """A piece of one line, its type out of `TYPES`, and its modifiers out of `MODIFIERS`."""

    span: Span
    type: str
    modifiers: tuple[str, ...] = ()
