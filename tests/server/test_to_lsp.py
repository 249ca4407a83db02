"""LSP encoding: from our values to those of the protocol, what every keystroke needs."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from dlm_lsp.document import Edit, Span, apply_edits
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel, RelatedInformation
from dlm_lsp.server import to_lsp
from dlm_lsp.server.documentation import diagnostics_page
from dlm_lsp.server.positions import PositionMap

URI = "file:///notes/towns.dlm"
TEXT = "🙂 one\ntwo\nthree\n"


def places(text: str = TEXT, encoding: str = "utf-16") -> PositionMap:
    return PositionMap(IncrementalDocument.of(text), encoding)


def span_of(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def range_(*numbers: int) -> types.Range:
    return types.Range(types.Position(*numbers[:2]), types.Position(*numbers[2:]))


def make_diagnostic(level: DiagnosticLevel = DiagnosticLevel.WARNING, **more: object) -> Diagnostic:
    return Diagnostic("near-duplicate", level, span_of("one"), "says the same", **more)


def encoded(origin: Diagnostic, *, with_related: bool = True) -> types.Diagnostic:
    return to_lsp.encode_diagnostic(origin, places(), URI, with_related=with_related)


def test_a_finding_is_a_diagnostic_of_ours_at_its_place():
    found = encoded(make_diagnostic())
    assert found.range == range_(0, 3, 0, 6)
    assert (found.code, found.message) == ("near-duplicate", "says the same")
    assert found.source == "dlm"
    assert (found.related_information, found.data) == (None, None)


@pytest.mark.parametrize("text", ["a\rb", "a\rb\n", "a\rb\r", "\r\n\r"])
@pytest.mark.parametrize("by_line_feeds", [True, False])
def test_an_edit_of_a_whole_text_with_a_lone_cr_ends_behind_it_however_lines_are_counted(
    text, by_line_feeds
):
    whole = Edit(Span(0, len(text)), "new")
    positions = PositionMap(IncrementalDocument.of(text), "utf-16", by_line_feeds)
    (edit,) = to_lsp.encode_text_edits([whole], positions)
    assert edit.range.end.line > len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1
    assert positions.span(edit.range) == Span(0, len(text))


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (DiagnosticLevel.ERROR, types.DiagnosticSeverity.Error),
        (DiagnosticLevel.WARNING, types.DiagnosticSeverity.Warning),
        (DiagnosticLevel.INFORMATION, types.DiagnosticSeverity.Information),
        (DiagnosticLevel.HINT, types.DiagnosticSeverity.Hint),
    ],
)
def test_how_loud_a_finding_is_is_the_severity(level, severity):
    assert encoded(make_diagnostic(level)).severity == severity


def test_the_code_leads_to_its_paragraph():
    about = encoded(make_diagnostic()).code_description
    assert about.href == f"{diagnostics_page()}#near-duplicate"


def test_where_the_page_was_not_installed_the_code_leads_nowhere(monkeypatch):
    monkeypatch.setattr(to_lsp, "diagnostics_page", lambda: None)
    assert encoded(make_diagnostic()).code_description is None


def test_related_places_are_told_to_a_client_that_knows_them():
    origin = make_diagnostic(related=(RelatedInformation(span_of("two"), "the other pair"),))
    (related,) = encoded(origin).related_information
    assert related.message == "the other pair"
    assert related.location == types.Location(URI, range_(1, 0, 1, 3))
    assert encoded(origin, with_related=False).related_information is None


def test_a_finding_about_a_section_carries_its_id():
    assert encoded(make_diagnostic(section_id="0123")).data == {"section": "0123"}


def test_edits_are_made_at_the_places_that_the_client_counts():
    edits = [Edit(span_of("one"), "1"), Edit(Span(6, 6), "new\n")]
    assert to_lsp.encode_text_edits(edits, places()) == [
        types.TextEdit(range_(0, 3, 0, 6), "1"),
        types.TextEdit(range_(1, 0, 1, 0), "new\n"),
    ]
    assert to_lsp.encode_text_edits(edits[:1], places(encoding="utf-8")) == [
        types.TextEdit(range_(0, 5, 0, 8), "1")
    ]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_for_the_end_go_before_the_last_line_break(line_break):
    text, end = f"one{line_break}", 3 + len(line_break)
    edits = [Edit(Span(end, end), f"{words}{line_break}") for words in ("two", "three")]
    assert to_lsp.encode_text_edits(edits, places(text)) == [
        types.TextEdit(range_(0, 3, 0, 3), f"{line_break}two"),
        types.TextEdit(range_(0, 3, 0, 3), f"{line_break}three"),
    ]


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("one", [Edit(Span(3, 3), "\ntwo")]),
        ("one\n", [Edit(Span(4, 4), "two")]),
        ("one\r\n", [Edit(Span(5, 5), "two\n")]),
        ("one\n", [Edit(Span(4, 4), "two"), Edit(Span(4, 4), "\n")]),
        ("one\ntwo\n", [Edit(Span(4, 8), ""), Edit(Span(8, 8), "three\n")]),
        ("one\n", [Edit(Span(3, 3), "!"), Edit(Span(4, 4), "two\n")]),
        ("", [Edit(Span(0, 0), "one\n")]),
    ],
)
def test_an_edit_that_cannot_go_before_the_last_line_break_stays(text, edits):
    assert to_lsp.encode_text_edits(edits, places(text)) == [
        types.TextEdit(places(text).range(edit.span), edit.text) for edit in edits
    ]


@given(st.lists(st.sampled_from(["a", "\n", "\r\n"])), st.data())
def test_the_client_makes_of_edits_the_text_that_they_make(parts, data):
    text = "".join(parts)
    offsets = st.sampled_from([0, *accumulate(map(len, parts))])
    texts = st.text("b\r\n", max_size=3)
    ends = sorted(data.draw(st.lists(offsets, min_size=2, max_size=4)))
    spans = [Span(*ends[:2]), *(Span(at, at) for at in ends[2:]), Span(len(text), len(text))]
    edits = [Edit(span, data.draw(texts)) for span in spans]
    there = places(text)
    made = [
        Edit(there.span(edit.range), edit.new_text)
        for edit in to_lsp.encode_text_edits(edits, there)
    ]
    assert apply_edits(text, made) == apply_edits(text, edits)
