"""Document links: to media files, files to train on, and the sources of synthesized sections."""

from collections.abc import Iterator
from dataclasses import dataclass

from dlm_lsp.document import Document, Section, Span
from dlm_lsp.ide.attributes import marker_attributes
from dlm_lsp.ide.frontmatter_keys import KeyValue, key_values
from dlm_lsp.ide.provenance import SynthesizedSection, as_synthesized, opening_span, source_sections


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A span that leads to a file, as the document writes its path, or to a place in the text."""

    span: Span
    path: str | None
    target: Span | None
    tooltip: str


def document_links(document: Document) -> Iterator[DocumentLink]:
    """Yield every link in `document`, in order."""
    yield from _training_sources(document)
    sources = source_sections(document)
    for section in document.sections:
        if section.media and section.media.path:
            tooltip = f"Open the {section.type.value} file"
            yield DocumentLink(section.media.path_span, section.media.path, None, tooltip)
        if (synthesized := as_synthesized(section)) and (
            source := sources.get(synthesized.source_id)
        ):
            yield from _to_source(document, synthesized, source)


def _training_sources(document: Document) -> Iterator[DocumentLink]:
    for entry in key_values(document):
        match entry.path, entry.content:
            case ("training", "sources", int(), "path"), str() as path if path:
                span = _without_quotes(document.text, entry)
                if span.start < span.end:
                    yield DocumentLink(span, path, None, "Open what is trained on")


def _to_source(
    document: Document, synthesized: SynthesizedSection, source: Section
) -> Iterator[DocumentLink]:
    for attribute in marker_attributes(document.text, synthesized.line):
        if document.text[slice(*attribute.key)] == "source_section_id":
            tooltip = "Go to the section that this was written about"
            yield DocumentLink(attribute.value, None, opening_span(source), tooltip)


def _without_quotes(text: str, entry: KeyValue) -> Span:
    quoted = text[entry.value.start : entry.value.start + 1] in ("'", '"')
    return Span(entry.value.start + 1, entry.value.end - 1) if quoted else entry.value
