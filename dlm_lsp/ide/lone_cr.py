"""Lone carriage returns: where editors count lines differently, and so no edit is safe."""

from dlm_lsp.document import Edit, Fix, Span
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.lines import LONE_CR, without_lone_crs
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel


def lone_cr(incremental: IncrementalDocument, index: int) -> Diagnostic:
    """Return what is marked in the first part of a text, at `index`, that has a lone CR.

    Its fix is the one edit that takes the place of a whole text: the end of a text is the only
    place that all editors find.
    """
    match = LONE_CR.search(incremental.parts[index].text)
    at = incremental.offsets[index] + (match.start() if match else 0)
    count = incremental.lone_crs
    message = (
        "a carriage return without a line feed: editors count lines differently from here on, and "
        "so nothing is written into this document"
    )
    if count > 1:
        message += f" ({count:,} in all)"
    text = incremental.text
    edit = Edit(Span(0, len(text)), without_lone_crs(text))
    title = "Replace every lone carriage return with a line break"
    return Diagnostic(
        "lone-cr", DiagnosticLevel.WARNING, Span(at, at + 1), message, Fix(title, (edit,))
    )
