"""Section places: what the sections of a document are called, and on which line they begin."""

from collections.abc import Mapping
from dataclasses import dataclass

from dlm_lsp.document import Document, Section
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.ide.document_symbols import symbol_name
from dlm_lsp.ide.provenance import source_sections
from dlm_lsp.synth.report import WHOLE_DOCUMENT


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """What a section is called, and its line, from 1; None where it is not there as it was."""

    name: str
    line: int | None = None


CHANGED_SECTION = SectionPlace("a section that has changed since")


def section_places(document: Document) -> Mapping[str, SectionPlace]:
    """Return the places of the sections of `document`, by their ids."""
    starts = line_starts(document.text)
    return {
        id_: SectionPlace(symbol_name(section), line_and_column(starts, _first_word(section))[0])
        for id_, section in source_sections(document).items()
    }


def _first_word(section: Section) -> int:
    body = section.source[section.body_start : section.body_end]
    return section.body_start + len(body) - len(body.lstrip())


def place_of(source_id: str, places: Mapping[str, SectionPlace]) -> SectionPlace:
    """Return the place of a source; one that is gone has a name, too."""
    if source_id == WHOLE_DOCUMENT:
        return SectionPlace("the document")
    return places.get(source_id, CHANGED_SECTION)
