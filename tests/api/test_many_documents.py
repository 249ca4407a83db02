"""Synthesis of many documents: one run over all, results as they finish, the same whatever does."""

import asyncio
import itertools
import threading
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from support.document_stores import make_adapter
from support.scripted_teacher import ScriptedTeacher
from support.teacher_server import TeacherServer, Town, town
from support.towns_folder import town_document, towns_folder
from werkzeug import Response

from dlm_lsp.api import synthesis
from dlm_lsp.api.documents import load_head
from dlm_lsp.api.many_documents import (
    DocumentOutcome,
    documents_at_once,
    group_documents,
    synthesize_documents,
)
from dlm_lsp.api.synthesis import RunContext
from dlm_lsp.errors import CopyError, StoreError, UsageError
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.lock import SharedLock
from dlm_lsp.store.plan import load_plan
from dlm_lsp.synth.corpus import Corpus
from dlm_lsp.synth.cost import budget_of
from dlm_lsp.synth.judge import sway_judge
from dlm_lsp.synth.run_models import ModelSource, RunModels
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest

OPTIONS = SynthOptions(filter="dedup-only", per_section=2)
SERVER = "vllm-server:http://localhost:1"


@pytest.fixture
def teacher():
    """A teacher that answers several requests at once."""
    with HTTPServer(threaded=True) as server:
        yield TeacherServer(server)


class Gates:
    """Holds back the reply about each town until its gate is opened."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.is_asked = anyio.Event()
        self._gates: dict[int, anyio.Event] = {}

    def gate(self, number: int) -> anyio.Event:
        return self._gates.setdefault(number, anyio.Event())

    def wait(self, request) -> anyio.Event:
        number = int(request.prose.split("Ville")[1].split()[0])
        self.asked.append(number)
        self.is_asked.set()
        self.is_asked = anyio.Event()
        return self.gate(number)

    async def until_asked(self, count: int) -> None:
        while len(self.asked) < count:
            await self.is_asked.wait()


@asynccontextmanager
async def context_of(teacher, *, options=OPTIONS, corpus=None, select=None):
    select = select or (lambda *_, **__: teacher)
    async with RunModels(ModelSource(select, sway_judge)) as models:
        yield RunContext(
            SynthRequest(SERVER, None, options),
            "stage",
            models,
            budget_of(options),
            anyio.Event(),
            on_event=lambda *_: None,
            on_ready=lambda *_: None,
            on_wait=lambda _: None,
            corpus=corpus,
        )


async def run(paths: list[Path], teacher, **more) -> list[DocumentOutcome]:
    async with context_of(teacher, **more) as context:
        groups = group_documents(paths, context.request)
        async with aclosing(synthesize_documents(groups, context)) as outcomes:
            return [outcome async for outcome in outcomes]


def staged(path: Path) -> list[str]:
    plan = load_plan(store_of(path))
    return [section.id for section in plan.sections] if plan else []


def store_of(path: Path) -> Path:
    return store_folder(path.read_text("utf-8").split("dlm_id: ")[1].split()[0])


async def test_each_document_has_its_pairs_staged(tmp_path):
    paths = towns_folder(tmp_path / "notes", range(20))
    outcomes = await run(paths, ScriptedTeacher())
    assert sorted(outcome.path for outcome in outcomes) == paths
    assert [len(staged(path)) for path in paths] == [2] * 20


async def test_results_come_as_they_finish(tmp_path):
    gates = Gates()
    paths = towns_folder(tmp_path / "notes", range(3))
    finished = []

    async def consume(context):
        outcomes = synthesize_documents(group_documents(paths, context.request), context)
        async with aclosing(outcomes) as results:
            async for outcome in results:
                finished.append(outcome.path)
                gates.gate({2: 0, 0: 1, 1: 1}[paths.index(outcome.path)]).set()

    teacher = ScriptedTeacher(wait=gates.wait)
    async with context_of(teacher) as context, anyio.create_task_group() as tasks:
        tasks.start_soon(consume, context)
        await gates.until_asked(3)
        gates.gate(2).set()
    assert finished == [paths[2], paths[0], paths[1]]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(5)), st.sampled_from(["document", "corpus"]))
def test_what_comes_of_a_run_is_always_the_same_whatever_finishes_first(
    tmp_path_factory, monkeypatch, order, dedup
):
    folder = tmp_path_factory.mktemp("notes")
    monkeypatch.setenv("DLM_HOME", str(folder / "home"))
    # Documents 1 and 3 are about one town.
    paths = [town_document(folder, number, about=min(number, 2)) for number in range(5)]

    async def main():
        gates = Gates()
        teacher = ScriptedTeacher(wait=gates.wait)
        corpus = Corpus() if dedup == "corpus" else None

        async def open_gates():
            await gates.until_asked(5)
            for number in order:
                gates.gate(min(number, 2)).set()
                for _ in range(20):
                    await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(open_gates)
            await run(paths, teacher, corpus=corpus)

    anyio.run(main)
    assert [len(staged(path)) for path in paths] == (
        [2, 2, 2, 2, 2] if dedup == "document" else [2, 2, 2, 0, 0]
    )


async def test_the_refusal_of_a_pair_that_another_document_has_names_that_document(tmp_path):
    first, second = (town_document(tmp_path, number, about=7) for number in (1, 2))
    outcomes = await run([first, second], ScriptedTeacher(), corpus=Corpus())
    (report,) = [o.synthesis.report for o in outcomes if o.path == second and o.synthesis]
    assert {refusal.reason for refusal in report.refused} == {"duplicate_pair"}
    assert all(str(first) in refusal.detail for refusal in report.refused)


async def test_a_pair_that_stands_in_a_later_document_already_is_not_chosen_again(tmp_path):
    first, second = (town_document(tmp_path, number, about=7) for number in (1, 2))
    with second.open("a") as text:
        text.write("::instruction::\n### Q\nHow many mills does Ville7 have?\n")
        text.write("### A\nVille7 has 17 mills.\n")
    await run([first, second], ScriptedTeacher(), corpus=Corpus())
    assert len(staged(first)) == 1


async def test_a_probe_of_another_document_is_given_away_by_no_pair_and_named(tmp_path):
    first, second = (town_document(tmp_path, number, about=7) for number in (1, 2))
    with second.open("a") as text:
        text.write("::instruction::\n### Q !probe\nHow many mills does Ville7 have?\n")
        text.write("### A\nSeventeen of them.\n")
    outcomes = await run([first, second], ScriptedTeacher(), corpus=Corpus())
    refused = {o.path: o.synthesis.report.refused for o in outcomes}
    assert [(r.reason, r.detail) for r in refused[first] if r.reason == "near_probe"] == [
        (
            "near_probe",
            f'gives away the probe "How many mills does Ville7 have?" in {second}',
        )
    ]


async def test_a_document_that_fails_costs_itself(tmp_path):
    paths = towns_folder(tmp_path / "notes", range(4))
    paths[1].write_text("no frontmatter\n")
    paths[2].unlink()
    outcomes = {outcome.path: outcome for outcome in await run(paths, ScriptedTeacher())}
    assert [len(staged(paths[at])) for at in (0, 3)] == [2, 2]
    assert all(isinstance(outcomes[paths[at]].error, StoreError) for at in (1, 2))


async def test_a_defect_costs_the_document_that_it_comes_of(tmp_path):
    def write(request):
        if "Ville1 " in request.prose:
            raise ZeroDivisionError
        return ScriptedTeacher().write(request)

    paths = towns_folder(tmp_path / "notes", range(3))
    outcomes = {outcome.path: outcome for outcome in await run(paths, ScriptedTeacher(write))}
    assert isinstance(outcomes[paths[1]].error, ZeroDivisionError)
    assert [len(staged(paths[at])) for at in (0, 2)] == [2, 2]


async def test_what_is_wrong_for_every_document_is_the_error_of_each(tmp_path):
    def refuse(*_, **__):
        raise UsageError("no such teacher")

    paths = towns_folder(tmp_path / "notes", range(3))
    async with context_of(None, select=refuse) as context:
        outcomes = synthesize_documents(group_documents(paths, context.request), context)
        async with aclosing(outcomes) as results:
            errors = [str(outcome.error) async for outcome in results]
    assert errors == ["no such teacher"] * 3


@pytest.mark.parametrize("quick", [0, 1])
async def test_of_copies_the_first_has_the_pairs_whichever_is_read_first(
    tmp_path, monkeypatch, quick
):
    paths = [town_document(tmp_path, 1), tmp_path / "copy.dlm"]
    paths[1].write_bytes(paths[0].read_bytes())
    first_read = threading.Event()
    load_head = synthesis.load_head

    def load_in_order(path):
        if path != paths[quick]:
            assert first_read.wait(20)
        head = load_head(path)
        first_read.set()
        return head

    monkeypatch.setattr(synthesis, "load_head", load_in_order)
    outcomes = {outcome.path: outcome for outcome in await run(paths, ScriptedTeacher())}
    assert outcomes[paths[0]].synthesis
    assert isinstance(outcomes[paths[1]].error, CopyError)


async def test_a_stopped_run_waits_for_no_document_that_somebody_else_holds(tmp_path):
    paths = towns_folder(tmp_path / "notes", range(2))
    lock = SharedLock(store_of(paths[0]), "another", paths[0])
    assert lock.acquire()
    async with context_of(ScriptedTeacher()) as context:
        outcomes = synthesize_documents(group_documents(paths, context.request), context)
        async with aclosing(outcomes) as results:
            with anyio.fail_after(20):
                done = []
                async for outcome in results:
                    done.append(outcome.path)
                    context.stop.set()
    lock.release()
    assert done == [paths[1]]


async def test_whoever_is_cancelled_while_pairs_are_saved_lets_go_only_then(tmp_path, monkeypatch):
    (path,) = towns_folder(tmp_path / "notes", range(1))
    saving, go_on = threading.Event(), threading.Event()
    save_pairs = synthesis.save_pairs

    def save_slowly(*given):
        saving.set()
        assert go_on.wait(20)
        return save_pairs(*given)

    monkeypatch.setattr(synthesis, "save_pairs", save_slowly)
    task = asyncio.create_task(run([path], ScriptedTeacher()))
    await anyio.to_thread.run_sync(saving.wait)
    task.cancel()
    await anyio.lowlevel.checkpoint()
    another = SharedLock(store_of(path), "another", path)
    assert not another.acquire()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(staged(path)) == 2
    assert another.acquire()
    another.release()


async def test_a_document_is_held_only_while_it_is_worked_on(tmp_path):
    gates = Gates()
    paths = towns_folder(tmp_path / "notes", range(2))
    gates.gate(0).set()

    async def consume(context):
        outcomes = synthesize_documents(group_documents(paths, context.request), context)
        async with aclosing(outcomes) as results:
            async for outcome in results:
                if outcome.path == paths[0]:
                    another = SharedLock(store_of(paths[0]), "another", paths[0])
                    assert another.acquire()
                    another.release()
                    gates.gate(1).set()

    async with context_of(ScriptedTeacher(wait=gates.wait)) as context:
        with anyio.fail_after(30):
            await consume(context)


async def test_two_runs_over_the_same_folder_ask_about_each_document_once(tmp_path):
    paths = towns_folder(tmp_path / "notes", range(12))
    teacher = ScriptedTeacher()
    async with anyio.create_task_group() as tasks:
        for order in (paths, paths[::-1]):
            tasks.start_soon(run, order, teacher)
    assert len(teacher.requests) == 12
    assert [len(staged(path)) for path in paths] == [2] * 12


async def test_a_run_that_is_stopped_begins_no_further_document(tmp_path):
    gates = Gates()
    paths = towns_folder(tmp_path / "notes", range(40))
    options = SynthOptions(filter="dedup-only", per_section=2, concurrency=2)
    teacher = ScriptedTeacher(wait=gates.wait)
    async with context_of(teacher, options=options) as context:

        async def stop():
            await gates.until_asked(4)
            context.stop.set()

        outcomes = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stop)
            groups = group_documents(paths, context.request)
            async with aclosing(synthesize_documents(groups, context)) as results:
                outcomes = [outcome async for outcome in results]
    assert len(outcomes) == documents_at_once(context.request, context.models) == 4
    assert all(outcome.synthesis and outcome.synthesis.report.stopped for outcome in outcomes)


async def test_what_is_in_flight_when_a_run_is_stopped_counts_once_over_all_documents(
    tmp_path, teacher
):
    numbers, in_flight, release = itertools.count(1), threading.Event(), threading.Event()

    def answer(prompt: str) -> Response:
        number = next(numbers)
        if number == 8:
            in_flight.set()
        if number > 5:
            release.wait(30)
        return Town(prompt)

    teacher.answer = answer
    sections = "\n::prose::\n".join(town(number) for number in range(6))
    paths = towns_folder(tmp_path / "notes", range(5))
    for path in paths:
        path.write_text(f"{path.read_text('utf-8').split('The town')[0]}{sections}\n", "utf-8")
    options = SynthOptions(filter="dedup-only", per_section=2, concurrency=3)
    async with RunModels() as models:
        context = RunContext(
            SynthRequest(teacher.selector, None, options),
            "stage",
            models,
            budget_of(options),
            anyio.Event(),
            on_event=lambda *_: None,
            on_ready=lambda *_: None,
            on_wait=lambda _: None,
        )

        async def stop():
            await anyio.to_thread.run_sync(in_flight.wait, 30)
            context.stop.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stop)
            groups = group_documents(paths, context.request)
            async with aclosing(synthesize_documents(groups, context)) as results:
                outcomes = [outcome async for outcome in results]
    release.set()
    assert all(outcome.synthesis for outcome in outcomes)
    assert sum(outcome.synthesis.report.usage.requests for outcome in outcomes) == 8


def test_documents_are_grouped_by_the_models_that_they_need(tmp_path):
    paths = towns_folder(tmp_path / "notes", range(4))
    for at in (1, 3):
        text = paths[at].read_text().replace("smollm2-135m", "gemma-3-270m")
        paths[at].write_text(text)
    for path in paths:
        make_adapter(load_head(path).folder, 1)
    groups = group_documents(paths, SynthRequest("self", None, OPTIONS))
    assert [(group.models[0].name, group.paths) for group in groups] == [
        ("smollm2-135m", (paths[0], paths[2])),
        ("gemma-3-270m", (paths[1], paths[3])),
    ]


def test_a_document_that_cannot_be_its_own_teacher_needs_no_model(tmp_path):
    paths = towns_folder(tmp_path / "notes", range(1))
    (group,) = group_documents(paths, SynthRequest("self", None, OPTIONS))
    assert group.models == ()


def test_documents_whose_models_are_no_matter_stay_in_their_order_unread(tmp_path):
    paths = [tmp_path / "b.dlm", tmp_path / "a.dlm"]
    (group,) = group_documents(paths, SynthRequest(SERVER, None, OPTIONS))
    assert group.paths == tuple(paths)


@pytest.mark.parametrize(
    ("teacher", "at_once"), [(SERVER, 16), ("hf:smollm2-135m", 2), ("self", 2)]
)
def test_more_documents_are_worked_on_where_a_server_is_waited_for(teacher, at_once):
    assert documents_at_once(SynthRequest(teacher, None, OPTIONS), RunModels()) == at_once
