"""From our values to those of the protocol: what every keystroke needs."""

import pytest
from lsprotocol import types

from dlm_lsp.document import Edit, Span
from dlm_lsp.document.pieces import Pieces
from dlm_lsp.ide.findings import Finding, Level, Related
from dlm_lsp.server import encode
from dlm_lsp.server.documentation import diagnostics_page
from dlm_lsp.server.positions import Places

URI = "file:///notes/towns.dlm"
TEXT = "🙂 one\ntwo\nthree\n"


def places(text: str = TEXT, encoding: str = "utf-16") -> Places:
    return Places(Pieces.of(text), encoding)


def span_of(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def range_(*numbers: int) -> types.Range:
    return types.Range(types.Position(*numbers[:2]), types.Position(*numbers[2:]))


def finding(level: Level = Level.WARNING, **more: object) -> Finding:
    return Finding("near-duplicate", level, span_of("one"), "says the same", **more)


def diagnostic(one: Finding, *, with_related: bool = True) -> types.Diagnostic:
    return encode.diagnostic(one, places(), URI, with_related=with_related)


def test_a_finding_is_a_diagnostic_of_ours_at_its_place():
    found = diagnostic(finding())
    assert found.range == range_(0, 3, 0, 6)
    assert (found.code, found.message) == ("near-duplicate", "says the same")
    assert found.source == "dlm"
    assert (found.related_information, found.data) == (None, None)


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (Level.ERROR, types.DiagnosticSeverity.Error),
        (Level.WARNING, types.DiagnosticSeverity.Warning),
        (Level.INFORMATION, types.DiagnosticSeverity.Information),
        (Level.HINT, types.DiagnosticSeverity.Hint),
    ],
)
def test_how_loud_a_finding_is_is_the_severity(level, severity):
    assert diagnostic(finding(level)).severity == severity


def test_the_code_leads_to_its_paragraph():
    about = diagnostic(finding()).code_description
    assert about.href == f"{diagnostics_page()}#near-duplicate"


def test_where_the_page_was_not_installed_the_code_leads_nowhere(monkeypatch):
    monkeypatch.setattr(encode, "diagnostics_page", lambda: None)
    assert diagnostic(finding()).code_description is None


def test_related_places_are_told_to_a_client_that_knows_them():
    one = finding(related=(Related(span_of("two"), "the other pair"),))
    (told,) = diagnostic(one).related_information
    assert told.message == "the other pair"
    assert told.location == types.Location(URI, range_(1, 0, 1, 3))
    assert diagnostic(one, with_related=False).related_information is None


def test_a_finding_about_a_section_carries_its_id():
    assert diagnostic(finding(section_id="0123")).data == {"section": "0123"}


def test_edits_are_made_at_the_places_that_the_client_counts():
    edits = [Edit(span_of("one"), "1"), Edit(Span(6, 6), "new\n")]
    assert encode.text_edits(edits, places()) == [
        types.TextEdit(range_(0, 3, 0, 6), "1"),
        types.TextEdit(range_(1, 0, 1, 0), "new\n"),
    ]
    assert encode.text_edits(edits[:1], places(encoding="utf-8")) == [
        types.TextEdit(range_(0, 5, 0, 8), "1")
    ]
