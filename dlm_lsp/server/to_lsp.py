"""LSP encoding: from our values to those of the protocol, what every keystroke needs."""

from collections.abc import Iterable

from lsprotocol import types

from dlm_lsp.document import Edit, Span
from dlm_lsp.document.lines import without_last_break
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel
from dlm_lsp.server.documentation import diagnostics_page
from dlm_lsp.server.positions import PositionMap

SOURCE = "dlm"
"""The name that the server has beside a diagnostic."""

_LEVELS = {
    DiagnosticLevel.ERROR: types.DiagnosticSeverity.Error,
    DiagnosticLevel.WARNING: types.DiagnosticSeverity.Warning,
    DiagnosticLevel.INFORMATION: types.DiagnosticSeverity.Information,
    DiagnosticLevel.HINT: types.DiagnosticSeverity.Hint,
}


def encode_diagnostic(
    diagnostic: Diagnostic, positions: PositionMap, uri: str, *, with_related: bool
) -> types.Diagnostic:
    """Return a diagnostic of the protocol; its section stands in `data`."""
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri, positions.range(origin.span)), origin.message
        )
        for origin in diagnostic.related
    ]
    page = diagnostics_page()
    description = types.CodeDescription(href=f"{page}#{diagnostic.code}") if page else None
    return types.Diagnostic(
        range=positions.range(diagnostic.span),
        message=diagnostic.message,
        severity=_LEVELS[diagnostic.level],
        code=diagnostic.code,
        code_description=description,
        source=SOURCE,
        related_information=related if with_related and related else None,
        data={"section": diagnostic.section_id} if diagnostic.section_id else None,
    )


def encode_text_edits(edits: Iterable[Edit], positions: PositionMap) -> list[types.TextEdit]:
    """Return edits of a text as the client makes them.

    One that takes the place of a text with a lone CR ends behind the last line, however it counts.
    """
    incremental, wanted = positions.incremental, list(edits)
    if incremental.lone_crs and [edit.span for edit in wanted] == [Span(0, incremental.length)]:
        end = types.Position(incremental.lines[-1] + 1, 0)
        return [types.TextEdit(types.Range(types.Position(0, 0), end), wanted[0].text)]
    return [
        types.TextEdit(positions.range(edit.span), edit.text)
        for edit in _before_last_break(wanted, incremental.text)
    ]


def _before_last_break(edits: list[Edit], text: str) -> list[Edit]:
    """Return edits that make the same text, with none that adds lines behind the last one.

    Neovim 0.11 leaves a blank line behind lines that are put there (neovim/neovim#40133).
    """
    end = len(text)
    before = without_last_break(text, 0, end)
    last_break = text[before:]
    touched = any(edit.span.start < end and edit.span.end >= before for edit in edits)
    at_end = [edit for edit in edits if edit.span.start == end]
    # Where one of them has to stay at the end, so do the others: their order counts.
    if touched or not all(edit.text.endswith(last_break) for edit in at_end):
        return edits
    return [
        Edit(Span(before, before), last_break + edit.text.removesuffix(last_break))
        if edit.span.start == end
        else edit
        for edit in edits
    ]
