"""Diagnostic values: what is marked in a document, as an editor shows it."""

from dataclasses import dataclass
from enum import StrEnum

from dlm_lsp.document.edit import Span
from dlm_lsp.document.problem import Fix


class DiagnosticLevel(StrEnum):
    """How loudly a diagnostic is shown."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class RelatedInformation:
    """Another place that a diagnostic speaks of."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mark: a stable code, how loud, where, and in one line what it is.

    `section_id` and `source_id` are set where it is about a synthesized section, which can then be
    kept, removed or asked for again.
    """

    code: str
    level: DiagnosticLevel
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[RelatedInformation, ...] = ()
    section_id: str | None = None
    source_id: str | None = None
