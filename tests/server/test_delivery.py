"""Delivery: accepted pairs are put in, in the place of others, or left without a place."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import SOURCE, SOURCE_ID, body, synthesized
from support.document_text import FRONTMATTER

from dlm_lsp.document import Document, Edit, Pair, SectionType, apply_edits, parse
from dlm_lsp.server.delivery import (
    DeliveryPlan,
    StagingResult,
    edits_one_by_one,
    plan_delivery,
    replacement_end,
    run_end,
)
from dlm_lsp.server.jobs import PairChange, RunEnd
from dlm_lsp.server.settings import Settings
from dlm_lsp.server.synthesis_request import EditorRequest, options_from_settings
from dlm_lsp.store.plan import StagedSection


def staged(question: str, source_id: str = SOURCE_ID) -> StagedSection:
    return StagedSection(
        SectionType.INSTRUCTION,
        f"### Q\n{question}\n### A\nA river.",
        auto_synth=True,
        synth_teacher="hf:tiny",
        synth_strategy="extraction",
        synth_at="2026-01-31T09:30:00Z",
        source_section_id=source_id,
    )


def put(document: Document, replaced: list[str], *sections: StagedSection) -> DeliveryPlan:
    pairs = tuple((id_, SOURCE_ID) for id_ in replaced)
    request = EditorRequest(
        "file:///a.dlm", (SOURCE_ID,), options_from_settings(Settings()), "insert", pairs
    )
    return plan_delivery(document, request, sections)


def previewed(document: Document, made: DeliveryPlan) -> Sequence[Edit]:
    request = EditorRequest(
        "file:///a.dlm", (SOURCE_ID,), options_from_settings(Settings()), "preview", ()
    )
    return list(edits_one_by_one(document, request, made))


def after(document: Document, made: DeliveryPlan) -> list[str]:
    text = apply_edits(document.text, made.edits)
    return [placed.pair.question for s in parse(text).sections for placed in s.pairs]


@pytest.mark.parametrize(
    ("inserted", "stagings", "end"),
    [
        (2, [], RunEnd("inserted", "2 inserted", inserted=2)),
        (None, [StagingResult(2, "2 staged (x)")], RunEnd("staged", "2 staged (x)", staged=2)),
        (
            1,
            [StagingResult(1, "1 staged (x)"), StagingResult(2, "2 staged (y)")],
            RunEnd("staged", "1 inserted, 1 staged (x), 2 staged (y)", inserted=1, staged=3),
        ),
        (
            1,
            [StagingResult(1, "1 staged (x)"), StagingResult(0, "2 in the report")],
            RunEnd("not-delivered", "1 inserted, 1 staged (x), 2 in the report", 1, 1),
        ),
    ],
)
def test_a_run_ends_with_a_code_and_counts(inserted, stagings, end):
    assert run_end(inserted, *stagings) == end


def test_accepted_pairs_stand_behind_their_source():
    document = body(SOURCE)
    made = put(document, [], staged("Why?"), staged("What?"))
    assert (len(made.placed), made.left) == (2, ())
    assert after(document, made) == ["Why?", "What?"]


def test_one_takes_the_place_of_another_and_what_is_too_many_is_left():
    document = body(SOURCE + synthesized("Old?"))
    made = put(document, [document.sections[1].id], staged("New?"), staged("More?"))
    assert after(document, made) == ["New?"]
    assert [unplaced.reason for unplaced in made.left] == ["more than were to be replaced"]


def test_what_takes_the_place_of_another_is_told_with_it():
    document = body(SOURCE + synthesized("Old?"))
    made = put(document, [document.sections[1].id], staged("New?"))
    assert made.changes == (PairChange(Pair("Old?", "A river."), Pair("New?", "A river.")),)
    assert put(document, [], staged("New?")).changes == ()


@pytest.mark.parametrize(
    ("changed", "wanted", "message"),
    [
        (1, 1, "1 replaced, 1 staged (x)"),
        (1, 2, "1 replaced, 1 staged (x), the old one stays, for nothing came in the place"),
        (0, 2, "0 replaced, 1 staged (x), 2 old ones stay, for nothing came in the place"),
    ],
)
def test_the_end_of_a_replacement_counts_what_stays(changed, wanted, message):
    changes = (PairChange(Pair("a", "b"), Pair("c", "d")),) * changed
    end = replacement_end(run_end(changed, StagingResult(1, "1 staged (x)")), changes, wanted)
    assert (end.message, end.replaced, end.inserted) == (message, changes, changed)


def test_a_section_that_was_kept_or_edited_is_not_replaced():
    document = body(SOURCE + "::instruction::\n### Q\nMine?\n### A\nYes.\n")
    for id_ in (document.sections[1].id, "0" * 16):
        made = put(document, [id_], staged("New?"))
        assert (list(made.edits), made.placed) == ([], {})
        assert [unplaced.reason for unplaced in made.left] == [
            "the section that it was to replace has changed"
        ]


def test_of_equal_sections_the_synthesized_one_is_replaced_and_one_alone():
    mine = "::instruction::\n### Q\nOld?\n### A\nA river.\n"
    document = body(SOURCE + mine + synthesized("Old?") + synthesized("Old?"))
    made = put(document, [document.sections[2].id], staged("New?"))
    assert sorted(after(document, made)) == ["New?", "Old?", "Old?"]
    assert mine in apply_edits(document.text, made.edits)


def test_what_has_no_source_any_more_is_left():
    document = parse(FRONTMATTER + "Another river.\n")
    made = put(document, ["0" * 16], staged("New?"))
    assert made.left[0].reason == "its source section has changed or is gone"


@given(st.integers(0, 4), st.integers(0, 6))
def test_no_pair_is_ever_lost_and_none_goes_without_another(old, new):
    document = body(SOURCE + "".join(synthesized(f"Old {n}?") for n in range(old)))
    ids = [section.id for section in document.sections[1:]]
    made = put(document, ids, *(staged(f"New {n}?") for n in range(new))) if ids else DeliveryPlan()
    found = after(document, made)
    if ids:
        assert len(made.placed) + len(made.left) == new
    assert len(found) == old
    assert sum(question.startswith("New") for question in found) == len(made.placed)


@given(
    st.lists(st.booleans(), max_size=5),
    st.sampled_from(["", "\nLater.\n", "\n::prose::\nAnother."]),
    st.booleans(),
)
def test_each_section_of_a_preview_can_be_left_out(ticked, rest, break_at_end):
    text = (SOURCE + rest).rstrip("\n") + "\n" * break_at_end
    document = body(text)
    source = document.sections[0].id
    made = put(document, [], *(staged(f"New {n}?", source) for n in range(len(ticked))))
    edits = previewed(document, made)
    assert apply_edits(document.text, edits) == apply_edits(document.text, made.edits)
    chosen = [edit for edit, tick in zip(edits, ticked, strict=True) if tick]
    assert [
        placed.pair.question
        for section in parse(apply_edits(document.text, chosen)).sections
        for placed in section.pairs
    ] == [f"New {n}?" for n, tick in enumerate(ticked) if tick]
