from dataclasses import replace

import pytest
from support.scripted_teacher import document

from dlm_lsp.document import Pair, apply_edits, parse
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.synth.insertion import ledger_entries, plan_insertion, staged_sections
from dlm_lsp.synth.report import Candidate

AT = "2026-01-31T09:30:00Z"


def staged(doc, *answers: str) -> tuple[StagedSection, ...]:
    source = doc.sections[0].id
    accepted = [Candidate(Pair("Why?", answer), source, "extraction") for answer in answers]
    return staged_sections(doc, accepted, "hf:t", AT)


def test_accepted_pairs_become_sections_that_name_their_source():
    doc = document("prose")
    (section,) = staged(doc, "So.")
    assert section.content == "### Q\nWhy?\n### A\nSo."
    assert section.auto_synth
    assert (section.synth_teacher, section.synth_strategy, section.synth_at) == (
        "hf:t",
        "extraction",
        AT,
    )
    assert section.source_section_id == doc.sections[0].id


def test_a_pair_is_routed_to_the_adapter_of_its_source():
    doc = parse(document("").text + "::prose#tone::\nprose\n")
    (section,) = staged(doc, "So.")
    assert section.adapter == "tone"


def test_sections_are_placed_into_the_document_as_it_is_now():
    doc = document("prose", "more")
    sections = staged(doc, "So.", "Thus.")
    changed = parse(doc.text.replace("more", "much more"))
    insertion = plan_insertion(changed, sections)
    after = parse(apply_edits(changed.text, insertion.edits))
    assert insertion.placed == sections
    assert [s.id for s in after.sections] == [
        changed.sections[0].id,
        sections[0].id,
        sections[1].id,
        changed.sections[1].id,
    ]


def test_what_is_there_already_is_not_placed_twice():
    doc = document("prose")
    sections = staged(doc, "So.")
    after = parse(apply_edits(doc.text, plan_insertion(doc, sections).edits))
    again = plan_insertion(after, sections)
    assert (again.edits, again.placed, again.present) == ((), (), sections)
    assert plan_insertion(doc, sections * 2).present == sections


def test_a_section_whose_source_is_gone_is_left():
    sections = staged(document("prose"), "So.")
    insertion = plan_insertion(document("other"), sections)
    assert insertion.edits == ()
    assert [
        (unplaced.section, "is gone" in unplaced.reason) for unplaced in insertion.unplaced
    ] == [(sections[0], True)]


def test_what_another_program_staged_is_looked_at_like_a_teachers_words():
    doc = document("prose")
    (section,) = staged(doc, "So.")
    bad = [
        replace(section, content="### Q\nWhy?\n### A\nSo.\n### Q\nWhen?\n### A\nNow."),
        replace(section, content="### Q\nWhy?\n### A\nSo.\n::prose::\nText."),
        replace(section, synth_teacher='t" x="'),
        replace(section, synth_at="yesterday"),
        replace(section, adapter="No good"),
        replace(section, auto_synth=False),
    ]
    insertion = plan_insertion(doc, bad)
    assert insertion.edits == ()
    assert [unplaced.section for unplaced in insertion.unplaced] == bad


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"auto_synth": False}, "it is not a synthesized section"),
        ({"adapter": "No good"}, "'No good' is no adapter name"),
        ({"synth_at": "yesterday"}, "its provenance cannot be written as a marker"),
    ],
)
def test_why_a_section_is_left_is_named(wrong, reason):
    doc = document("prose")
    (section,) = staged(doc, "So.")
    (unplaced,) = plan_insertion(doc, [replace(section, **wrong)]).unplaced
    assert unplaced.reason.startswith(reason)


def test_nothing_is_placed_into_an_open_code_block():
    doc = document("prose\n```\ncode")
    assert [unplaced.reason for unplaced in plan_insertion(doc, staged(doc, "So.")).unplaced] == [
        "the document ends inside a code block"
    ]


def test_the_ledger_keeps_what_a_marker_has_no_room_for():
    candidate = Candidate(Pair("Why?", "So."), "0" * 16, "extraction", "the evidence", 1.5)
    (entry,) = ledger_entries([candidate], "hf:t", "a judge", AT, "run")
    assert entry.section_id == candidate.id
    assert (entry.evidence, entry.margin, entry.judge) == ("the evidence", 1.5, "a judge")
    unjudged = replace(candidate, margin=None, evidence="")
    (entry,) = ledger_entries([unjudged], "hf:t", "a judge", AT, "run")
    assert (entry.evidence, entry.margin, entry.judge) == (None, None, None)
