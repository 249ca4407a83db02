"""Completion: what can be written at the cursor."""

from collections.abc import Callable, Mapping

from dlm_lsp.document import Document, SectionType
from dlm_lsp.ide.completion_in_body import body_completions
from dlm_lsp.ide.completion_in_frontmatter import frontmatter_completions, frontmatter_lines
from dlm_lsp.ide.completion_item import CompletionItem
from dlm_lsp.ide.key_docs import (
    ATTRIBUTES,
    HEADERS,
    MARKERS,
    SECTION_TYPES,
    describe_key,
    describe_model,
)

__all__ = ["CompletionItem", "completion_documentation", "completions"]


def completions(document: Document, offset: int) -> tuple[CompletionItem, ...]:
    """Return what can be written at `offset`, in the order in which it is best shown."""
    head = frontmatter_lines(document)
    if head.start <= offset < head.end:
        return tuple(frontmatter_completions(document, head, offset))
    return tuple(body_completions(document, offset)) if offset >= head.end else ()


def completion_documentation(kind: str, topic: str) -> str | None:
    """Return the Markdown for a completion with this kind and topic, None where it has none."""
    describe = _DESCRIBE.get(kind)
    return describe(topic) if describe else None


def _describe_section(topic: str) -> str | None:
    return SECTION_TYPES.get(SectionType(topic)) if topic in set(SectionType) else None


def _describe_key(topic: str) -> str | None:
    return describe_key(topic.split("."))


def _looked_up(texts: Mapping[str, str]) -> Callable[[str], str | None]:
    return texts.get


_DESCRIBE: dict[str, Callable[[str], str | None]] = {
    "fence": _describe_section,
    "key": _describe_key,
    "value": _describe_key,
    "model": describe_model,
    "attribute": _looked_up(ATTRIBUTES | MARKERS),
    "header": _looked_up(HEADERS),
}
