"""Semantic tokens: the structure of a document, for an editor to colour; prose stays as it is."""

import re
from collections.abc import Iterable, Iterator

from dlm_lsp.document import Document, Section, Span
from dlm_lsp.ide.attributes import marker_attributes
from dlm_lsp.ide.frontmatter_keys import KeyValue, key_values, names_adapter
from dlm_lsp.ide.lines import line_spans, trimmed
from dlm_lsp.ide.provenance import as_synthesized, sections_in
from dlm_lsp.ide.qa_spans import qa_header_spans
from dlm_lsp.ide.semantic_token import TOKEN_MODIFIERS, SemanticToken

_FENCE = re.compile(r"(::)([^\s#]*?)(?:(#)(\S*?))?(\s.*?)?(::)", re.DOTALL)


def semantic_tokens(document: Document, span: Span | None = None) -> Iterator[SemanticToken]:
    """Yield the tokens of `document`, in order; only those that lie in `span`, if it is given."""
    if span is None:
        span = Span(0, len(document.text))
    if span.start <= document.yaml.end:
        yield from _among(_frontmatter(document), span)
    for section in sections_in(document, span):
        yield from _among(_section(section), span)


def _among(tokens: Iterable[SemanticToken], span: Span) -> Iterator[SemanticToken]:
    return (token for token in _apart(tokens) if _covers(span, token.span))


def _apart(tokens: Iterable[SemanticToken]) -> Iterator[SemanticToken]:
    """Yield the tokens that hold anything and begin behind the one before them."""
    end = 0
    for token in sorted(tokens, key=lambda token: token.span):
        if end <= token.span.start < token.span.end:
            yield token
            end = token.span.end


def _frontmatter(document: Document) -> Iterator[SemanticToken]:
    for entry in key_values(document):
        if entry.key:
            key_type = "decorator" if names_adapter(entry) else "property"
            yield from _on_each_line(document.text, entry.key, key_type)
        if value_type := _scalar_type(entry):
            yield from _on_each_line(document.text, entry.value, value_type)


def _scalar_type(entry: KeyValue) -> str | None:
    match entry.content:
        case dict() | list() | tuple() | set():
            return None
        case bool() | None:
            return "keyword"
        case int() | float():
            return "number"
        case _:
            return "string"


def _on_each_line(text: str, span: Span, type_: str) -> Iterator[SemanticToken]:
    for line in line_spans(text, span):
        yield SemanticToken(trimmed(text, line), type_)


def _section(section: Section) -> Iterator[SemanticToken]:
    modifiers = TOKEN_MODIFIERS if as_synthesized(section) else ()
    yield from _fence(section, modifiers)
    yield from _markers(section)
    for header in qa_header_spans(section):
        yield SemanticToken(header, "class", modifiers)


def _fence(section: Section, modifiers: tuple[str, ...]) -> Iterator[SemanticToken]:
    if section.fence is None:
        return
    match = _FENCE.fullmatch(section.source, *section.fence)
    if match is None:
        return
    types = ("operator", "keyword", "operator", "decorator", None, "operator")
    for group, type_ in enumerate(types, start=1):
        if type_ and match[group]:
            yield SemanticToken(Span(*match.span(group)), type_, modifiers if group == 2 else ())
    if match[5]:
        yield from _attributes(section.source, Span(*match.span(5)))


def _attributes(text: str, line: Span) -> Iterator[SemanticToken]:
    for attribute in marker_attributes(text, line):
        yield SemanticToken(attribute.key, "property")
        # The quotes belong to the string.
        yield SemanticToken(Span(attribute.value.start - 1, attribute.value.end + 1), "string")


def _markers(section: Section) -> Iterator[SemanticToken]:
    above = section.start if section.fence is None else section.fence.end
    for line in line_spans(section.source, Span(above, section.body_start)):
        attributes = list(_attributes(section.source, line))
        first, last = (
            (attributes[0].span.start, attributes[-1].span.end)
            if attributes
            else (line.end, line.end)
        )
        yield SemanticToken(trimmed(section.source, Span(line.start, first)), "comment")
        yield from attributes
        yield SemanticToken(trimmed(section.source, Span(last, line.end)), "comment")


def _covers(span: Span, inner: Span) -> bool:
    return span.start <= inner.start and inner.end <= span.end
