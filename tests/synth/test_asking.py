import anyio
import pytest
from scripted import ScriptedTeacher, reply

from dlm_lsp.store.error import StoreError
from dlm_lsp.synth.asking import Asking
from dlm_lsp.synth.asks import Wanted
from dlm_lsp.synth.options import SynthOptions
from dlm_lsp.teachers.protocol import Answered, Ask, Reply, TeacherError

WRITES = ScriptedTeacher(lambda ask: Reply(f"about {ask.prose}", tokens_in=3, tokens_out=2))


def wanted(*proses):
    return [Wanted(at, "a" * 16, Ask(prose, "extraction", 1)) for at, prose in enumerate(proses)]


async def taken(asking, asks):
    got = []
    left = await asking.replies(asks, lambda one, outcome: got.append((one.index, outcome.text)))
    return got, [one.index for one in left]


def asking(teacher, cache, **options):
    return Asking(teacher, cache, SynthOptions(**options), lambda _: None)


async def test_equal_asks_are_one_request(cache):
    teacher = ScriptedTeacher(WRITES.write)
    one = asking(teacher, cache)
    got, left = await taken(one, wanted("x", "y", "x"))
    assert sorted(got) == [(0, "about x"), (1, "about y"), (2, "about x")]
    assert left == []
    assert len(teacher.asked) == 2
    spent = one.spent(1.5)
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
    assert (one.spent(0).requests, one.spent(0).from_cache) == (0, 1)


@pytest.mark.parametrize(("concurrency", "requests"), [(1, 2), (2, 3), (8, 4)])
async def test_a_request_in_flight_when_the_run_is_cancelled_was_sent(cache, concurrency, requests):
    never = anyio.Event()
    teacher = ScriptedTeacher(WRITES.write, wait=lambda ask: never if ask.prose == "b" else None)
    one = asking(teacher, cache, concurrency=concurrency)
    with anyio.CancelScope() as scope:
        await one.replies(wanted("a", "b", "c", "d"), lambda *_: scope.cancel())
    assert one.spent(0).requests == requests


async def test_a_failure_that_ails_many_is_told_once_and_handed_to_each(cache):
    events, got = [], []
    teacher = ScriptedTeacher(lambda ask: TeacherError("no key; set one"))
    one = Asking(teacher, cache, SynthOptions(), events.append)
    await one.replies(wanted("a", "b", "c"), lambda one, outcome: got.append(str(outcome)))
    assert [event.message for event in events] == ["no key; set one"]
    assert got == ["no key; set one"] * 3


async def test_asks_that_a_teacher_leaves_unasked_cost_nothing(cache):
    class Rejected(ScriptedTeacher):
        async def answer(self, asks):
            yield Answered(0, TeacherError("no key; set one"))
            raise TeacherError("no key; set one")

    one = Asking(Rejected(), cache, SynthOptions(), lambda _: None)
    got = []
    await one.replies(wanted("a", "b", "c"), lambda one, outcome: got.append(one.index))
    assert (got, one.spent(0).requests) == ([0, 1, 2], 1)


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
