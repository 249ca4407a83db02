from support.scripted_teacher import HEAD

from dlm_lsp.document.changes import Addition, insert
from dlm_lsp.document.edit import apply_edits
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.parse import parse
from dlm_lsp.document.section import Pair
from dlm_lsp.synth.report import Candidate, Report, Skip, Usage


def test_a_candidate_knows_the_id_that_its_section_will_have():
    doc = parse(HEAD + "Prose.\n")
    candidate = Candidate(Pair("What?", "That\nand this."), doc.sections[0].id, "extraction")
    marker = SynthMarker("t", candidate.strategy, "2026-01-01T00:00:00Z", candidate.source_id)
    after = parse(apply_edits(doc.text, insert(doc, [Addition(candidate.pair, marker)])))
    assert [section.id for section in after.sections] == [doc.sections[0].id, candidate.id]


def test_failed_requests_are_told_from_replies_of_no_use():
    skipped = tuple(
        Skip("a" * 16, "extraction", reason, "")
        for reason in ("request_failed", "invalid_output", "request_failed")
    )
    report = Report("none", 0, 0, 0, 0, (), (), skipped, Usage())
    assert report.failed_requests == 2
