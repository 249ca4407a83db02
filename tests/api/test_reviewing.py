import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.kept_runs import keep_run
from support.teacher_server import HEAD, pairs_about, town

from dlm_lsp import SynthOptions, apply, revert, synthesize
from dlm_lsp.api.reviewing import decide_pairs, edited_pair, load_review
from dlm_lsp.document import Pair, parse
from dlm_lsp.errors import CopyError, StoreError, UsageError
from dlm_lsp.store.decisions import decisions_of
from dlm_lsp.store.plan import load_plan
from dlm_lsp.synth.report import Candidate
from dlm_lsp.synth.review_items import review_counts

PLAIN = SynthOptions(per_section=2, filter="dedup-only")


@pytest.fixture
def staged(teacher, notes):
    """The document, with two pairs staged for it."""
    synthesize(notes, teacher=teacher.selector, options=PLAIN)
    return notes


def decide(path, *ids, decision="accepted", **options):
    return decide_pairs(path, ids, decision, lambda _: None, **options)


def pairs_in(path) -> list[str]:
    return [s.pairs[0].pair.question for s in parse(path.read_text()).sections if s.synth]


def test_an_accepted_pair_is_in_the_document_and_no_longer_staged(staged):
    loaded, items = load_review(staged)
    decide(staged, items[0].id)
    assert pairs_in(staged) == [items[0].pair.question]
    assert [section.id for section in load_plan(loaded.folder).sections] == [items[1].id]
    counts = review_counts(load_review(staged)[1])
    assert (counts.reviewed, counts.total) == (1, 2)


def test_a_rejected_pair_is_not_offered_by_a_later_run_until_it_is_asked_for_again(staged, teacher):
    before = staged.read_bytes()
    _, items = load_review(staged)
    decide(staged, *(item.id for item in items), decision="rejected")
    assert staged.read_bytes() == before
    later = synthesize(staged, teacher=teacher.selector, options=PLAIN)
    assert later.report.accepted == ()
    assert {refusal.detail for refusal in later.report.refused} == {"rejected by you"}
    again = SynthOptions(per_section=2, filter="dedup-only", again=True)
    offered = synthesize(staged, teacher=teacher.selector, options=again)
    assert {c.id for c in offered.report.accepted} == {item.id for item in items}
    assert [item.decision for item in load_review(staged)[1]] == [None, None]


def test_a_pair_that_is_rejected_in_the_document_is_taken_out_of_it(staged):
    before = staged.read_bytes()
    apply(staged)
    _, items = load_review(staged)
    decide(staged, *(item.id for item in items), decision="rejected")
    assert staged.read_bytes() == before


def test_a_rejected_pair_can_be_taken_after_all(staged):
    _, items = load_review(staged)
    decide(staged, items[0].id, decision="rejected")
    decide(staged, items[0].id)
    assert pairs_in(staged) == [items[0].pair.question]


def test_a_pair_edited_in_a_review_is_still_stripped_by_a_revert(staged):
    before = staged.read_bytes()
    _, items = load_review(staged)
    decide(staged, items[0].id, edited=edited_pair("How many mills?", "Ten."))
    assert pairs_in(staged) == ["How many mills?"]
    _, items = load_review(staged)
    in_text = next(item for item in items if item.state == "inserted")
    decide(staged, in_text.id, edited=edited_pair("How many mills are there?", "Ten mills."))
    assert pairs_in(staged) == ["How many mills are there?"]
    outcome = revert(staged)
    assert (len(outcome.removed), outcome.edited) == (1, ())
    assert staged.read_bytes() == before


def test_the_words_before_an_edit_are_not_offered_again(staged, teacher):
    _, items = load_review(staged)
    decide(staged, items[0].id, edited=edited_pair("Is it so?", "It is."))
    later = synthesize(staged, teacher=teacher.selector, options=PLAIN)
    assert items[0].id not in {candidate.id for candidate in later.report.accepted}


def test_a_refused_pair_is_kept_and_can_be_taken(teacher, notes):
    options = SynthOptions(per_section=2, filter="dedup-only", max_pairs=1)
    synthesize(notes, teacher=teacher.selector, options=options, apply=True)
    _, items = load_review(notes)
    refused = next(item for item in items if item.state == "refused")
    assert refused.reason == "over_max_pairs"
    decide(notes, refused.id)
    assert refused.pair.question in pairs_in(notes)
    assert revert(notes).edited == ()


def test_a_dry_run_keeps_no_report_to_review(teacher, notes):
    synthesize(notes, teacher=teacher.selector, options=PLAIN, dry_run=True)
    assert load_review(notes)[1] == ()


def test_a_pair_that_is_gone_is_told(staged):
    with pytest.raises(UsageError, match="is not there any more; list the pairs again"):
        decide(staged, "0" * 16)


def test_what_cannot_stand_in_a_document_is_refused_before_anything_is_decided(staged):
    with pytest.raises(UsageError, match="the answer holds the header line `### Q`"):
        edited_pair("Why?", "So.\n### Q\nMore?")
    assert edited_pair("Why? ", "So.\n") == Pair("Why?", "So.")


def test_a_copy_decides_nothing_about_what_is_staged_for_its_original(staged, tmp_path):
    copy = tmp_path / "copy.dlm"
    copy.write_bytes(staged.read_bytes())
    _, items = load_review(copy)
    for decision in ("accepted", "rejected"):
        with pytest.raises(CopyError):
            decide(copy, items[0].id, decision=decision)
    assert pairs_in(copy) == []
    decide(copy, items[0].id, force=True)
    assert pairs_in(copy) == [items[0].pair.question]


def test_a_document_that_cannot_be_written_leaves_every_decision_as_it_was(staged, monkeypatch):
    loaded, items = load_review(staged)
    decide(staged, items[0].id, decision="rejected")
    before = decisions_of(loaded.folder)
    limit = staged.stat().st_size + 10
    monkeypatch.setattr("dlm_lsp.store.documents.MAX_DOCUMENT_BYTES", limit)
    for edited in (None, edited_pair("When did they build it?", "In 1501.")):
        with pytest.raises(StoreError, match="larger than"):
            decide(staged, items[1].id, edited=edited)
        assert decisions_of(loaded.folder) == before
    assert [item.id for item in load_review(staged)[1] if item.state == "staged"] == [items[1].id]


def candidates(path) -> list[Candidate]:
    """Two pairs about each town of a document."""
    return [
        Candidate(Pair(question, answer), section.id, "extraction", evidence)
        for number, section in enumerate(load_review(path)[0].document.sections, start=1)
        for question, answer, evidence in pairs_about(number)
    ]


@settings(max_examples=25, deadline=None)
@given(
    line_break=st.sampled_from(["\n", "\r\n"]),
    end=st.sampled_from(["", "\n", "\n\n"]),
    steps=st.lists(
        st.tuples(st.sampled_from(["accepted", "rejected", "edited"]), st.integers(0, 99)),
        max_size=8,
    ),
)
def test_whatever_is_decided_a_pair_is_where_its_decision_says_and_can_be_taken_out_again(
    line_break, end, steps, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("decided")
    path = folder / "towns.dlm"
    text = f"{HEAD}{town(1)}\n::prose::\n{town(2)}{end}".replace("\n", line_break)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLM_HOME", str(folder / "home"))
        path.write_bytes(text.encode())
        keep_run(path, candidates(path))
        for number, (act, place) in enumerate(steps):
            items = load_review(path)[1]
            item = items[place % len(items)]
            words = edited_pair(item.pair.question, f"It is {number}.")
            edited = words if act == "edited" else None
            verdict = "rejected" if act == "rejected" else "accepted"
            (*_, id_) = decide(path, item.id, decision=verdict, edited=edited).decided
            (found,) = (item for item in load_review(path)[1] if item.id == id_)
            state = "refused" if verdict == "rejected" else "inserted"
            assert (found.state, found.decision) == (state, verdict)
        left = [item for item in load_review(path)[1] if item.state != "refused"]
        if left:
            decide(path, *(item.id for item in left), decision="rejected")
        assert path.read_bytes() == text.encode()
        assert not (plan := load_plan(load_review(path)[0].folder)) or plan.sections == ()
