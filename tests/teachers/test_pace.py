"""The pace of requests: alone, and between a real client library and a server that counts."""

from contextlib import aclosing
from time import monotonic

import anyio
import pytest
from support.http_servers import Answer, Request, WireServer, chat_completion
from support.teacher_calls import FINE, outcomes, request_for, served

from dlm_lsp.errors import (
    CrowdedError,
    KeyRefusedError,
    LateError,
    RateError,
    SilentError,
    SpentError,
    TeacherError,
)
from dlm_lsp.teachers.pace import Pace, Turn
from dlm_lsp.teachers.protocol import Reply
from dlm_lsp.teachers.request_limit import request_limit

MODELS = Answer({"data": [{"id": "m"}]})
DONE = Answer(chat_completion("fine"))
QUOTA = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}


def refusal(status=429, body=b"", **headers):
    return Answer(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


class Chat:
    """Answers posts by what `says` returns for the n-th, and notes when each came."""

    def __init__(self, says):
        self.says = says
        self.came: list[float] = []
        self.more = anyio.Event()

    async def until(self, count: int) -> None:
        """Wait until as many have come."""
        while len(self.came) < count:
            await self.more.wait()

    async def __call__(self, request: Request):
        if request.method == "GET":
            return MODELS
        self.came.append(monotonic())
        self.more.set()
        self.more = anyio.Event()
        return await self.says(len(self.came))


async def answered(server, count, **options):
    """What became of as many requests, all different, and what was told on the way."""
    notices: list[str] = []
    teacher = served(server.url, concurrency=8, **options)
    teacher.tell_to(notices.append)
    await teacher.prepare()
    try:
        replies = await outcomes(teacher, [request_for(f"Text {n}.") for n in range(count)])
    finally:
        await teacher.aclose()
    return replies, notices


# By itself


async def test_while_a_server_lets_one_wait_none_goes():
    pace = Pace(request_limit(4))
    async with pace.turn() as turn:
        pace.slow_down(turn, 0.05)
    began = anyio.current_time()
    async with pace.turn():
        assert anyio.current_time() - began >= 0.05


async def room_of(pace):
    """How many of eight would go at once."""
    going = 0

    async def go():
        nonlocal going
        async with pace.turn():
            going += 1
            await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(go)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    return going


async def test_after_a_slow_down_half_as_many_go_at_once_and_more_with_each_round_of_answers():
    pace = Pace(request_limit(8))
    async with pace.turn() as turn, pace.turn() as other:
        for each in (turn, other):
            pace.slow_down(each, 0)  # refused together, slowed down once
    room = []
    for _ in range(30):
        room.append(await room_of(pace))
        async with pace.turn() as turn:
            pace.speed_up(turn)
    assert room[0] == 4
    assert room == sorted(room)
    assert room[-1] == 8


async def test_whoever_waits_is_let_go_at_once_when_it_is_over():
    pace = Pace(request_limit(1))
    ended = SpentError("over")
    async with anyio.create_task_group() as tasks, pace.turn() as turn:
        pace.slow_down(turn, 3600)

        async def wait():
            async with pace.turn():
                assert pace.end is ended

        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        pace.stop(ended)


async def test_without_a_time_the_pauses_grow_until_something_is_answered():
    pauses = []
    pace = Pace(request_limit(1))
    pace.on_wait = pauses.append
    for slowdown in range(7):
        pace.slow_down(Turn(slowdown), None)
    pace.speed_up(Turn(7))
    # The first is not worth a word, the last ends no later than the one before.
    assert pauses == [4.0, 8.0, 16.0, 32.0, 60.0]
    assert pace.refusals_in_a_row == 0


async def test_those_that_wait_go_in_their_order_and_no_more_than_may_go_are_woken():
    pace = Pace(request_limit(2))
    went = []

    async def go(number):
        async with pace.turn():
            went.append(number)
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        async with pace.turn(), pace.turn():
            for number in range(50):
                tasks.start_soon(go, number)
            await anyio.wait_all_tasks_blocked()
        # Two have left, and two are called.
        assert pace.must_wait()
        assert [event.statistics().tasks_waiting for event in pace._line] == [1] * 48
    assert went == list(range(50))
    assert not pace.must_wait()


async def test_a_place_in_line_that_is_given_up_is_lost_to_nobody():
    pace = Pace(request_limit(1))
    went = []

    async def go(number, scope):
        with scope:
            async with pace.turn():
                went.append(number)

    scopes = [anyio.CancelScope() for _ in range(6)]
    async with anyio.create_task_group() as tasks, pace.turn():
        for number, scope in enumerate(scopes):
            tasks.start_soon(go, number, scope)
        await anyio.wait_all_tasks_blocked()
        scopes[1].cancel()
    assert went == [0, 2, 3, 4, 5]


async def test_the_end_of_a_pause_lets_those_go_that_wait_for_it():
    pace = Pace(request_limit(2))
    for _ in range(30):
        async with pace.turn() as turn:
            pace.slow_down(turn, 0.001)
            pace.speed_up(turn)
        with anyio.fail_after(5):
            async with pace.turn():
                pass


# With a server


async def test_a_server_that_wants_a_pause_of_one_is_left_alone_by_all():
    async def says(count):
        if count <= 8:
            # All are there before the first is refused.
            await chat.until(8)
            return refusal(retry_after_ms="400")
        return DONE

    chat = Chat(says)
    async with WireServer(chat) as server:
        replies, _ = await answered(server, 8)
        most_after = server.most_in_flight
    assert replies == [FINE] * 8
    assert len(chat.came) == 16
    assert chat.came[8] - chat.came[7] >= 0.4
    assert most_after == 8


async def test_after_a_refusal_fewer_go_at_once():
    at_once = most = 0

    async def says(count):
        nonlocal at_once, most
        if count <= 8:
            await chat.until(8)
            return refusal(retry_after_ms="50")
        at_once += 1
        most = max(most, at_once)
        await anyio.sleep(0.02)
        at_once -= 1
        return DONE

    chat = Chat(says)
    async with WireServer(chat) as server:
        replies, _ = await answered(server, 8)
    assert replies == [FINE] * 8
    # Half of eight, and one more after four answers.
    assert 1 <= most <= 5


async def test_a_server_that_goes_on_to_refuse_is_asked_less_and_less_and_then_no_more():
    async def says(_):
        return refusal(body={"error": {"message": "slow down"}}, retry_after_ms="20")

    chat = Chat(says)
    async with WireServer(chat) as server:
        teacher = served(server.url, concurrency=8)
        await teacher.prepare()
        with pytest.raises(RateError, match=r"limits the rate or the budget \(429\): slow down"):
            await outcomes(teacher, [request_for(f"Text {n}.") for n in range(60)])
        await teacher.aclose()
    # 8, 4, 2 and 1 at once; the SDK alone would have sent 240.
    assert len(chat.came) <= 16


@pytest.mark.parametrize("recovers", [True, False])
async def test_a_later_call_tries_a_server_that_went_on_to_refuse_once_more(recovers):
    is_well = False

    async def says(_):
        return DONE if is_well else refusal(retry_after_ms="20")

    chat = Chat(says)
    async with WireServer(chat) as server:
        teacher = served(server.url, concurrency=8)
        await teacher.prepare()
        requests = [request_for(f"Text {n}.") for n in range(20)]
        with pytest.raises(RateError):
            await outcomes(teacher, requests)
        before, is_well = len(chat.came), recovers
        if recovers:
            assert await outcomes(teacher, requests) == [FINE] * 20
        else:
            for _ in range(6):
                with pytest.raises(RateError):
                    await outcomes(teacher, requests)
            assert len(chat.came) - before == 3
        await teacher.aclose()


async def test_a_long_wait_is_told_and_ends_at_once_when_it_is_cancelled():
    refused = anyio.Event()

    async def says(_):
        return refusal(retry_after="1800")

    chat = Chat(says)
    async with WireServer(chat) as server:
        teacher = served(server.url, concurrency=8)
        notices = []

        def note(message):
            notices.append(message)
            refused.set()

        teacher.tell_to(note)
        await teacher.prepare()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(outcomes, teacher, [request_for(f"Text {n}.") for n in range(20)])
            await refused.wait()
            began = anyio.current_time()
            tasks.cancel_scope.cancel()
        assert anyio.current_time() - began < 2
        await teacher.aclose()
    assert notices == [f"{server.url}/v1 limits the rate; waiting 30 min"]
    assert len(chat.came) <= 8


async def test_waiting_is_no_part_of_the_time_that_a_request_has():
    async def says(count):
        return refusal(retry_after_ms="700") if count == 1 else DONE

    async with WireServer(Chat(says)) as server:
        replies, _ = await answered(server, 2, timeout=0.5)
    assert replies == [FINE] * 2


async def test_a_wait_beyond_patience_ends_the_requests_and_says_how_long():
    async def says(_):
        return refusal(retry_after="86400")

    chat = Chat(says)
    async with WireServer(chat) as server:
        with pytest.raises(SpentError, match=r"lets us wait 24 h \(429\); run again then"):
            await answered(server, 30)
    assert len(chat.came) <= 8


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (429, QUOTA, SpentError, r"has nothing left to spend \(429\): You exceeded"),
        (402, {"error": {"message": "Insufficient credits"}}, SpentError, r"\(402\): Insufficient"),
        (401, {"error": {"message": "no"}}, KeyRefusedError, r"refused the key \(401\)"),
    ],
)
async def test_no_money_or_no_key_ends_the_requests_although_others_were_answered(
    status, body, kind, words
):
    async def says(count):
        return DONE if count <= 3 else refusal(status, body)

    chat = Chat(says)
    async with WireServer(chat) as server:
        teacher = served(server.url, concurrency=2)
        await teacher.prepare()
        answers: list[Reply | TeacherError] = []
        with pytest.raises(kind, match=words):
            async with aclosing(
                teacher.answer([request_for(f"Text {n}.") for n in range(30)])
            ) as results:
                async for result in results:
                    answers.append(result.outcome)  # noqa: PERF401 (what came before counts)
        with pytest.raises(kind):
            await outcomes(teacher, [request_for("Another.")])
        await teacher.aclose()
    # Nothing was tried again, and what was under way came to its end.
    assert answers.count(FINE) == 3
    assert 4 <= len(chat.came) <= 5


async def test_what_waits_for_its_turn_is_not_sent_once_the_money_is_gone():
    async def says(count):
        if count <= 4:
            await chat.until(4)
            return refusal(retry_after_ms="30")
        return refusal(402, {"error": {"message": "gone"}})

    chat = Chat(says)
    async with WireServer(chat) as server:
        teacher = served(server.url, concurrency=4)
        await teacher.prepare()
        with pytest.raises(SpentError):
            await outcomes(teacher, [request_for(f"Text {n}.") for n in range(12)])
        await teacher.aclose()
    # Four, and after the pause half as many.
    assert len(chat.came) <= 6


async def test_a_refusal_for_good_is_not_taken_for_one_of_the_pace():
    """A minute's limit below a single request: waiting does not help."""
    words = "Request too large for m on tokens per min (TPM): Limit 3000, Requested 3627."

    async def says(_):
        return refusal(body={"error": {"message": words, "code": "rate_limit_exceeded"}}, **HEADERS)

    chat = Chat(says)
    async with WireServer(chat) as server:
        replies, _ = await answered(server, 1)
    assert "Limit 3000" in str(replies[0])
    assert len(chat.came) == 1


HEADERS = {"retry_after": "20"}


# Where a server is silent


async def test_what_others_kept_from_its_answer_is_told_as_that_and_fewer_go_from_then_on():
    async def says(count):
        if count <= 8:
            await anyio.sleep_forever()
        return DONE

    async with WireServer(Chat(says)) as server:
        replies, notices = await answered(server, 12, timeout=0.5)
    assert [type(reply) for reply in replies[:8]] == [CrowdedError] * 8
    assert str(replies[0]).endswith("in 0.5 s; allow more time or a lower concurrency")
    assert replies[8:] == [FINE] * 4
    (notice,) = notices
    assert notice.endswith("gave no answer in 0.5 s; it is asked one by one")


async def test_one_that_has_no_answer_alone_is_told_to_need_more_time():
    async def says(count):
        if count == 1:
            await anyio.sleep_forever()
        return DONE

    async with WireServer(Chat(says)) as server:
        teacher = served(server.url, concurrency=1, timeout=0.3)
        await teacher.prepare()
        failed, *replies = await outcomes(teacher, [request_for(f"Text {n}.") for n in range(3)])
        await teacher.aclose()
    assert type(failed) is LateError
    assert str(failed).endswith("gave no answer in 0.3 s; allow more time")
    assert replies == [FINE] * 2


async def test_a_server_that_is_silent_to_each_alone_is_asked_no_more():
    async def says(_):
        await anyio.sleep_forever()

    async with WireServer(chat := Chat(says)) as server:
        with pytest.raises(SilentError, match="one request after the other; allow"):
            await answered(server, 50, timeout=0.2)
    # One more for each that it may be at work on still.
    assert len(chat.came) == 8 + 3 + 8


async def test_one_that_waits_for_what_was_abandoned_is_crowded_too_and_the_run_goes_on():
    async def says(count):
        if count <= 8 + 4:
            await anyio.sleep_forever()
        return DONE

    async with WireServer(Chat(says)) as server:
        replies, _ = await answered(server, 14, timeout=0.3)
    assert [type(reply) for reply in replies[:12]] == [CrowdedError] * 12
    assert replies[12:] == [FINE] * 2


async def test_a_later_call_asks_a_server_that_was_silent_once_more():
    async def says(count):
        if count <= 3:
            await anyio.sleep_forever()
        return DONE

    async with WireServer(Chat(says)) as server:
        teacher = served(server.url, concurrency=1, timeout=0.2)
        await teacher.prepare()
        with pytest.raises(SilentError):
            await outcomes(teacher, [request_for(f"Text {n}.") for n in range(9)])
        assert await outcomes(teacher, [request_for("Another text.")]) == [FINE]
        await teacher.aclose()
