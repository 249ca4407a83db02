"""Lone carriage returns: where editors count lines differently, and so no edit is safe."""

from collections.abc import Iterator

from dlm_lsp.document import Edit, Fix, Span
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.lines import LONE_CR, without_lone_crs
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel


def lone_cr(incremental: IncrementalDocument) -> Iterator[Diagnostic]:
    """Yield what is marked where the first lone CR of a text stands, if there is one.

    Its fix is the one edit that takes the place of a whole text: the end of a text is the only
    place that all editors find.
    """
    count, text = incremental.lone_crs, incremental.text if incremental.lone_crs else ""
    if not (match := LONE_CR.search(text)):
        return
    message = (
        "a carriage return without a line feed: editors count lines differently from here on, and "
        "so nothing is written into this document"
    )
    if count > 1:
        message += f" ({count:,} in all)"
    edit = Edit(Span(0, len(text)), without_lone_crs(text))
    fix = Fix("Replace every lone carriage return with a line break", (edit,))
    yield Diagnostic("lone-cr", DiagnosticLevel.WARNING, Span(*match.span()), message, fix)
