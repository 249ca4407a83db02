from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, SOURCE, body, synthesized
from synth.test_review_items import AT, items, refusal, run, staged

from dlm_lsp.document import Pair, apply_edits, parse, well_formed
from dlm_lsp.errors import UsageError
from dlm_lsp.synth.review_change import accept_items, decide_on, edit_item, reject_items

WITH_PAIR = body(SOURCE + synthesized())
PLAIN = body(SOURCE)


def after(document, change) -> str:
    return apply_edits(document.text, change.edits)


def test_an_accepted_pair_of_the_text_stays_as_it_is():
    change = accept_items(WITH_PAIR, items(WITH_PAIR), AT, "end")
    assert after(WITH_PAIR, change) == WITH_PAIR.text
    assert [decision.decision for decision in change.decisions] == ["accepted"]
    assert change.entries == ()


def test_an_accepted_pair_that_was_staged_goes_into_the_text_and_leaves_the_plan():
    (item,) = items(PLAIN, plan=[staged()])
    change = accept_items(PLAIN, [item], AT, "after-source")
    assert parse(after(PLAIN, change)).sections[-1].id == item.id
    assert change.unstaged == (item.id,)


def test_a_refused_pair_that_is_taken_gets_its_provenance():
    (item,) = items(PLAIN, reports=[run(refusal())])
    change = accept_items(PLAIN, [item], AT, "after-source")
    assert parse(after(PLAIN, change)).sections[-1].synth.synth_teacher == "hf:tiny"
    (entry,) = change.entries
    assert (entry.section_id, entry.evidence, entry.margin) == (item.id, "a river", 0.05)


def test_a_pair_whose_source_is_gone_is_not_decided_on():
    (item,) = items(body("Other.\n"), plan=[staged()])
    change = accept_items(body("Other.\n"), [item], AT, "after-source")
    assert (change.edits, change.decisions, change.unstaged) == ((), (), ())
    assert "is gone" in change.unplaced[0].reason


def test_a_rejected_pair_leaves_the_text_to_the_byte():
    change = reject_items(WITH_PAIR, items(WITH_PAIR), AT)
    assert after(WITH_PAIR, change) == PLAIN.text
    assert change.decisions[0].decision == "rejected"


def test_a_rejected_pair_that_was_staged_leaves_the_plan_alone():
    (item,) = items(PLAIN, plan=[staged()])
    change = reject_items(PLAIN, [item], AT)
    assert (change.edits, change.unstaged) == ([], (item.id,))


def test_an_edited_pair_of_the_text_keeps_its_marker_and_counts_as_what_its_teacher_wrote():
    (item,) = items(WITH_PAIR)
    change = edit_item(WITH_PAIR, item, Pair("What is it?", "The Ill,\na river."), AT, "end")
    (section,) = [s for s in parse(after(WITH_PAIR, change)).sections if s.synth]
    assert section.content == "### Q\nWhat is it?\n### A\nThe Ill,\na river."
    assert section.synth == WITH_PAIR.sections[1].synth
    assert [entry.section_id for entry in change.entries] == [section.id]
    assert {d.section_id: d.decision for d in change.decisions} == {
        item.id: "rejected",
        section.id: "accepted",
    }


def test_an_edited_pair_that_was_staged_goes_in_with_the_new_words_and_without_a_margin():
    (item,) = items(PLAIN, plan=[staged()])
    change = edit_item(PLAIN, item, Pair("Which?", "The Ill."), AT, "after-source")
    section = parse(after(PLAIN, change)).sections[-1]
    assert section.pairs[0].pair == Pair("Which?", "The Ill.")
    assert (change.entries[0].margin, change.unstaged) == (None, (item.id, section.id))


def test_an_edit_that_changes_nothing_is_an_acceptance():
    (item,) = items(WITH_PAIR)
    change = edit_item(WITH_PAIR, item, item.pair, AT, "end")
    assert change == accept_items(WITH_PAIR, [item], AT, "end")


def test_a_section_of_several_pairs_is_edited_in_the_text():
    document = body(SOURCE + synthesized() + "### Q\nAnd?\n### A\nNo.\n")
    with pytest.raises(UsageError, match="several pairs; edit it in the document"):
        edit_item(document, items(document)[0], Pair("a", "b"), AT, "end")


def test_a_section_of_several_pairs_is_not_rejected_by_one_of_them():
    document = body(SOURCE + synthesized() + "### Q\nAnd?\n### A\nNo.\n")
    with pytest.raises(UsageError, match="several pairs; take it out in the document"):
        reject_items(document, items(document), AT)


def test_a_staged_section_goes_in_as_it_waits_with_its_adapter_under_the_id_that_it_gets():
    odd = replace(staged(), content="### Q\nWhich?\n\n### A\nThe Ill.\n", adapter="tone")
    (item,) = items(PLAIN, plan=[odd])
    change = accept_items(PLAIN, [item], AT, "after-source")
    section = parse(after(PLAIN, change)).sections[-1]
    assert (section.adapter, change.unstaged) == ("tone", (item.id,))
    assert [decision.section_id for decision in change.decisions] == [section.id]


def test_a_staged_section_that_cannot_go_in_stays_whatever_its_words_look_like():
    odd = replace(staged(source_id=GONE), content="### Q\nWhich?\n\n### A\nThe Ill.\n")
    change = accept_items(PLAIN, items(PLAIN, plan=[odd]), AT, "after-source")
    assert (change.decisions, change.unstaged) == ((), ())


def test_a_pair_is_not_edited_into_another_that_is_there():
    document = body(SOURCE + synthesized() + synthesized("Why?"))
    first, second = items(document)
    with pytest.raises(UsageError, match="in the document already"):
        edit_item(document, first, second.pair, AT, "end")


def test_only_one_pair_that_is_accepted_can_be_edited():
    found = items(WITH_PAIR, plan=[staged()])
    for chosen, decision in ((found, "accepted"), (found[:1], "rejected")):
        with pytest.raises(UsageError, match="one pair that is accepted"):
            decide_on(WITH_PAIR, chosen, decision, AT, "end", edited=Pair("a", "b"))


@given(st.text(), st.text(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_an_edit_always_reads_back_as_the_pair_and_leaves_every_other_section(q, a, line_break):
    pair = well_formed(q, a)
    if not isinstance(pair, Pair):
        return
    text = WITH_PAIR.text + "\n::instruction::\n### Q\nOwn?\n### A\nYes.\n"
    document = parse(text.replace("\n", line_break))
    (item,) = items(document)
    changed = parse(after(document, edit_item(document, item, pair, AT, "end")))
    ids = [section.id for section in document.sections]
    new = [section.id for section in changed.sections]
    assert (new[0], new[2:]) == (ids[0], ids[2:])
    assert [placed.pair for placed in changed.sections[1].pairs] == [pair]
