"""A section that is too long for a server is asked about in parts: real HTTP, the real SDK."""

import itertools
import math
import re
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.http_servers import Answer, Request, WireServer, chat_completion, pairs_json
from support.scripted_teacher import document
from support.teacher_calls import served

from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.events import (
    PairAccepted,
    RequestDone,
    RequestFailed,
    SectionDone,
    TeacherNotice,
)
from dlm_lsp.synth.planned_requests import PlannedRequest, split_request
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest

SAMPLING = GenerationOptions(max_new_tokens=100)


def long_prose(towns):
    """About 17 tokens a sentence by the measure of four bytes, a paragraph each."""
    return "\n\n".join(
        f"The town of Ville{n} has {n + 10} mills and a bridge from {n + 1500}." for n in towns
    )


def vllm(context, sent, reply=100):
    return (
        f"This model's maximum context length is {context} tokens. However, you requested "
        f"{sent + reply} tokens ({sent} in the messages, {reply} in the completion). Please reduce "
        "the length of the messages or completion."
    )


def groq(_, __):
    return "Please reduce the length of the messages or completion."


class SmallServer:
    """Reads `context` tokens of so many bytes each, and refuses what is longer in its words."""

    def __init__(self, context, words=vllm, per_token=4.0, status=400):
        self.context, self.words, self.per_token, self.status = context, words, per_token, status
        self.refused = self.served = 0

    async def __call__(self, request: Request):
        if request.method == "GET":
            return Answer({"data": [{"id": "m"}]})
        messages = request.json["messages"]
        prompt = "".join(message["content"] for message in messages)
        tokens = math.ceil(len(prompt.encode()) / self.per_token)
        if tokens + 100 > self.context:
            self.refused += 1
            error = {"message": self.words(self.context, tokens), "type": "invalid_request_error"}
            if self.words is groq:
                error["code"] = "context_length_exceeded"
            return Answer({"error": error}, status=self.status)
        self.served += 1
        found = re.findall(r"The town of Ville(\d+) has", messages[-1]["content"])
        pairs = [
            (
                f"How many mills does Ville{n} have?",
                f"Ville{n} has {int(n) + 10} mills.",
                f"The town of Ville{n} has {int(n) + 10} mills and a bridge from {int(n) + 1500}.",
            )
            for n in found
        ]
        wanted = int(re.search(r"exactly (\d+) pair", messages[-1]["content"])[1])
        return Answer(chat_completion(pairs_json(*pairs[:wanted])))


async def run_with(server, doc, cache, **options):
    """The report of a run, and its events."""
    events = []
    choices = SynthOptions(filter="dedup-only", sampling=SAMPLING, **{"per_section": 8, **options})
    teacher = served(server.url, SAMPLING, concurrency=options.get("concurrency", 4))
    try:
        report = await run_synthesis(doc, teacher, None, cache, choices, on_event=events.append)
    finally:
        await teacher.aclose()
    return report, events


async def run(doc, cache, behave, **options):
    """The report of a run, the server and the events."""
    async with WireServer(behave) as server:
        report, events = await run_with(server, doc, cache, **options)
    return report, server, events


def prompt_overhead():
    """The tokens of the rules, as the servers here count."""
    from dlm_lsp.teachers.prompts import prompt_messages

    return len(prompt_messages(PairRequest("", "extraction", 8)).text) // 4


ROOM = 400


@pytest.fixture
def cache_of(tmp_path):
    """Makes a cache of its own each time."""
    numbers = itertools.count()
    with ExitStack() as stack:
        yield lambda: stack.enter_context(ReplyCache(tmp_path / str(next(numbers))))


@pytest.mark.parametrize("words", [vllm, groq], ids=["the number is named", "no number"])
async def test_a_section_that_is_too_long_gives_its_pairs_all_the_same(cache, words):
    doc = document(long_prose(range(80)))
    behave = SmallServer(prompt_overhead() + 100 + ROOM, words)
    report, _, events = await run(doc, cache, behave)
    assert len(report.accepted) == 8
    assert report.failed_requests == 0
    assert behave.refused <= 3
    assert [event for event in events if isinstance(event, RequestFailed)] == []
    (notice, *_) = [event.message for event in events if isinstance(event, TeacherNotice)]
    assert "what is longer is split and asked again" in notice
    assert report.notices[0] == notice
    # In the order of the document, and spread over it.
    numbers = [int(re.search(r"Ville(\d+)", c.pair.question)[1]) for c in report.accepted]
    assert numbers == sorted(numbers)
    assert numbers[0] < 20
    assert numbers[-1] > 50


@pytest.mark.parametrize("status", [400, 413, 422, 500])
async def test_whatever_the_status_the_words_count(cache, status):
    doc = document(long_prose(range(40)))
    behave = SmallServer(prompt_overhead() + 100 + ROOM, status=status)
    report, _, _ = await run(doc, cache, behave)
    assert len(report.accepted) == 8
    assert behave.refused == 1


async def test_a_text_of_more_tokens_than_its_length_tells_is_halved_until_it_fits(cache):
    doc = document(long_prose(range(40)), long_prose(range(50, 56)))
    # Two bytes a token: the rules alone take twice what is reckoned.
    behave = SmallServer(2 * prompt_overhead() + 100 + ROOM, per_token=2.0)
    report, _, _ = await run(doc, cache, behave)
    by_section = [sum(c.source_id == s.id for c in report.accepted) for s in doc.sections]
    assert by_section == [8, 6]
    assert report.failed_requests == 0


async def test_what_is_known_to_be_too_long_is_not_sent(cache):
    doc = document(*(long_prose(range(n, n + 60)) for n in range(0, 600, 60)))
    behave = SmallServer(prompt_overhead() + 300 + ROOM)
    report, _, _ = await run(doc, cache, behave, concurrency=1, per_section=4)
    assert len(report.accepted) == 40
    assert behave.refused == 1
    assert report.usage.requests == behave.refused + behave.served


@pytest.mark.parametrize("words", [vllm, groq], ids=["the number is named", "no number"])
async def test_a_server_that_nothing_is_short_enough_for_is_given_up(cache, words):
    doc = document(*(long_prose(range(n, n + 40)) for n in range(0, 800, 40)))
    behave = SmallServer(300, words)
    report, _, events = await run(doc, cache, behave)
    assert report.accepted == ()
    assert behave.refused <= 24
    assert {skip.reason for skip in report.skipped} <= {"request_failed", "not_asked"}
    assert {skip.source_id for skip in report.skipped} == {s.id for s in doc.sections}
    assert any("lower max_new_tokens" in skip.detail for skip in report.skipped)
    failures = [event.message for event in events if isinstance(event, RequestFailed)]
    assert len(failures) <= 2


async def test_the_limit_on_requests_holds_with_parts(cache):
    doc = document(long_prose(range(80)), long_prose(range(100, 180)))
    behave = SmallServer(prompt_overhead() + 100 + ROOM)
    report, server, _ = await run(doc, cache, behave, max_requests=5, concurrency=1)
    assert report.usage.requests == 5
    assert behave.refused + behave.served == 5
    posts = [request for request in server.requests if request.method == "POST"]
    assert len(posts) == 5
    assert {s.detail for s in report.skipped if s.reason == "not_asked"} == {"max_requests is 5"}


@pytest.mark.parametrize("words", [vllm, groq], ids=["the number is named", "no number"])
async def test_the_parts_of_a_document_are_the_same_whatever_others_taught(cache_of, words):
    """One teacher for several documents, in two orders: what is asked is the same set."""
    docs = [document(long_prose(range(n, n + size))) for n, size in ((0, 80), (200, 30), (400, 45))]
    asked = []
    for order in (docs, docs[::-1]):
        behave = SmallServer(prompt_overhead() + 100 + ROOM, words)
        async with WireServer(behave) as server:
            teacher = served(server.url, SAMPLING)
            options = SynthOptions(filter="dedup-only", sampling=SAMPLING, per_section=8)
            cache = cache_of()
            for doc in order:
                await run_synthesis(doc, teacher, None, cache, options)
            await teacher.aclose()
            asked.append(
                sorted(
                    request.json["messages"][-1]["content"]
                    for request in server.requests
                    if request.method == "POST"
                )
            )
    assert asked[0] == asked[1]


async def test_the_parts_are_kept_and_cost_nothing_the_next_time(cache):
    doc = document(long_prose(range(80)))
    behave = SmallServer(prompt_overhead() + 100 + ROOM)
    async with WireServer(behave) as server:
        first, _ = await run_with(server, doc, cache)
        before = behave.served
        second, _ = await run_with(server, doc, cache)
    assert second.accepted == first.accepted
    assert behave.served == before
    # The window is learned anew, which costs nothing.
    assert second.usage.tokens_in is None


async def test_the_events_of_a_run_with_parts_and_failures_add_up_to_its_report(cache):
    doc = document(long_prose(range(80)), "This breaks the server.", long_prose(range(200, 206)))
    small = SmallServer(prompt_overhead() + 100 + ROOM)

    async def behave(request: Request):
        if b"This breaks" in request.body:
            return Answer({"error": {"message": "cannot"}}, status=400)
        return await small(request)

    report, server, events = await run(doc, cache, behave)
    done = [event for event in events if isinstance(event, RequestDone)]
    posts = [request for request in server.requests if request.method == "POST"]
    assert len(posts) == report.usage.requests == len(done) + small.refused + 1
    assert sum(event.tokens_in for event in done) == report.usage.tokens_in
    assert report.failed_requests == 1
    assert [event.message for event in events if isinstance(event, RequestFailed)] == [
        f"{server.url}/v1 refused the request (400): cannot; change what it names"
    ]
    sections = [event for event in events if isinstance(event, SectionDone)]
    assert [(event.done, event.total) for event in sections] == [(1, 3), (2, 3), (3, 3)]
    accepted = [event for event in events if isinstance(event, PairAccepted)]
    assert len(accepted) >= len(report.accepted)


@given(st.text(min_size=1, max_size=2000), st.integers(1, 20), st.none() | st.integers(1, 200))
def test_splitting_ends_keeps_the_count_and_the_order(prose, count, window):
    whole = PlannedRequest(3, "a" * 16, PairRequest(prose, "extraction", count, 1))
    left, leaves = [whole], []
    while left:
        planned = left.pop()
        parts = split_request(planned, window)
        assert all(2 * len(p.request.prose) <= len(planned.request.prose) + 1 for p in parts)
        left += parts
        if not parts:
            leaves.append(planned)
    assert sum(planned.request.count for planned in leaves) == count or not prose.strip()
    places = [planned.index for planned in leaves]
    assert len(set(places)) == len(places)
    assert all(3 <= place < 4 for place in places)
    at = -1
    for planned in sorted(leaves, key=lambda planned: planned.index):
        at = prose.index(planned.request.prose, at + 1 if at >= 0 else 0)
