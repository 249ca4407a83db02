"""Jobs: begun at once, shown while they run, stopped or dropped."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lsprotocol import types

from dlm_lsp.server import jobs as module
from dlm_lsp.server.jobs import Job, Jobs, RunEnd

URI = "file:///notes/towns.dlm"
STORE, OTHER = Path("store/towns"), Path("store/other")
INSERTED = RunEnd("inserted", "2 inserted", inserted=2)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> None:
    """A $DLM_HOME of its own, for the log of defects."""
    monkeypatch.setenv("DLM_HOME", str(tmp_path))


@dataclass
class StubServer:
    """A server that keeps what it would send; `create` is what the client makes of a token."""

    sent: list[types.ProgressParams] = field(default_factory=list)
    created: list[Any] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    create: Any = None

    def __post_init__(self) -> None:
        self.heard = asyncio.Event()
        self.notified: list[tuple[str, object]] = []
        self.protocol = SimpleNamespace(
            progress=SimpleNamespace(tokens={}),
            notify=lambda method, params: self.notified.append((method, params)),
        )

    async def window_work_done_progress_create_async(self, params: Any) -> None:
        self.created.append(params.token)
        self.protocol.progress.tokens[params.token] = "kept by pygls"
        if self.create:
            await self.create()

    def progress(self, params: types.ProgressParams) -> None:
        self.sent.append(params)
        self.heard.set()

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params.message)

    @property
    def said(self) -> list[tuple[str, object]]:
        """The kind and the words of each progress."""
        return [
            (
                progress.value.kind,
                getattr(progress.value, "message", None) or getattr(progress.value, "title", ""),
            )
            for progress in self.sent
        ]


@pytest.fixture
def server() -> StubServer:
    return StubServer()


@pytest.fixture
def jobs(server) -> Jobs:
    """Jobs for a client that shows progress."""
    made = Jobs(server)
    made.with_progress = True
    return made


def make_job(*sections: str, store: Path = STORE, uri: str = URI) -> Job:
    return Job(store, uri, frozenset(sections), "Working")


async def until_stopped(job: Job) -> RunEnd:
    """Work that lasts until it is stopped."""
    await job.stop.wait()
    return INSERTED


async def done(*some: Job) -> None:
    async with asyncio.timeout(5):
        await asyncio.gather(*(job.task for job in some))


async def test_to_start_returns_at_once_and_the_work_goes_on_behind_it(jobs):
    began = asyncio.Event()

    async def work(job: Job) -> RunEnd:
        began.set()
        return await until_stopped(job)

    job = jobs.start(make_job("a"), work)
    assert not began.is_set()
    assert len(jobs) == 1
    async with asyncio.timeout(5):
        await began.wait()
    job.stop.set()
    await done(job)
    assert len(jobs) == 0


async def test_progress_begins_reports_and_ends_under_one_token(jobs, server):
    async def work(job: Job) -> RunEnd:
        await server.heard.wait()
        jobs.report(job, "1 of 4 sections", 1, 4)
        return INSERTED

    job = jobs.start(make_job(), work)
    await done(job)
    assert server.created == [job.token]
    assert {progress.token for progress in server.sent} == {job.token}
    assert server.said == [
        ("begin", "Working"),
        ("report", "1 of 4 sections"),
        ("end", "2 inserted"),
    ]
    begin, report, _ = (progress.value for progress in server.sent)
    assert (begin.percentage, report.percentage) == (0, 25)
    assert begin.cancellable
    assert report.cancellable


async def test_a_client_that_shows_no_progress_is_told_the_end_in_a_message(server):
    jobs = Jobs(server)

    async def work(job: Job) -> RunEnd:
        return INSERTED

    await done(jobs.start(make_job(), work))
    assert server.messages == ["Working: 2 inserted"]
    assert server.sent == []


async def test_a_client_that_asks_for_it_is_told_how_a_job_ended_by_a_code(jobs, server):
    async def work(job: Job) -> RunEnd:
        return RunEnd("staged", "2 inserted, 1 staged (for review)", inserted=2, staged=1)

    await done(jobs.start(make_job(), work))
    assert server.notified == []
    jobs.tells_ends = True
    job = jobs.start(make_job(), work)
    await done(job)
    (notification,) = server.notified
    assert notification == (
        "$/dlm/runEnded",
        {
            "uri": URI,
            "token": job.token,
            "code": "staged",
            "message": "2 inserted, 1 staged (for review)",
            "inserted": 2,
            "staged": 1,
            "cause": "",
            "replaced": (),
            "refused": 0,
            "sections": (),
            "failure": None,
        },
    )


async def test_an_error_that_nobody_expected_has_a_code_of_its_own(jobs, server):
    async def work(_: Job) -> RunEnd:
        raise ValueError("the disk is full")

    jobs.tells_ends = True
    await done(jobs.start(make_job(), work))
    ((_, params),) = server.notified
    assert (params["code"], params["message"]) == ("defect", "failed: ValueError")


async def test_what_progress_has_shown_is_told_in_no_message(jobs, server):
    async def work(job: Job) -> RunEnd:
        await server.heard.wait()
        return INSERTED

    await done(jobs.start(make_job(), work))
    assert server.messages == []


async def test_of_nothing_nothing_is_done(jobs):
    job = make_job()
    jobs.report(job, "nothing to do", 0, 0)
    assert job.percentage == 0


async def test_what_was_done_before_the_client_made_room_is_shown_first(jobs, server):
    worked = asyncio.Event()
    server.create = worked.wait

    async def work(job: Job) -> RunEnd:
        jobs.report(job, "1 of 4 sections", 1, 4)
        worked.set()
        return INSERTED

    await done(jobs.start(make_job(), work))
    assert server.said == [("begin", "1 of 4 sections"), ("end", "2 inserted")]
    assert server.sent[0].value.percentage == 25


async def test_a_job_is_stopped_while_the_client_still_owes_its_answer(jobs, server):
    server.create = asyncio.Event().wait
    stopped = asyncio.Event()

    async def work(job: Job) -> RunEnd:
        await job.stop.wait()
        stopped.set()
        return RunEnd("cancelled", "cancelled")

    job = jobs.start(make_job("1"), work)
    jobs.cancel(token=job.token)
    await asyncio.wait_for(stopped.wait(), 1)
    await asyncio.sleep(0)
    assert jobs.on(STORE) == frozenset()
    await jobs.end()


async def test_each_job_has_a_token_of_its_own_which_is_a_text(jobs, server):
    some = [jobs.start(make_job(), until_stopped) for _ in range(3)]
    jobs.cancel()
    await done(*some)
    assert len(set(server.created)) == 3
    assert all(isinstance(token, str) for token in server.created)


async def test_the_token_of_a_job_that_has_ended_is_not_kept(jobs, server):
    job = jobs.start(make_job(), until_stopped)
    jobs.cancel()
    await done(job)
    assert server.created == [job.token]
    assert server.protocol.progress.tokens == {}


async def test_to_a_client_without_progress_nothing_is_sent(server):
    jobs = Jobs(server)

    async def work(job: Job) -> RunEnd:
        jobs.report(job, "1 of 2 sections", 1, 2)
        return INSERTED

    await done(jobs.start(make_job(), work))
    assert (server.created, server.sent) == ([], [])


@pytest.mark.parametrize("answer", ["never", "no"])
async def test_the_work_is_done_though_the_client_makes_no_room_for_progress(
    answer, jobs, server, monkeypatch
):
    monkeypatch.setattr(module, "_CREATE_TIMEOUT", 0.01)

    asked = asyncio.Event()

    async def create() -> None:
        asked.set()
        if answer == "no":
            raise RuntimeError("no such method")
        await asyncio.Event().wait()

    server.create = create
    worked = []

    async def work(job: Job) -> RunEnd:
        await asked.wait()
        await asyncio.sleep(0)
        jobs.report(job, "1 of 2 sections", 1, 2)
        worked.append(job)
        return INSERTED

    job = jobs.start(make_job(), work)
    await done(job)
    assert worked == [job]
    assert server.said == []
    assert server.messages == ["Working: 2 inserted"]
    assert len(jobs) == 0


@pytest.mark.parametrize("answer", ["never", "no"])
async def test_a_failure_is_told_though_the_client_makes_no_room_for_progress(
    answer, jobs, server, monkeypatch
):
    monkeypatch.setattr(module, "_CREATE_TIMEOUT", 0.01)

    async def create() -> None:
        if answer == "no":
            raise RuntimeError("no such method")
        await asyncio.Event().wait()

    async def work(_: Job) -> RunEnd:
        return RunEnd("failed", "failed")

    server.create = create
    await done(jobs.start(make_job(), work))
    assert server.messages == ["Working: failed"]


async def test_the_sections_of_a_document_that_are_worked_on_are_known(jobs):
    some = [
        jobs.start(job, until_stopped)
        for job in (make_job("a", "b"), make_job("c"), make_job("d", store=OTHER))
    ]
    assert jobs.on(STORE) == {"a", "b", "c"}
    assert jobs.on(OTHER) == {"d"}
    jobs.cancel()
    await done(*some)
    assert jobs.on(STORE) == frozenset()


async def test_one_job_is_stopped_by_its_token_and_the_others_go_on(jobs):
    job, other = jobs.start(make_job("a"), until_stopped), jobs.start(make_job("b"), until_stopped)
    assert jobs.cancel(token=job.token) == 1
    await done(job)
    assert jobs.on(STORE) == {"b"}
    jobs.cancel()
    await done(other)


async def test_the_jobs_of_one_document_are_stopped_and_those_of_others_go_on(jobs):
    job, two = (
        jobs.start(make_job("a"), until_stopped),
        jobs.start(make_job("b", store=OTHER), until_stopped),
    )
    assert jobs.cancel(document=STORE) == 1
    await done(job)
    assert jobs.on(OTHER) == {"b"}
    jobs.cancel()
    await done(two)


async def test_all_jobs_are_stopped_without_a_token_and_end_with_what_is_finished(jobs, server):
    some = [jobs.start(make_job(), until_stopped) for _ in range(2)]
    assert jobs.cancel() == 2
    await done(*some)
    assert [said for said in server.said if said[0] == "end"] == [("end", "2 inserted")] * 2


async def test_a_cancel_ends_one_step_and_the_next_has_one_of_its_own(jobs):
    ended = []

    async def work(job: Job) -> RunEnd:
        for step in ("first", "second"):
            await job.next_step().wait()
            ended.append(step)
        return INSERTED

    job = jobs.start(make_job(), work)
    for steps in (["first"], ["first", "second"]):
        await asyncio.sleep(0)
        jobs.cancel(token=job.token)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert ended == steps
    await done(job)


async def test_an_unknown_token_stops_nothing(jobs):
    job = jobs.start(make_job(), until_stopped)
    assert jobs.cancel(token="dlm-unknown") == 0
    assert not job.stop.is_set()
    jobs.cancel()
    await done(job)


async def test_a_failure_ends_the_progress_with_its_words(jobs, server):
    async def work(_: Job) -> RunEnd:
        raise ValueError("the disk is full")

    await done(jobs.start(make_job("a"), work))
    assert server.said[-1] == ("end", "failed: ValueError")
    assert jobs.on(STORE) == frozenset()


async def test_at_the_end_every_job_is_dropped_and_gone(jobs):
    begun, cleaned = asyncio.Semaphore(0), []

    async def work(_: Job) -> RunEnd:
        begun.release()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)
        return INSERTED

    some = [jobs.start(make_job(), work) for _ in range(2)]
    async with asyncio.timeout(5):
        for _ in some:
            await begun.acquire()
        await jobs.end()
    assert cleaned == [True, True]
    assert all(job.task.cancelled() for job in some)
    assert len(jobs) == 0


async def test_there_may_be_nothing_to_end(jobs):
    async with asyncio.timeout(5):
        await jobs.end()
    assert len(jobs) == 0
