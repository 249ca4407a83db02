"""Synthesis pipeline: who is got ready, asked, and let go of, and what is kept."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
from support.scripted_teacher import ScriptedJudge, ScriptedTeacher, document, towns

from dlm_lsp.document.document import Document
from dlm_lsp.errors import JudgeError, OptionError, SelectorError, StoreError, TeacherError
from dlm_lsp.synth import pipeline
from dlm_lsp.synth.events import SectionDone
from dlm_lsp.synth.pipeline import SynthResult, open_session
from dlm_lsp.synth.run_models import ModelSource, RunModels
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import TeacherLimits

DEDUP = SynthOptions(filter="dedup-only", per_section=2)
SWAY = SynthOptions(per_section=2)
OTHER = "openai:other"


class Watched:
    """Says in `done` what is done with a teacher or a judge; `fails` at getting ready."""

    fails: Exception | None = None
    done: list[str]

    async def prepare(self) -> None:
        self.done.append(f"prepare {self.name}")
        if self.fails:
            raise self.fails

    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()
        self.done.append(f"close {self.name}")


class WatchedTeacher(Watched, ScriptedTeacher):
    pass


class WatchedJudge(Watched, ScriptedJudge):
    name = "judge"


class Cast:
    """The teacher and the judge that every selector names, and what they were chosen by."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.teacher, self.judge = WatchedTeacher(), WatchedJudge()
        self.teacher.done = self.judge.done = self.done
        self.selected: list[tuple[str, Path | None, str | None]] = []
        self.judged_by: list[tuple[str | None, Path | None, str | None]] = []

    def select(self, selector: str, _: object, *, adapter, base_model, **more: object):
        self.selected.append((selector, adapter, base_model))
        return self.teacher

    def sway_judge(self, base_model: str | None, adapter: Path | None, judge: str | None, _: str):
        self.judged_by.append((base_model, adapter, judge))
        return self.judge


@pytest.fixture
def cast(monkeypatch) -> Cast:
    made = Cast()
    source = ModelSource(made.select, made.sway_judge)
    monkeypatch.setattr(pipeline, "RunModels", lambda: RunModels(source))
    return made


@pytest.fixture
def trained(tmp_path) -> Path:
    """A store with a trained adapter."""
    (tmp_path / "adapter" / "v1").mkdir(parents=True)
    (tmp_path / "adapter" / "current.txt").write_text("adapter/v1\n")
    return tmp_path


@pytest.fixture
def broken(tmp_path) -> Path:
    """A store whose pointer to the adapter leads out of it."""
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "current.txt").write_text("../elsewhere")
    return tmp_path


def opened(
    folder: Path,
    options: SynthOptions = DEDUP,
    *,
    doc: Document | None = None,
    teacher: str = OTHER,
    judge: str | None = None,
    sections: list[str] | None = None,
):
    doc = doc or document(*towns(3))
    return open_session(
        doc, doc.frontmatter, folder, SynthRequest(teacher, judge, options), sections
    )


async def run(folder: Path, *given: object, **more: object) -> SynthResult:
    async with opened(folder, *given, **more) as ready:
        return await ready.run(lambda _: None, anyio.Event())


async def test_before_it_runs_everybody_is_ready_and_nobody_was_asked(cast, tmp_path):
    async with opened(tmp_path, SWAY) as ready:
        assert cast.done == ["prepare judge", "prepare scripted"]
        assert (ready.estimate.sections, ready.estimate.requests) == (3, 3)
        assert cast.teacher.requests == []


async def test_how_much_of_long_sections_is_not_asked_about_is_told_before(cast, tmp_path):
    cast.teacher.window = 4
    async with opened(tmp_path, replace(DEDUP, per_section=1)) as ready:
        (note,) = ready.notes.lines
    assert note.startswith("9 parts of long sections are not asked about: scripted reads a part")


async def test_what_the_teacher_does_not_write_is_told_before_and_kept_with_the_result(
    cast, tmp_path
):
    cast.teacher.limits = TeacherLimits({"expansion": "it has none"})
    both = replace(DEDUP, strategy="both", per_section=3)
    async with opened(tmp_path, both) as ready:
        (note,) = ready.notes.lines
        assert note.startswith("scripted writes no expansion (it has none), so extraction gets all")
        result = await ready.run(lambda _: None, anyio.Event())
    assert result.notes == (note,)
    assert {(asked.strategy, asked.count) for asked in cast.teacher.requests[:3]} == {
        ("extraction", 3)
    }


async def test_a_strategy_that_the_teacher_refuses_is_known_before_it_is_asked(cast, tmp_path):
    cast.teacher.limits = TeacherLimits({"expansion": "it has none"})
    with pytest.raises(OptionError, match="it has none"):
        await run(tmp_path, replace(DEDUP, strategy="expansion"))
    assert cast.teacher.requests == []
    assert cast.done == ["prepare scripted", "close scripted"]


async def test_at_the_end_teacher_and_judge_are_let_go_of(cast, tmp_path):
    async with opened(tmp_path, SWAY):
        cast.done.clear()
    assert cast.done == ["close scripted", "close judge"]


async def test_a_teacher_that_cannot_get_ready_is_let_go_of_too_and_so_is_the_judge(cast, tmp_path):
    cast.teacher.fails = TeacherError("no key")
    with pytest.raises(TeacherError):
        await run(tmp_path, SWAY)
    assert cast.done[-2:] == ["close scripted", "close judge"]


async def test_a_judge_that_cannot_get_ready_is_let_go_of_too(cast, tmp_path):
    cast.judge.fails = JudgeError("no model")
    with pytest.raises(JudgeError):
        await run(tmp_path, SWAY)
    assert cast.done == ["prepare judge", "close judge"]


async def test_a_judge_that_is_not_at_hand_is_known_before_a_teacher_is_reached(cast, tmp_path):
    cast.judge.fails = JudgeError("no model")
    with pytest.raises(JudgeError):
        await run(tmp_path, SWAY)
    assert "prepare scripted" not in cast.done


async def test_everybody_is_let_go_of_when_their_user_fails(cast, tmp_path):
    with pytest.raises(ZeroDivisionError):
        async with opened(tmp_path, SWAY):
            raise ZeroDivisionError
    assert cast.done[-2:] == ["close scripted", "close judge"]


async def test_a_judge_that_fails_in_the_run_ends_it_with_the_reason(cast, tmp_path):
    cast.judge.fail_at = 0
    result = await run(tmp_path, SWAY)
    assert "lost its head" in result.report.failure
    assert (result.sections, result.entries) == ((), ())


async def test_everybody_is_let_go_of_when_the_store_cannot_be_used(cast, tmp_path):
    (tmp_path / "synth").write_text("no folder")
    with pytest.raises(StoreError):
        await run(tmp_path)
    assert cast.done == ["prepare scripted", "close scripted"]


async def test_everybody_is_let_go_of_though_the_caller_is_cancelled(cast, tmp_path):
    with anyio.CancelScope() as scope:
        async with opened(tmp_path, SWAY):
            scope.cancel()
            await anyio.sleep_forever()
    assert cast.done[-2:] == ["close scripted", "close judge"]


async def test_without_sway_there_is_no_judge(cast, tmp_path):
    result = await run(tmp_path)
    assert (result.judge, cast.judged_by) == (None, [])


async def test_the_adapter_is_the_teacher_of_self_and_its_own_judge(cast, trained):
    await run(trained, SWAY, teacher="self")
    adapter = (trained / "adapter" / "v1").resolve()
    assert cast.selected == [("self", adapter, "smollm2-135m")]
    assert cast.judged_by == [("smollm2-135m", adapter, None)]


async def test_the_adapter_judges_another_teacher(cast, trained):
    await run(trained, SWAY)
    assert cast.judged_by == [("smollm2-135m", (trained / "adapter" / "v1").resolve(), None)]


async def test_a_judge_that_is_named_judges_without_the_adapter(cast, trained):
    await run(trained, SWAY, judge="hf:m")
    assert cast.judged_by == [("smollm2-135m", None, "hf:m")]


@pytest.mark.parametrize(("options", "judge"), [(DEDUP, None), (SWAY, "hf:m")])
async def test_a_broken_pointer_is_no_matter_to_a_run_without_the_adapter(
    options, judge, cast, broken
):
    assert (await run(broken, options, judge=judge)).report.accepted
    assert cast.selected == [(OTHER, None, "smollm2-135m")]


@pytest.mark.parametrize(("options", "teacher"), [(DEDUP, "self"), (SWAY, OTHER)])
async def test_a_broken_pointer_stops_a_run_with_the_adapter(options, teacher, cast, broken):
    with pytest.raises(StoreError, match="outside the store"):
        await run(broken, options, teacher=teacher)
    assert cast.selected == []


async def test_a_selector_that_names_nobody_is_refused(tmp_path):
    with pytest.raises(SelectorError, match="did you mean openai"):
        await run(tmp_path, teacher="opnai:m")


async def test_a_run_asks_about_the_named_sections_only(cast, tmp_path):
    doc = document(*towns(3))
    second = doc.sections[1]
    async with opened(tmp_path, doc=doc, sections=[second.id]) as ready:
        assert ready.estimate.requests == 1
        result = await ready.run(lambda _: None, anyio.Event())
    assert {request.prose for request in cast.teacher.requests} == {second.content}
    assert {section.source_section_id for section in result.sections} == {second.id}


async def test_what_was_answered_before_is_not_asked_again(cast, tmp_path):
    first = await run(tmp_path)
    cast.teacher.requests.clear()
    async with opened(tmp_path) as ready:
        assert (ready.estimate.requests, ready.estimate.from_cache) == (0, 3)
        again = await ready.run(lambda _: None, anyio.Event())
    assert cast.teacher.requests == []
    assert again.report.accepted == first.report.accepted


async def test_events_are_told_as_they_happen(cast, tmp_path):
    events = []
    async with opened(tmp_path) as ready:
        await ready.run(events.append, anyio.Event())
    assert [type(event).__name__ for event in events[:: len(events) - 1]] == [
        "RunStarted",
        "RunFinished",
    ]


async def test_a_run_that_is_stopped_returns_what_is_finished(cast, tmp_path):
    doc = document(*towns(3))
    stop, never = anyio.Event(), anyio.Event()
    cast.teacher.wait = lambda request: never if "Ville2" in request.prose else None

    def stop_after_two(event: object) -> None:
        if isinstance(event, SectionDone) and event.done == 2:
            stop.set()

    async with opened(tmp_path, doc=doc) as ready:
        result = await ready.run(stop_after_two, stop)
    assert result.report.stopped
    assert {section.source_section_id for section in result.sections} == {
        s.id for s in doc.sections[:2]
    }


async def test_what_was_accepted_is_ready_to_be_placed(cast, tmp_path):
    before = datetime.now(UTC).replace(microsecond=0)
    result = await run(tmp_path)
    assert [section.id for section in result.sections] == [
        candidate.id for candidate in result.report.accepted
    ]
    assert {(section.synth_teacher, section.synth_at) for section in result.sections} == {
        ("scripted", result.at)
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result.at)
    assert before <= datetime.fromisoformat(result.at) <= datetime.now(UTC)


async def test_the_ledger_keeps_for_each_section_what_spoke_for_it(cast, tmp_path):
    result = await run(tmp_path, SWAY)
    assert len(result.entries) == len(result.sections) == 6
    for entry, candidate in zip(result.entries, result.report.accepted, strict=True):
        assert (entry.section_id, entry.source_section_id) == (candidate.id, candidate.source_id)
        assert (entry.teacher, entry.judge, entry.margin) == ("scripted", "judge", 1.0)
        assert entry.evidence == candidate.evidence
    assert {entry.run_id for entry in result.entries} == {f"{result.at} scripted"}
