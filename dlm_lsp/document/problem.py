"""Problems: faults of a document as values that an editor or a shell can show."""

from dataclasses import dataclass
from enum import StrEnum

from dlm_lsp.document.edit import Edit, Span


class Severity(StrEnum):
    """How bad a problem is: an error stops training, a warning likely is a slip."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out of a problem, as edits against the text it was found in.

    It `is_safe` where nothing else can have been meant, so that nobody need look first.
    """

    title: str
    edits: tuple[Edit, ...]
    is_safe: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, where, and in one line what and what to do."""

    code: str
    severity: Severity
    span: Span
    message: str
    fix: Fix | None = None
