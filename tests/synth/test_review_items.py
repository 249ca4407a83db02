from dataclasses import replace

from ide.samples import GONE, SOURCE, SOURCE_ID, body, synthesized, words

from dlm_lsp.document import Pair, SectionType
from dlm_lsp.store.decisions import Decision
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage, pair_id
from dlm_lsp.synth.review_items import (
    ReviewItem,
    as_staged,
    review_counts,
    review_items,
)
from dlm_lsp.synth.saved_report import SavedReport

AT = "2026-01-31T09:30:00Z"
DOCUMENT = body(SOURCE + synthesized())
IN_TEXT = DOCUMENT.sections[1].id


def staged(question: str = "Which river is it?", source_id: str = SOURCE_ID) -> StagedSection:
    return StagedSection(
        SectionType.INSTRUCTION,
        f"### Q\n{question}\n### A\nThe Ill.",
        auto_synth=True,
        synth_teacher="hf:tiny",
        synth_strategy="extraction",
        synth_at=AT,
        source_section_id=source_id,
    )


def refusal(question: str = "What flows?", reason: str = "below_threshold") -> Refusal:
    return Refusal(
        question, "The Ill.", SOURCE_ID, "extraction", reason, "too low", 0.05, evidence="a river"
    )


def run(*refused: Refusal, accepted=(), skipped=(), at: str = AT) -> SavedReport:
    report = Report("sway", 1, 1, 1, 1, accepted, refused, skipped, Usage())
    return SavedReport("hf:tiny", "tiny-judge", at, report)


def items(
    document=DOCUMENT, plan=(), ledger=(), reports=(), decisions=()
) -> tuple[ReviewItem, ...]:
    by_id = {decision.section_id: decision for decision in decisions}
    return review_items(document, plan, ledger, reports, by_id)


def shown(found) -> list[tuple[str, str]]:
    return [(item.state, item.pair.question) for item in found]


def test_what_is_in_the_text_is_staged_or_was_refused_can_be_decided_on():
    found = items(plan=[staged()], reports=[run(refusal())])
    assert shown(found) == [
        ("inserted", "What is the Ill?"),
        ("staged", "Which river is it?"),
        ("refused", "What flows?"),
    ]


def test_an_item_has_all_that_one_decides_by():
    entry = LedgerEntry(
        IN_TEXT, SOURCE_ID, "hf:tiny", "extraction", AT, "run", "a river", 0.3, "tiny-judge"
    )
    (item,) = items(ledger=[entry])
    assert item.pair == Pair("What is the Ill?", "A river.")
    assert item.heading == "The Ill is a river."
    assert (item.evidence, item.margin, item.judge) == ("a river", 0.3, "tiny-judge")
    assert words(DOCUMENT, item.evidence_span) == "a river"
    assert item.span == DOCUMENT.sections[1].span
    assert (item.teacher, item.strategy, item.decision) == ("hf:tiny", "extraction", None)


def test_a_refused_pair_says_why():
    item = items(body(SOURCE), reports=[run(refusal())])[0]
    assert (item.reason, item.detail, item.margin) == ("below_threshold", "too low", 0.05)
    assert item.teacher == "hf:tiny"


def test_a_refused_pair_that_cannot_stand_in_a_document_is_left_out():
    malformed = refusal("::prose::\nhello", reason="invalid_structure")
    assert items(body(SOURCE), reports=[run(malformed)]) == ()


def test_of_a_section_that_a_later_run_got_replies_about_only_its_refusals_count():
    accepted = (Candidate(Pair("New?", "Yes."), SOURCE_ID, "extraction"),)
    assert items(body(SOURCE), reports=[run(accepted=accepted), run(refusal())]) == ()


def test_a_later_run_that_got_no_reply_leaves_the_refusals_before():
    failed = Skip(SOURCE_ID, "extraction", "request_failed", "no server")
    found = items(body(SOURCE), reports=[run(skipped=(failed,)), run(refusal())])
    assert shown(found) == [("refused", "What flows?")]


def test_a_pair_that_was_refused_and_stands_in_the_text_counts_once():
    taken = refusal("What is the Ill?")
    assert pair_id(Pair("What is the Ill?", "The Ill.")) != IN_TEXT
    same = replace(taken, answer="A river.")
    assert shown(items(reports=[run(same)])) == [("inserted", "What is the Ill?")]


def test_what_was_decided_is_said_and_counted():
    found = items(plan=[staged()], decisions=[Decision(IN_TEXT, "accepted", AT)])
    assert [item.decision for item in found] == ["accepted", None]
    counts = review_counts(found)
    assert (counts.reviewed, counts.total) == (1, 2)


def test_a_refused_pair_need_not_be_decided_on():
    counts = review_counts(items(reports=[run(refusal())]))
    assert (counts.reviewed, counts.total) == (0, 1)


def test_a_rejected_pair_can_still_be_seen_and_counts_as_reviewed():
    (item,) = items()
    rejected = Decision(item.id, "rejected", AT, item.as_json())
    (left,) = items(body(SOURCE), decisions=[rejected])
    assert (left.state, left.reason, left.decision) == ("refused", "rejected", "rejected")
    assert (left.pair, left.span, left.heading) == (item.pair, None, "The Ill is a river.")
    assert review_counts([left]).reviewed == 1


def test_a_pair_that_was_accepted_and_stands_nowhere_any_more_can_be_taken_again():
    (item,) = items()
    accepted = Decision(item.id, "accepted", AT, item.as_json())
    (left,) = items(body(SOURCE), decisions=[accepted])
    assert (left.state, left.reason, left.decision) == ("refused", "taken_out", None)
    assert left.pair == item.pair


def test_a_rejection_does_not_count_while_its_pair_is_back_in_the_text_or_staged_again():
    (item,) = items()
    rejected = Decision(item.id, "rejected", AT, item.as_json())
    assert [found.decision for found in items(decisions=[rejected])] == [None]
    (waiting,) = items(body(SOURCE), plan=[staged()])
    rejected = Decision(waiting.id, "rejected", AT, waiting.as_json())
    found = items(body(SOURCE), plan=[staged()], decisions=[rejected])
    assert [(each.state, each.decision) for each in found] == [("staged", None)]


def test_of_equal_refusals_the_newest_is_shown():
    old = replace(refusal(), strategy="expansion", detail="old")
    found = items(body(SOURCE), reports=[run(refusal()), run(old)])
    assert [item.detail for item in found] == ["too low"]


def test_a_decision_in_a_shape_that_is_not_known_is_left_out():
    assert items(body(SOURCE), decisions=[Decision("a" * 16, "rejected", AT, "{}")]) == ()


def test_half_a_character_of_another_program_costs_no_decision():
    (item,) = items(plan=[replace(staged(), content="### Q\nWhich\ud800?\n### A\nThe Ill.")])[1:]
    assert "Which??" in item.as_json()


def test_a_pair_whose_source_is_gone_has_no_heading_and_comes_after_the_others():
    found = items(plan=[staged("Late?", GONE), staged()])
    assert [item.heading for item in found] == ["The Ill is a river.", "The Ill is a river.", ""]


def test_a_section_with_two_pairs_shows_its_first_and_cannot_be_edited():
    two = synthesized() + "### Q\nAnd?\n### A\nNo.\n"
    (item,) = items(body(SOURCE + two))
    assert (item.pair.question, item.is_editable) == ("What is the Ill?", False)


def test_a_pair_as_it_is_staged_has_its_provenance_and_the_adapter_of_its_source():
    (item,) = items(body(SOURCE), plan=[staged()])
    assert as_staged(item, body(SOURCE)) == staged()


def test_a_pair_that_is_kept_as_ones_own_is_not_taken_out():
    (item,) = items()
    accepted = Decision(item.id, "accepted", AT, item.as_json())
    assert [item.reason for item in items(body(SOURCE), decisions=[accepted])] == ["taken_out"]
    text = "::instruction::\n### Q\nWhat is the Ill?\n### A\nA river.\n"
    assert items(body(SOURCE + text), decisions=[accepted]) == ()


def test_a_refused_pair_that_one_has_written_oneself_is_not_offered():
    text = "::instruction::\n### Q\nWhat flows?\n### A\nThe Ill.\n"
    assert items(body(SOURCE + text), reports=[run(refusal())]) == ()
