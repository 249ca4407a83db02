import asyncio
import json
import threading
from contextlib import ExitStack, aclosing
from decimal import Decimal

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.scripted_teacher import ScriptedTeacher, reply

from dlm_lsp.errors import SpentError, StoreError, TeacherError
from dlm_lsp.store.group_commit import GroupCommit
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.cost import Budget, CostMeter
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.synth.reply_faults import is_whole
from dlm_lsp.synth.reply_intake import ReplyRoom
from dlm_lsp.synth.request_runner import RequestRunner, cached_reply, store_reply
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.concurrency import map_concurrently, places
from dlm_lsp.teachers.price import Price, Rates
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, Reply, TeacherResult

WRITES = ScriptedTeacher(lambda request: Reply(f"about {request.prose}", tokens_in=3, tokens_out=2))


def planned_requests(*proses):
    return [
        PlannedRequest(at, "a" * 16, PairRequest(prose, "extraction", 1))
        for at, prose in enumerate(proses)
    ]


def taking(take):
    """What is called with each reply, as a coroutine."""

    async def on_reply(planned_request, outcome):
        take(planned_request, outcome)

    return on_reply


async def run(runner, planned_requests):
    """The index and text of each reply as it comes, and the indexes of what was left unasked."""
    replies = []
    unasked = await runner.run(
        planned_requests,
        taking(lambda planned, outcome: replies.append((planned.index, outcome.text))),
    )
    return replies, [left.planned.index for left in unasked]


def request_runner(teacher, cache, **options):
    return RequestRunner(teacher, cache, SynthOptions(**options), lambda _: None)


async def test_equal_requests_are_asked_once(cache):
    teacher = ScriptedTeacher(WRITES.write)
    runner = request_runner(teacher, cache)
    replies, unasked = await run(runner, planned_requests("x", "y", "x"))
    assert sorted(replies) == [(0, "about x"), (1, "about y"), (2, "about x")]
    assert unasked == []
    assert len(teacher.requests) == 2
    usage = runner.usage(1.5)
    assert (usage.requests, usage.tokens_in, usage.tokens_out, usage.seconds) == (2, 6, 4, 1.5)


async def test_what_is_in_the_cache_does_not_count_against_the_limit(cache):
    await run(request_runner(WRITES, cache), planned_requests("b"))
    replies, unasked = await run(
        request_runner(WRITES, cache, max_requests=1), planned_requests("a", "b", "c")
    )
    assert sorted(replies) == [(0, "about a"), (1, "about b")]
    assert unasked == [2]


async def test_equal_requests_from_the_cache_count_once(cache):
    await run(request_runner(WRITES, cache), planned_requests("x"))
    runner = request_runner(WRITES, cache)
    await run(runner, planned_requests("x", "x"))
    assert (runner.usage(0).requests, runner.usage(0).from_cache) == (0, 1)


@pytest.mark.parametrize(("concurrency", "requests"), [(1, 2), (2, 3), (8, 4)])
async def test_a_request_in_flight_when_the_run_is_cancelled_was_sent(cache, concurrency, requests):
    never = anyio.Event()
    teacher = ScriptedTeacher(
        WRITES.write, wait=lambda request: never if request.prose == "b" else None
    )
    runner = request_runner(teacher, cache, concurrency=concurrency)
    with anyio.CancelScope() as scope:
        await runner.run(planned_requests("a", "b", "c", "d"), taking(lambda *_: scope.cancel()))
    assert runner.usage(0).requests == requests


async def test_a_failure_that_ails_many_is_told_once_and_handed_to_each(cache):
    events, messages = [], []
    teacher = ScriptedTeacher(lambda request: TeacherError("no key; set one"))
    runner = RequestRunner(teacher, cache, SynthOptions(), events.append)
    await runner.run(
        planned_requests("a", "b", "c"), taking(lambda _, outcome: messages.append(str(outcome)))
    )
    assert [event.message for event in events] == ["no key; set one"]
    assert messages == ["no key; set one"] * 3


async def test_requests_that_a_teacher_leaves_unasked_cost_nothing(cache):
    class Rejected(ScriptedTeacher):
        async def answer(self, requests):
            yield TeacherResult(0, TeacherError("no key; set one"))
            raise TeacherError("no key; set one")

    runner = RequestRunner(Rejected(), cache, SynthOptions(), lambda _: None)
    indexes = []
    await runner.run(
        planned_requests("a", "b", "c"), taking(lambda planned, _: indexes.append(planned.index))
    )
    assert (indexes, runner.usage(0).requests) == ([0, 1, 2], 1)


async def test_the_limit_holds_over_several_rounds(cache):
    runner = request_runner(WRITES, cache, max_requests=3)
    assert (await run(runner, planned_requests("a", "b")))[1] == []
    assert (await run(runner, planned_requests("c", "d")))[1] == [1]


async def test_a_cache_that_cannot_be_written_ends_the_requests_at_once(cache, monkeypatch):
    async def full(*_):
        raise StoreError("no space left")

    monkeypatch.setattr(cache, "put_grouped", full)
    never = anyio.Event()
    teacher = ScriptedTeacher(
        lambda _: reply([]), wait=lambda request: never if request.prose == "b" else None
    )
    with pytest.raises(StoreError, match="no space left"):
        await run(request_runner(teacher, cache), planned_requests("a", "b", "c"))
    assert teacher.closed == 1


async def test_replies_that_come_at_once_are_on_disk_before_they_are_read(cache):
    last_is_asked, groups = threading.Event(), []
    put = cache.put_by_key

    def answer(request):
        if request.prose == "h":
            last_is_asked.set()
        return WRITES.write(request)

    def write(rows):
        assert last_is_asked.wait(30)
        groups.append(len(rows))
        put(rows)

    teacher = ScriptedTeacher(answer)

    cache._group_commit = GroupCommit(write)

    async def on_reply(planned, outcome):
        assert cached_reply(cache, teacher, planned.request) == outcome

    await request_runner(teacher, cache).run(planned_requests(*"abcdefgh"), on_reply)
    assert sum(groups) == 8
    assert len(groups) < 8


@pytest.mark.parametrize("concurrency", [1, 2, 8])
async def test_no_more_replies_are_on_their_way_to_the_disk_than_are_asked_at_once(
    cache, monkeypatch, concurrency
):
    waiting, most, full = set(), [], anyio.Event()

    async def put(_, fingerprint, __):
        waiting.add(fingerprint)
        most.append(len(waiting))
        if len(waiting) == concurrency:
            full.set()
        await full.wait()
        for _ in range(5):  # the next reply takes one such step to get here
            await anyio.to_thread.run_sync(bool)
        waiting.remove(fingerprint)

    monkeypatch.setattr(cache, "put_grouped", put)
    runner = request_runner(WRITES, cache, concurrency=concurrency)
    await run(runner, planned_requests(*"abcdefghijklmnopqrst"))
    assert max(most) == concurrency


class AtOnce(ScriptedTeacher):
    """Answers `most` requests at once, whoever asks; each is answered once `go_on` lets it."""

    def __init__(self, most, go_on):
        super().__init__(WRITES.write)
        self.most = most
        self.places = places(most)
        self.go_on = go_on
        self.came = []

    async def answer(self, requests):
        async def work(request):
            self.requests.append(request)
            await self.go_on(request)
            self.came.append(request)
            return self.write(request)

        async with aclosing(map_concurrently(work, requests, self.places)) as finished:
            async for index, written in finished:
                yield TeacherResult(index, written)


async def at_once(_):
    await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("natively", [False, True])
@given(
    st.integers(1, 5),
    st.lists(st.integers(0, 4), min_size=1, max_size=12),
    st.integers(0, 12),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_reply_that_came_is_stored_whenever_the_run_is_cancelled(
    tmp_path_factory, natively, concurrency, steps, when
):
    async def go_on(request):
        for _ in range(steps[int(request.prose)]):
            await anyio.lowlevel.checkpoint()

    async def main(cache):
        is_cancelled = threading.Event()
        put = cache.put_by_key

        def write(rows):
            assert is_cancelled.wait(30)
            put(rows)

        cache._group_commit = GroupCommit(write)
        teacher = AtOnce(concurrency, go_on)
        runner = request_runner(teacher, cache, concurrency=concurrency)
        scope = anyio.CancelScope()

        async def ask():
            with scope:
                await runner.run(
                    planned_requests(*map(str, range(len(steps)))), taking(lambda *_: 0)
                )

        asking = asyncio.create_task(ask())
        for _ in range(when):
            await anyio.lowlevel.checkpoint()
        (asking if natively else scope).cancel()
        is_cancelled.set()
        await asyncio.wait([asking])
        return teacher

    with ReplyCache(tmp_path_factory.mktemp("cache")) as cache:
        teacher = anyio.run(main, cache)
        assert [cached_reply(cache, teacher, request) for request in teacher.came] == [
            teacher.write(request) for request in teacher.came
        ]


@given(st.integers(1, 4), st.integers(1, 6))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
def test_fewer_than_twice_as_many_as_go_at_once_have_come_unstored_over_all_documents(
    tmp_path_factory, concurrency, documents
):
    async def main(caches):
        disk = threading.Event()
        teacher, room = AtOnce(concurrency, at_once), ReplyRoom()
        options = SynthOptions(concurrency=concurrency)
        async with anyio.create_task_group() as tasks:
            for at, cache in enumerate(caches):
                cache._group_commit = GroupCommit(
                    lambda rows, put=cache.put_by_key: disk.wait(30) and put(rows)
                )
                runner = RequestRunner(teacher, cache, options, lambda _: None, room=room)
                planned = planned_requests(*(f"{at} {number}" for number in range(9)))
                tasks.start_soon(runner.run, planned, taking(lambda *_: None))
            await anyio.wait_all_tasks_blocked()
            came = len(teacher.came)
            disk.set()
        assert came < 2 * concurrency
        assert len(teacher.came) == 9 * documents

    with ExitStack() as stack:
        folders = [tmp_path_factory.mktemp("cache") for _ in range(documents)]
        anyio.run(main, [stack.enter_context(ReplyCache(folder)) for folder in folders])


async def test_a_teacher_that_never_waits_is_not_asked_everything_after_a_cancellation(cache):
    teacher = ScriptedTeacher(WRITES.write)
    runner = request_runner(teacher, cache, concurrency=2)
    with anyio.CancelScope() as scope:
        await runner.run(planned_requests(*map(str, range(50))), taking(lambda *_: scope.cancel()))
    assert len(teacher.requests) <= 6


TEACHER = ScriptedTeacher()
REQUEST = PairRequest("prose", "extraction", 1)
# Half a surrogate pair is what a broken server may send.
TEXT = st.text(st.characters() | st.characters(categories=["Cs"]))
COUNT = st.none() | st.integers(0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.builds(Reply, TEXT, COUNT, COUNT, st.sampled_from(["stop", "length", "refusal"]), TEXT, TEXT)
)
async def test_a_whole_reply_comes_back_as_it_was_kept_and_no_other(cache, reply):
    await store_reply(cache, TEACHER, REQUEST, reply)
    expected = reply if is_whole(REQUEST, reply) else None
    assert cached_reply(cache, TEACHER, REQUEST) == expected


async def test_a_reply_is_kept_for_its_request_and_teacher_alone(cache):
    await store_reply(cache, TEACHER, REQUEST, Reply("x"))
    assert cached_reply(cache, TEACHER, PairRequest("prose", "extraction", 2)) is None
    other = ScriptedTeacher()
    other.name = "other"
    assert cached_reply(cache, other, REQUEST) is None


def test_a_reply_that_was_kept_before_there_were_notes_has_none(cache):
    whole = {"text": "x", "tokens_in": 1, "tokens_out": 1, "finish": "stop"}
    cache.put(TEACHER.name, TEACHER.fingerprint(REQUEST), json.dumps(whole))
    assert cached_reply(cache, TEACHER, REQUEST) == Reply("x", 1, 1, note="")


def test_what_cannot_be_read_is_as_good_as_nothing(cache: ReplyCache):
    whole = {"text": "x", "tokens_in": 1, "tokens_out": 1, "finish": "stop"}
    cache.put(TEACHER.name, TEACHER.fingerprint(REQUEST), json.dumps(whole))
    assert cached_reply(cache, TEACHER, REQUEST) == Reply("x", 1, 1)
    spoilt = [
        json.dumps({**whole, **change})
        for change in (
            {"text": ["x"]},
            {"text": None},
            {"text": {"pairs": []}},
            {"tokens_in": "11"},
            {"tokens_out": 1.5},
            {"finish": ["stop"]},
            {"finish": "else"},
            {"note": ["x"]},
        )
    ]
    for payload in ("", "{", "[]", '{"else": 1}', "null", "[" * 100_000, *spoilt):
        cache.put(TEACHER.name, TEACHER.fingerprint(REQUEST), payload)
        assert cached_reply(cache, TEACHER, REQUEST) is None


@pytest.mark.parametrize(
    "stored",
    ['{"text": "", "finish": "stop"', '{"text": "{\\"pairs\\": [{\\"que", "finish": "length"'],
    ids=["empty", "cut"],
)
async def test_what_earlier_versions_kept_of_a_failed_request_is_asked_for_again(cache, stored):
    [planned] = planned_requests("x")
    payload = f'{stored}, "tokens_in": 3, "tokens_out": 2}}'
    cache.put(WRITES.name, WRITES.fingerprint(planned.request), payload)
    replies, _ = await run(request_runner(WRITES, cache), [planned])
    assert replies == [(0, "about x")]
    assert cached_reply(cache, WRITES, planned.request).text == "about x"


async def test_a_reply_of_an_earlier_version_that_is_whole_is_taken(cache):
    [planned] = planned_requests("x")
    payload = '{"text": "kept", "finish": "stop", "tokens_in": 3, "tokens_out": 2}'
    cache.put(WRITES.name, WRITES.fingerprint(planned.request), payload)
    replies, _ = await run(request_runner(WRITES, cache), [planned])
    assert replies == [(0, "kept")]


async def test_an_empty_reply_is_asked_for_once_more_told_and_never_kept(cache):
    teacher = ScriptedTeacher(lambda _: Reply("", tokens_in=3, tokens_out=0))
    failures, events = [], []
    runner = RequestRunner(teacher, cache, SynthOptions(), events.append)
    await runner.run(planned_requests("x"), taking(lambda _, outcome: failures.append(outcome)))
    assert [str(failure) for failure in failures] == [
        "the reply of scripted was empty; try another model"
    ]
    assert [event.message for event in events] == [str(failures[0])]
    assert (runner.usage(0).requests, runner.usage(0).tokens_in) == (2, 6)
    [planned] = planned_requests("x")
    assert cache.get(teacher.name, teacher.fingerprint(planned.request)) is None


async def test_a_second_attempt_counts_against_the_limit(cache):
    teacher = ScriptedTeacher(lambda _: Reply(""))
    failures = []
    await request_runner(teacher, cache, max_requests=1).run(
        planned_requests("x"), taking(lambda _, outcome: failures.append(outcome))
    )
    assert len(failures) == len(teacher.requests) == 1


async def test_a_cut_reply_with_a_pair_is_used_and_asked_for_again_by_the_next_run(cache):
    cut = Reply('{"pairs": [{"question": "Why?", "answer": "So."}, {"que', finish="length")
    teacher = ScriptedTeacher(lambda _: cut)
    for asked in (1, 2):
        replies, _ = await run(request_runner(teacher, cache), planned_requests("x"))
        assert replies == [(0, cut.text)]
        assert len(teacher.requests) == asked


DEAR = Price(Rates(Decimal(0), Decimal(1000)), "USD")


def metered_runner(teacher, cache, budget, **options):
    options = SynthOptions(sampling=GenerationOptions(max_new_tokens=10), **options)
    meter = CostMeter(DEAR, budget.share(), 10)
    return RequestRunner(teacher, cache, options, lambda _: None, meter=meter)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_neither_limit_is_ever_exceeded_by_second_attempts(tmp_path_factory, limit, count, worth):
    teacher = ScriptedTeacher(lambda _: Reply("", tokens_in=3, tokens_out=10))
    budget = Budget(limit=10_000 * worth)
    with ReplyCache(tmp_path_factory.mktemp("cache")) as cache:
        runner = metered_runner(teacher, cache, budget, max_requests=limit, max_cost=1.0)
        planned = planned_requests(*map(str, range(count)))
        anyio.run(runner.run, planned, taking(lambda *_: None))
    assert len(teacher.requests) == runner.usage(0).requests <= limit
    assert budget.spent <= budget.limit


async def test_a_teacher_that_has_ended_the_asking_is_not_asked_about_what_is_left(cache):
    class OutOfCredit(ScriptedTeacher):
        calls = 0

        async def answer(self, requests):
            self.calls += 1
            raise SpentError("no credit")
            yield

    teacher = OutOfCredit()
    runner = metered_runner(teacher, cache, Budget(), max_requests=2)
    unasked = await runner.run(planned_requests(*"abcd"), taking(lambda *_: None))
    assert teacher.calls == 1
    assert [left.reason for left in unasked] == ["no credit"] * 4
