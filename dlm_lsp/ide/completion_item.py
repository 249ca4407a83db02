"""Completion items: a text to write, and what an editor shows of it."""

from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Span

CompletionItemKind = Literal["fence", "key", "value", "model", "attribute", "header"]


@dataclass(frozen=True, slots=True)
class CompletionItem:
    """A text to put in place of `span`, which is part of one line.

    With `snippet`, `text` holds placeholders such as `$1` and `plain` is the same without them.
    `sort` orders the completions of one place; `topic` is what the documentation is about.
    """

    label: str
    kind: CompletionItemKind
    span: Span
    text: str
    plain: str
    detail: str
    sort: str
    topic: str
    snippet: bool

    @property
    def data(self) -> dict[str, str]:
        """What has to be kept to ask for the documentation later."""
        return {"kind": self.kind, "topic": self.topic}


def completion_item(
    kind: CompletionItemKind,
    label: str,
    span: Span,
    text: str,
    *,
    order: int,
    detail: str = "",
    topic: str = "",
    snippet: str | None = None,
) -> CompletionItem:
    """Return a completion that inserts `text`, or `snippet` where a client knows snippets."""
    return CompletionItem(
        label,
        kind,
        span,
        text if snippet is None else snippet,
        text,
        detail,
        f"{order:04}",
        topic or label,
        snippet is not None,
    )
