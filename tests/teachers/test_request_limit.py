"""The limit on requests: its arithmetic, and a real client library before servers of all kinds."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.http_servers import chat_completion
from support.teacher_calls import FINE, outcomes, request_for

from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select
from dlm_lsp.teachers.request_limit import FIRST, MOST, RequestLimit, request_limit

# Its arithmetic


def after(limit: RequestLimit, *seconds: float, is_full: bool = True) -> RequestLimit:
    """The limit after answers that took so long."""
    for each in seconds:
        limit = limit.answered(each, is_full=is_full)
    return limit


def queued(count: int, slots: int) -> list[float]:
    """How long each of so many requests takes, that come together to a server with slots."""
    return [at // slots + 1.0 for at in range(count)]


def test_it_doubles_with_each_round_of_answers_that_are_as_quick_as_the_quickest():
    limit = request_limit(8, 32)
    assert [(limit := after(limit, *[1.0] * limit.now)).now for _ in range(3)] == [16, 32, 32]


@given(st.integers(1, 4), st.integers(2, 20))
def test_a_server_that_queues_is_never_asked_more_than_at_first(slots, rounds):
    limit = after(request_limit(8, 32), *queued(8, slots))
    assert after(limit, *[8 / slots] * 8 * rounds).now == 8


def test_where_the_growth_made_answers_slow_it_goes_back_and_then_grows_by_one():
    limit = after(request_limit(8, 32), *[1.0] * 8, *[1.2] * 16)
    assert limit.now == 32
    limit = after(limit, *[3.0] * 32)
    assert limit.now == 16
    assert after(limit, *[1.2] * 16).now == 17


def test_what_is_a_little_slower_leaves_it_as_it_is():
    limit = after(request_limit(8, 32), *[1.0] * 8)
    assert after(limit, *[2.5] * 160).now == 16


def test_it_does_not_grow_to_where_a_queue_would_hold_the_last_beyond_its_timeout():
    assert after(request_limit(8, 32, timeout=120), *[50.0] * 8).now == 9
    assert after(request_limit(8, 32, timeout=120), *[55.0] * 80).now == 8


def test_where_a_queue_holds_requests_too_long_it_begins_anew_with_as_many_as_it_can_bear():
    limit = after(request_limit(8, 32, timeout=120), 20.0, 40.0, 60.0)
    assert limit.now == 8
    limit = after(limit, 80.0)
    assert limit.now == 3
    assert after(limit, *[60.0] * 100).now == 3


def test_replies_that_are_slow_together_wait_for_nobody_and_lower_nothing():
    assert after(request_limit(8, 32, timeout=120), *[100.0] * 80).now == 8


@pytest.mark.parametrize(("known", "left"), [((), 1), ((20.0,), 3), ((50.0,), 1), ((1.0,), 4)])
def test_a_request_out_of_time_leaves_what_a_queue_can_bear_and_half_at_most(known, left):
    limit = after(request_limit(8, 32, timeout=120), *known).out_of_time()
    assert limit.now == left


def test_one_silence_halves_a_number_that_was_named_where_answers_were_quick():
    limit = after(request_limit(32, timeout=120), *[1.0] * 100)
    assert limit.out_of_time().now == 16


@pytest.mark.parametrize("limit", [request_limit(8, 32, timeout=120), request_limit(20)])
def test_after_a_silence_it_grows_again_while_answers_are_quick(limit):
    silent = limit.out_of_time()
    assert silent.now < 8
    assert after(silent, *[1.0] * 1000).now == limit.most


@pytest.mark.parametrize("seconds", [(1.0, False), (None, True)])
def test_answers_that_tell_nothing_of_the_load_do_not_make_it_grow(seconds):
    took, is_full = seconds
    limit = request_limit(8, 32)
    for _ in range(100):
        limit = limit.answered(took, is_full=is_full)
    assert limit.now == 8


def test_a_request_without_any_answer_brings_it_back_to_where_it_began():
    limit = after(request_limit(8, 32), *[1.0] * 24)
    assert (limit.now, limit.unanswered().now) == (32, 8)


events = st.lists(
    st.sampled_from(("answer", "error", "refusal", "nothing", "silence")) | st.floats(0.001, 1000),
    max_size=300,
)


def moved(limit: RequestLimit, event: str | float) -> RequestLimit:
    if event == "refusal":
        return limit.refused()
    if event == "nothing":
        return limit.unanswered()
    if event == "silence":
        return limit.out_of_time()
    if isinstance(event, str):
        return limit.answered(None if event == "error" else 1.0, is_full=True)
    return limit.answered(event, is_full=True)


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from((120.0, math.inf)), events)
def test_it_is_always_between_one_and_the_most_and_grows_by_twice_at_most(
    first, more, timeout, happened
):
    limit = request_limit(first, first + more - 1, timeout)
    for event in happened:
        before, limit = limit, moved(limit, event)
        assert 1 <= limit.now <= limit.most
        assert limit.now <= 2 * before.now
        assert len(limit.round) < limit.now
        if event == "refusal":
            assert limit.now == max(1, before.now // 2)


@given(st.integers(1, 40), events)
def test_a_number_that_was_named_is_left_for_refusals_and_silences_and_is_reached_again(
    named, happened
):
    limit = request_limit(named)
    for event in happened:
        before, limit = limit, moved(limit, event)
        assert limit.now <= named
        assert limit.now >= before.now or event in ("refusal", "silence") or limit.first < named
    assert after(replace(limit, quickest=1.0), *[1.0] * named**2).now == named


# With a server


class LoadServer:
    """Answers completions in threads, by what `answer` does, and counts what is in flight."""

    def __init__(self, answer: Callable[["LoadServer"], int]) -> None:
        self.answer = answer
        self.changed = threading.Condition()
        self.in_flight = self.most = 0

    def until(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, timeout=30)

    def serve(self) -> int:
        with self.changed:
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            self.changed.notify_all()
        try:
            return self.answer(self)
        finally:
            with self.changed:
                self.in_flight -= 1
                self.changed.notify_all()


@contextmanager
def serving(load: LoadServer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            self.send(200, {"data": [{"id": "m"}]})

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            status = load.serve()
            self.send(status, chat_completion("fine") if status == 200 else {"error": {}})

        def send(self, status, payload):
            body = json.dumps(payload).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def asked(load: LoadServer, count: int, concurrency: int | None = None) -> int:
    """Ask for as many replies, all different; return how many go at once in the end."""
    with serving(load) as url:
        teacher = select(
            f"vllm-server:{url}#m", GenerationOptions(), concurrency=concurrency, timeout=30
        )
        await teacher.prepare()
        try:
            replies = await outcomes(teacher, [request_for(f"Text {n}.") for n in range(count)])
            assert replies == [FINE] * count
            return teacher.at_once
        finally:
            await teacher.aclose()


def slots(count: int, seconds: float) -> Callable[[LoadServer], int]:
    free = threading.Semaphore(count)

    def answer(_):
        with free:
            time.sleep(seconds)
        return 200

    return answer


async def test_a_server_with_one_slot_never_has_more_in_flight_than_at_first():
    load = LoadServer(slots(1, 0.1))
    await asked(load, 30)
    assert load.most == FIRST


async def test_a_server_that_answers_all_at_once_comes_to_have_more_in_flight():
    load = LoadServer(slots(1000, 0.5))
    await asked(load, 70)
    assert FIRST < load.most <= MOST


async def test_a_server_that_slows_down_with_the_load_is_left_with_less_than_the_most():
    def answer(load):
        time.sleep(0.3)
        # Once more than eight are there, twice as many take four times as long.
        time.sleep(0.3 * (max(1, load.in_flight / FIRST) ** 2 - 1))
        return 200

    load = LoadServer(answer)
    assert FIRST <= await asked(load, 90) < MOST


async def test_a_server_that_refuses_beyond_some_gets_no_more_than_it_takes():
    def answer(load):
        if load.in_flight > 12:
            return 429
        time.sleep(0.2)
        return 200

    load = LoadServer(answer)
    assert FIRST <= await asked(load, 100) <= 16
    assert load.most <= 16


@pytest.mark.parametrize("named", [3, 20])
async def test_a_number_that_is_named_is_exactly_how_many_go(named):
    load = LoadServer(lambda load: load.until(lambda: load.most >= named) or 200)
    assert await asked(load, 60, concurrency=named) == named
    assert load.most == named
