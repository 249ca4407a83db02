"""The five functions of the package, as a program calls them."""

import pytest

from dlm_lsp import DlmError, SynthOptions, apply, check, revert, synthesize, train
from dlm_lsp.errors import OptionError, StoreError, UsageError
from dlm_lsp.synth.events import PairAccepted, RunFinished, RunStarted
from dlm_lsp.training.sources import OutsideSource
from dlm_lsp.training.trainer import StepDone, TrainingPlanned

PLAIN = SynthOptions(per_section=2, filter="dedup-only")


def test_pairs_are_staged_applied_and_reverted_to_the_byte(teacher, notes):
    before = notes.read_bytes()
    outcome = synthesize(notes, teacher=teacher.selector, options=PLAIN)
    assert (len(outcome.report.accepted), outcome.saved.waiting) == (2, 2)
    assert notes.read_bytes() == before
    insertion = apply(notes)
    assert (len(insertion.placed), insertion.unplaced) == (2, ())
    assert check(notes) == ()
    assert set(revert(notes).removed) == set(insertion.added)
    assert notes.read_bytes() == before


def test_apply_writes_the_pairs_at_once(teacher, notes):
    outcome = synthesize(notes, teacher=teacher.selector, options=PLAIN, apply=True)
    assert outcome.saved.insertion is not None
    assert len(outcome.saved.insertion.placed) == 2
    assert notes.read_text().count("dlm-auto-synth") == 2


def test_pairs_that_are_written_do_not_stay_staged_from_a_run_before(teacher, notes, home):
    synthesize(notes, teacher=teacher.selector, options=PLAIN)
    assert list(home.rglob("pending.json"))
    synthesize(notes, teacher=teacher.selector, options=PLAIN, apply=True)
    assert notes.read_text().count("dlm-auto-synth") == 2
    assert not list(home.rglob("pending.json"))


def test_a_dry_run_keeps_nothing_but_the_replies(teacher, notes, home):
    for _ in range(2):
        outcome = synthesize(notes, teacher=teacher.selector, options=PLAIN, dry_run=True)
        assert len(outcome.report.accepted) == 2
    assert outcome.report.usage.from_cache == 1
    assert not list(home.rglob("pending.json"))


def test_apply_and_dry_run_exclude_each_other(notes):
    with pytest.raises(UsageError, match="apply and dry_run exclude each other"):
        synthesize(notes, apply=True, dry_run=True)


@pytest.mark.parametrize("filter_", ["none", "dedup-only"])
def test_a_judge_where_none_judges_is_refused_before_anything_is_asked(teacher, notes, filter_):
    with pytest.raises(OptionError) as refused:
        synthesize(
            notes,
            teacher=teacher.selector,
            judge="hf:gemma-3-270m",
            options=SynthOptions(filter=filter_),
        )
    assert str(refused.value) == (
        f"judge is 'hf:gemma-3-270m'; it belongs to filter sway; leave it out with filter {filter_}"
    )
    assert teacher.asked == []


def test_a_placement_that_there_is_not_is_refused_with_nothing_staged_too(notes):
    with pytest.raises(OptionError, match=r"^placement is 'top'; it takes after-source or end$"):
        apply(notes, placement="top")


def test_sections_limit_the_run(teacher, notes):
    outcome = synthesize(notes, teacher=teacher.selector, options=PLAIN, sections=["0" * 16])
    assert teacher.asked == []
    assert [skip.reason for skip in outcome.report.skipped] == ["no_prose"]


def test_events_are_told_as_they_happen(teacher, notes):
    events = []
    synthesize(notes, teacher=teacher.selector, options=PLAIN, on_event=events.append)
    assert events[0] == RunStarted(sections=1, requests=1)
    assert sum(isinstance(event, PairAccepted) for event in events) == 2
    assert isinstance(events[-1], RunFinished)


def test_a_document_that_is_not_there_is_an_error_of_ours(tmp_path):
    for function in (check, apply, revert):
        with pytest.raises(DlmError, match=r"nowhere\.dlm"):
            function(tmp_path / "nowhere.dlm")


def test_a_document_with_an_error_is_not_asked_about(teacher, notes):
    notes.write_text(notes.read_text() + "::wrong::\n")
    with pytest.raises(StoreError, match="wrong"):
        synthesize(notes, teacher=teacher.selector, options=PLAIN)
    assert teacher.asked == []
    assert [problem.code for problem in check(notes)] == ["unknown-section-type"]


def test_a_revert_since_no_time_is_a_usage_error(notes):
    with pytest.raises(UsageError, match="since is 'tuesday'"):
        revert(notes, since="tuesday")


def test_a_document_is_trained_and_its_adapter_kept(notes, llama, home):
    notes.write_text(notes.read_text().replace("smollm2-135m", f"hf:{llama}"))
    events = []
    (adapter,) = train(notes, max_steps=2, device="cpu", on_event=events.append)
    assert adapter.version.is_relative_to(home)
    assert isinstance(events[0], TrainingPlanned)
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2]


def test_a_source_outside_the_folder_is_told_before_the_training_begins(notes, llama, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.md").write_text("The saw is driven by the second wheel.")
    inside = tmp_path / "in/notes.dlm"
    inside.parent.mkdir()
    sources = "training: {sources: [{path: ../elsewhere}]}\n"
    inside.write_text(notes.read_text().replace("smollm2-135m\n", f"hf:{llama}\n{sources}", 1))
    events = []
    train(inside, max_steps=1, device="cpu", on_event=events.append)
    assert events[0] == OutsideSource(str(tmp_path / "elsewhere"), 1)


async def test_in_an_event_loop_the_function_that_can_wait_there_is_named(notes):
    with pytest.raises(UsageError, match=r"await dlm_lsp\.aio\.synthesize"):
        synthesize(notes)


@pytest.mark.parametrize("function", [synthesize, apply, revert])
def test_sections_that_are_a_text_are_refused(function, notes):
    with pytest.raises(UsageError, match="sections is 'abc'; it takes a list"):
        function(notes, sections="abc")
