"""Document language: text to sections and back. Pure values, no I/O, no clock, no protocol."""

from dlm_lsp.document.changes import (
    Addition,
    Placement,
    insert,
    remove,
    remove_marker,
    replace_pair,
)
from dlm_lsp.document.document import Document
from dlm_lsp.document.duplicate_id import duplicate_id
from dlm_lsp.document.edit import Edit, Span, apply_edits
from dlm_lsp.document.marker import HarvestMarker, Marker, MinedMarker, SynthMarker
from dlm_lsp.document.parse import missing_media, parse
from dlm_lsp.document.problem import Fix, Problem, Severity
from dlm_lsp.document.section import Pair, Section, SectionType, section_id
from dlm_lsp.document.well_formed import PairFault, well_formed

__all__ = [
    "Addition",
    "Document",
    "Edit",
    "Fix",
    "HarvestMarker",
    "Marker",
    "MinedMarker",
    "Pair",
    "PairFault",
    "Placement",
    "Problem",
    "Section",
    "SectionType",
    "Severity",
    "Span",
    "SynthMarker",
    "apply_edits",
    "duplicate_id",
    "insert",
    "missing_media",
    "parse",
    "remove",
    "remove_marker",
    "replace_pair",
    "section_id",
    "well_formed",
]
