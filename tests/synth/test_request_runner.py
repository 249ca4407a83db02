import json

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.scripted_teacher import ScriptedTeacher, reply

from dlm_lsp.errors import StoreError, TeacherError
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.options import SynthOptions
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.synth.request_runner import RequestRunner, cached_reply, store_reply
from dlm_lsp.teachers.protocol import PairRequest, Reply, TeacherResult

WRITES = ScriptedTeacher(lambda ask: Reply(f"about {ask.prose}", tokens_in=3, tokens_out=2))


def wanted(*proses):
    return [
        PlannedRequest(at, "a" * 16, PairRequest(prose, "extraction", 1))
        for at, prose in enumerate(proses)
    ]


async def taken(asking, asks):
    got = []
    left = await asking.replies(asks, lambda one, outcome: got.append((one.index, outcome.text)))
    return got, [one.index for one in left]


def asking(teacher, cache, **options):
    return RequestRunner(teacher, cache, SynthOptions(**options), lambda _: None)


async def test_equal_asks_are_one_request(cache):
    teacher = ScriptedTeacher(WRITES.write)
    one = asking(teacher, cache)
    got, left = await taken(one, wanted("x", "y", "x"))
    assert sorted(got) == [(0, "about x"), (1, "about y"), (2, "about x")]
    assert left == []
    assert len(teacher.asked) == 2
    spent = one.usage(1.5)
    assert (spent.requests, spent.tokens_in, spent.tokens_out, spent.seconds) == (2, 6, 4, 1.5)


async def test_what_is_in_the_cache_does_not_count_against_the_limit(cache):
    await taken(asking(WRITES, cache), wanted("b"))
    got, left = await taken(asking(WRITES, cache, max_requests=1), wanted("a", "b", "c"))
    assert sorted(got) == [(0, "about a"), (1, "about b")]
    assert left == [2]


async def test_equal_asks_from_the_cache_count_once(cache):
    await taken(asking(WRITES, cache), wanted("x"))
    one = asking(WRITES, cache)
    await taken(one, wanted("x", "x"))
    assert (one.usage(0).requests, one.usage(0).from_cache) == (0, 1)


@pytest.mark.parametrize(("concurrency", "requests"), [(1, 2), (2, 3), (8, 4)])
async def test_a_request_in_flight_when_the_run_is_cancelled_was_sent(cache, concurrency, requests):
    never = anyio.Event()
    teacher = ScriptedTeacher(WRITES.write, wait=lambda ask: never if ask.prose == "b" else None)
    one = asking(teacher, cache, concurrency=concurrency)
    with anyio.CancelScope() as scope:
        await one.replies(wanted("a", "b", "c", "d"), lambda *_: scope.cancel())
    assert one.usage(0).requests == requests


async def test_a_failure_that_ails_many_is_told_once_and_handed_to_each(cache):
    events, got = [], []
    teacher = ScriptedTeacher(lambda ask: TeacherError("no key; set one"))
    one = RequestRunner(teacher, cache, SynthOptions(), events.append)
    await one.replies(wanted("a", "b", "c"), lambda one, outcome: got.append(str(outcome)))
    assert [event.message for event in events] == ["no key; set one"]
    assert got == ["no key; set one"] * 3


async def test_asks_that_a_teacher_leaves_unasked_cost_nothing(cache):
    class Rejected(ScriptedTeacher):
        async def answer(self, asks):
            yield TeacherResult(0, TeacherError("no key; set one"))
            raise TeacherError("no key; set one")

    one = RequestRunner(Rejected(), cache, SynthOptions(), lambda _: None)
    got = []
    await one.replies(wanted("a", "b", "c"), lambda one, outcome: got.append(one.index))
    assert (got, one.usage(0).requests) == ([0, 1, 2], 1)


async def test_the_limit_holds_over_several_rounds(cache):
    one = asking(WRITES, cache, max_requests=3)
    assert (await taken(one, wanted("a", "b")))[1] == []
    assert (await taken(one, wanted("c", "d")))[1] == [1]


async def test_a_cache_that_cannot_be_written_ends_the_requests_at_once(cache, monkeypatch):
    def full(*_):
        raise StoreError("no space left")

    monkeypatch.setattr(cache, "put", full)
    teacher = ScriptedTeacher(lambda _: reply([]))
    with pytest.raises(StoreError, match="no space left"):
        await taken(asking(teacher, cache), wanted("a", "b", "c"))
    assert len(teacher.asked) == 1
    assert teacher.closed == 1


TEACHER = ScriptedTeacher()
ASK = PairRequest("prose", "extraction", 1)
# Half a surrogate pair is what a broken server may send.
TEXT = st.text(st.characters() | st.characters(categories=["Cs"]))
COUNT = st.none() | st.integers(0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.builds(Reply, TEXT, COUNT, COUNT, st.sampled_from(["stop", "length", "refusal"]), TEXT))
def test_a_reply_comes_back_as_it_was_kept(cache, reply):
    store_reply(cache, TEACHER, ASK, reply)
    assert cached_reply(cache, TEACHER, ASK) == reply


def test_a_reply_is_kept_for_its_ask_and_teacher_alone(cache):
    store_reply(cache, TEACHER, ASK, Reply("x"))
    assert cached_reply(cache, TEACHER, PairRequest("prose", "extraction", 2)) is None
    other = ScriptedTeacher()
    other.name = "other"
    assert cached_reply(cache, other, ASK) is None


def test_a_reply_that_was_kept_before_there_were_notes_has_none(cache):
    whole = {"text": "x", "tokens_in": 1, "tokens_out": 1, "finish": "stop"}
    cache.put(TEACHER.name, TEACHER.fingerprint(ASK), json.dumps(whole))
    assert cached_reply(cache, TEACHER, ASK) == Reply("x", 1, 1, note="")


def test_what_cannot_be_read_is_as_good_as_nothing(cache: ReplyCache):
    whole = {"text": "x", "tokens_in": 1, "tokens_out": 1, "finish": "stop"}
    cache.put(TEACHER.name, TEACHER.fingerprint(ASK), json.dumps(whole))
    assert cached_reply(cache, TEACHER, ASK) == Reply("x", 1, 1)
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
        cache.put(TEACHER.name, TEACHER.fingerprint(ASK), payload)
        assert cached_reply(cache, TEACHER, ASK) is None
