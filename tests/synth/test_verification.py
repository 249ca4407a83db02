"""Verification: against a real HTTP server, by likelihood and in words."""

import json
from collections.abc import Sequence

import anyio
import pytest
from support.http_servers import Answer, Request, WireServer, chat_completion
from support.teacher_calls import served
from support.verdict_server import VerdictServer, answers_in, question_in

from dlm_lsp.document.section import Pair
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.events import RequestDone, RequestFailed
from dlm_lsp.synth.report import Verdict
from dlm_lsp.synth.request_runner import RequestRunner
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.verification import Unverified, Verification
from dlm_lsp.teachers.protocol import GenerationOptions

PROSE = "The mill of Ashford has two wheels."
PAIRS = [
    Unverified(0, "one", PROSE, Pair("How many wheels has the mill?", "Two wheels.")),
    Unverified(0, "one", PROSE, Pair("How many wheels does it have?", "Three wheels.")),
    Unverified(1, "two", "Ashford lies in Kent.", Pair("Where is Ashford?", "In Kent.")),
]
WRONG = frozenset({"Three wheels."})


class Run:
    """What one run has asked, and what came of it."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.events: list[object] = []
        self.requests = self.from_cache = 0

    async def verify(
        self,
        url: str,
        cache: ReplyCache,
        pairs: Sequence[Unverified] = PAIRS,
        options: SynthOptions | None = None,
    ) -> None:
        sampling = GenerationOptions(max_new_tokens=512)
        options = options or SynthOptions(sampling=sampling)
        teacher = served(url, sampling)
        runner = RequestRunner(teacher, cache, options, self.events.append)
        verification = Verification(teacher, runner, cache, options)
        try:
            await teacher.prepare()
            await verification.verify(
                pairs, lambda pair, verdict: self.verdicts.update({pair.pair.answer: verdict})
            )
        finally:
            usage = runner.usage(0.0)
            self.requests, self.from_cache = usage.requests, usage.from_cache
            await teacher.aclose()

    @property
    def verified(self) -> dict[str, bool]:
        return {answer: verdict.verified for answer, verdict in self.verdicts.items()}


EACH = {"Two wheels.": True, "Three wheels.": False, "In Kent.": True}


async def test_likelihoods_are_asked_for_one_pair_at_a_time_the_prose_first(cache):
    server, run = VerdictServer(wrong=WRONG), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert run.verified == EACH
    assert run.verdicts["Two wheels."].probability == pytest.approx(0.9 / 0.95)
    assert [answers_in(body) for body in server.asked] == [[answer] for answer in EACH]
    prompts = [body["messages"][-1]["content"] for body in server.asked[:2]]
    beginnings = {prompt.partition("Question:")[0] for prompt in prompts}
    assert len(beginnings) == 1
    assert PROSE in beginnings.pop()
    assert all((b["max_completion_tokens"], b["temperature"]) == (1, 0.0) for b in server.asked)


@pytest.mark.parametrize("kind", ["refuses", "ignores"])
async def test_a_server_without_likelihoods_is_asked_in_words_a_passage_at_a_time(kind, cache):
    server, run = VerdictServer(kind, WRONG), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert run.verified == EACH
    in_words = [answers_in(body) for body in server.asked if "logprobs" not in body]
    assert in_words == [["Two wheels."], ["Three wheels."], ["In Kent."]]
    assert run.verdicts["Three wheels."] == Verdict(0.0, "the text says: two wheels")


async def test_all_pairs_of_a_passage_are_one_request_once_that_is_known(cache):
    server, run = VerdictServer("refuses"), Run()
    pairs = [
        Unverified(0, "one", PROSE, Pair(f"How many wheels has mill {n}?", f"{n} wheels."))
        for n in range(15)
    ]
    server.answers = {pair.pair.question: pair.pair.answer for pair in pairs}
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache, pairs)
    assert len(run.verdicts) == 15
    # As many as there is room for in one reply.
    assert [len(answers_in(body)) for body in server.asked] == [1, 12, 2]


@pytest.mark.parametrize("kind", ["scores", "refuses", "ignores"])
async def test_no_verdict_is_asked_for_twice(kind, cache):
    server, first, again = VerdictServer(kind, WRONG), Run(), Run()
    async with WireServer(server) as wire:
        await first.verify(wire.url, cache)
        asked = len(server.asked), len(server.asked_again)
        await again.verify(wire.url, cache)
        assert (len(server.asked), len(server.asked_again)) == asked
    assert (again.verdicts, again.requests) == (first.verdicts, 0)
    assert again.from_cache == first.requests
    assert all(event.cached for event in again.events if isinstance(event, RequestDone))


async def test_fresh_asks_for_verdicts_again(cache):
    server = VerdictServer()
    async with WireServer(server) as wire:
        await Run().verify(wire.url, cache)
        await Run().verify(wire.url, cache, options=SynthOptions(fresh=True))
    assert (len(server.asked), len(server.asked_again)) == (6, 6)


async def test_what_cannot_be_read_is_unverified_and_is_kept(cache):
    server, run, again = VerdictServer("refuses"), Run(), Run()
    server.words = "I like mills."
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
        await again.verify(wire.url, cache)
    assert set(run.verdicts.values()) == {Verdict(None, "the verdict could not be read")}
    assert not any(run.verified.values())
    assert (again.verdicts, again.requests) == (run.verdicts, 0)


async def test_one_failure_costs_one_request(cache):
    server, run = VerdictServer(), Run()
    server.fail_at = 2
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert run.verified == {**EACH, "Three wheels.": False}
    assert run.verdicts["Three wheels."].probability is None
    assert "Three wheels." in answers_in(server.asked[1])
    assert (len(server.asked), run.requests) == (3, 5)


async def test_a_limit_on_requests_leaves_the_last_unverified(cache):
    server, run = VerdictServer(), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache, options=SynthOptions(max_requests=2))
    assert (len(server.asked), len(server.asked_again), run.requests) == (2, 0, 2)
    assert run.verdicts["In Kent."] == Verdict(None, "max_requests is 2")


async def test_of_what_the_limit_leaves_unasked_again_the_likelihood_holds(cache):
    server, run = VerdictServer(), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache, options=SynthOptions(max_requests=4))
    assert (len(server.asked), len(server.asked_again), run.requests) == (3, 1, 4)
    assert run.verified == dict.fromkeys(EACH, True)


async def test_what_is_likely_right_is_asked_again_without_its_answer(cache):
    server, run = VerdictServer(wrong=WRONG), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
        bodies = [json.loads(r.body) for r in wire.requests if r.method == "POST"]
    assert bodies == [*server.asked, *server.asked_again]
    assert {question_in(body) for body in server.asked_again} == {
        pair.pair.question for pair in PAIRS if pair.pair.answer not in WRONG
    }
    for body in server.asked_again:
        assert not {"logprobs", "response_format"} & body.keys()
    assert run.requests == 5


async def test_a_pair_whose_question_gets_another_answer_is_refused_and_says_which(cache):
    answers = {"How many wheels has the mill?": "Six\n wheels drive the saw."}
    server, run = VerdictServer(answers=answers), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert run.verdicts["Two wheels."] == Verdict(
        0.0, 'asked again, it answers "Six wheels drive the saw."'
    )
    assert run.verified == {"Two wheels.": False, "Three wheels.": True, "In Kent.": True}


async def test_where_the_text_says_nothing_to_the_question_the_pair_is_refused(cache):
    server, run = VerdictServer(answers={"Where is Ashford?": "-"}), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert run.verdicts["In Kent."] == Verdict(0.0, 'asked again, it answers "-"')


async def test_what_was_thought_before_an_answer_is_no_part_of_it(cache):
    thought = "<think>In Kent, says the pair.</think>Beside the sea."
    server, run = VerdictServer(answers={"Where is Ashford?": thought}), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert not run.verified["In Kent."]


async def test_a_long_answer_is_told_in_part(cache):
    server, run = VerdictServer(answers={"Where is Ashford?": "far " * 200}), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    detail = run.verdicts["In Kent."].detail
    assert detail.startswith('asked again, it answers "far far')
    assert len(detail) < 250


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"error": {"message": "no"}}, status=422),
        Answer(chat_completion("Six wh", finish_reason="length")),
        Answer(chat_completion("I will not.", finish_reason="content_filter")),
    ],
    ids=["failed", "cut", "declined"],
)
async def test_an_answer_that_failed_or_was_cut_costs_its_pair_nothing(answer, cache):
    server, run = VerdictServer(answers={"How many wheels has the mill?": answer}), Run()
    async with WireServer(server) as wire:
        await run.verify(wire.url, cache)
    assert run.verified == dict.fromkeys(EACH, True)
    assert len(server.asked) == 3


async def test_who_gives_verdicts_in_words_is_asked_no_question_again(cache):
    server, verdicts = VerdictServer("refuses", WRONG), {}
    options = SynthOptions(sampling=GenerationOptions(max_new_tokens=512))
    async with WireServer(server) as wire:
        teacher = served(wire.url, options.sampling)
        await teacher.prepare()
        runner = RequestRunner(teacher, cache, options, lambda event: None)
        verification = Verification(teacher, runner, cache, options)
        for pairs in (PAIRS[:1], PAIRS[1:]):
            await verification.verify(
                pairs, lambda pair, verdict: verdicts.update({pair.pair.answer: verdict.verified})
            )
        await teacher.aclose()
    assert server.asked_again == []
    assert verdicts == EACH


async def test_a_server_that_is_gone_leaves_all_unverified_and_says_so_once(cache):
    server, run = VerdictServer(), Run()
    async with WireServer(server) as wire:
        url = wire.url
    await run.verify(url, cache)
    assert all(verdict.probability is None for verdict in run.verdicts.values())
    assert len(run.verdicts) == 3
    (failed,) = [event for event in run.events if isinstance(event, RequestFailed)]
    assert failed.strategy is None


async def test_cancelling_cuts_off_what_runs_and_keeps_what_is_there(cache):
    server, run, again = VerdictServer(), Run(), Run()
    server.hang_at = 2
    async with WireServer(server) as wire:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run.verify, wire.url, cache, PAIRS[:2])
            await wire.until_hanging(1)
            tasks.cancel_scope.cancel()
        await wire.until_hanging(0)
        assert run.verdicts == {}
        await again.verify(wire.url, cache, PAIRS[:1])
        assert len(server.asked) == 2


async def test_of_prose_beyond_the_window_the_part_around_the_answer_is_read(cache):
    server, run = VerdictServer(), Run()
    long = "The river runs by. " * 4000 + "The mill has two wheels. " + "It rains a lot. " * 4000
    async with WireServer(server) as wire:
        await run.verify(
            wire.url, cache, [Unverified(0, "one", long, Pair("How many?", "two wheels"))]
        )
    prompt = server.asked[0]["messages"][-1]["content"]
    assert "The mill has two wheels." in prompt
    assert len(prompt) < 40_000


async def test_prose_that_is_too_long_for_the_server_is_shortened_around_the_answer(cache):
    filler = " ".join(f"The mill number {n} is old." for n in range(200))
    prose = f"{filler} {PROSE} {filler}"
    small = VerdictServer(wrong=WRONG)
    lengths = []

    async def behave(request: Request):
        if request.method == "POST":
            length = len(request.json["messages"][-1]["content"])
            lengths.append(length)
            if length > 2000:
                error = {"message": "Context size has been exceeded"}
                return Answer({"error": error}, status=400)
        return await small(request)

    run = Run()
    pairs = [Unverified(0, "one", prose, pair.pair) for pair in PAIRS[:2]]
    async with WireServer(behave) as wire:
        await run.verify(wire.url, cache, pairs)
    assert run.verified == {"Two wheels.": True, "Three wheels.": False}
    assert not any(isinstance(event, RequestFailed) for event in run.events)
    assert len(lengths) <= 12
