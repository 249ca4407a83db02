import random
import threading
from collections.abc import Iterator
from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.scripted_teacher import (
    ScriptedJudge,
    ScriptedTeacher,
    ScriptedVerifier,
    document,
    pairs_about,
    reply,
    towns,
)

from dlm_lsp.document.document import Document
from dlm_lsp.document.section import Pair
from dlm_lsp.errors import JudgeError, TeacherError
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.events import (
    PairAccepted,
    PairRefused,
    PairVerified,
    RequestDone,
    RequestFailed,
    RunFinished,
    RunStarted,
    SectionDone,
)
from dlm_lsp.synth.report import Report
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import Reply

NO_JUDGE = SynthOptions(filter="dedup-only", per_section=2)
SWAY = SynthOptions(per_section=2)
ON_DISK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def run(
    doc: Document,
    cache: ReplyCache,
    options: SynthOptions = NO_JUDGE,
    teacher: ScriptedTeacher | None = None,
    judge: ScriptedJudge | None = None,
    **more: object,
) -> Report:
    teacher = teacher or ScriptedTeacher()
    return await run_synthesis(doc, teacher, judge or ScriptedJudge(), cache, options, **more)


def outcome(report: Report) -> tuple[object, ...]:
    """Everything of a report that may not depend on time or cost."""
    return report.accepted, report.refused, report.skipped, report.generated, report.dedup


async def test_each_section_gives_the_pairs_that_are_asked_for(cache):
    report = await run(document(*towns(3)), cache)
    assert [(c.pair.question, c.pair.answer) for c in report.accepted] == [
        (f"How many mills does Ville{n} have?", f"Ville{n} has {n + 10} mills.")
        if first
        else (f"When was the bridge of Ville{n} built?", f"In {n + 1500}.")
        for n in range(3)
        for first in (True, False)
    ]
    assert (report.generated, report.dedup, report.skipped, report.refused) == (6, 6, (), ())
    usage = report.usage
    assert (usage.requests, usage.from_cache, usage.tokens_in, usage.tokens_out) == (3, 0, 300, 60)


async def test_a_candidate_names_its_section_and_strategy(cache):
    doc = document(*towns(1))
    report = await run(doc, cache, SynthOptions(filter="none", strategy="expansion", per_section=1))
    assert report.accepted[0].source_id == doc.sections[0].id
    assert report.accepted[0].strategy == "expansion"


@ON_DISK
@given(st.randoms(use_true_random=False))
async def test_the_report_is_the_same_whatever_finishes_first(tmp_path_factory, shuffled):
    doc = document(*towns(6), tail="::prose::\nThe town of Ville2 has 12 mills, and no more.\n")
    judge = ScriptedJudge({f"What is Ville{n}?": n / 10 - 0.1 for n in range(6)})
    reports = []
    for order in (lambda index: index, lambda _: shuffled.random()):
        with ReplyCache(tmp_path_factory.mktemp("store")) as cache:
            options = SynthOptions(strategy="both", per_section=3, max_requests=15)
            teacher = ScriptedTeacher(order=order)
            reports.append(await run(doc, cache, options, teacher, judge))
    assert outcome(reports[0]) == outcome(reports[1])
    assert reports[0].accepted
    places = [doc.sections.index(doc.section(c.source_id)) for c in reports[1].accepted]
    assert places == sorted(places)


async def test_the_same_run_again_asks_nothing(cache):
    doc = document(*towns(3))
    writes_one_of_two = ScriptedTeacher(lambda request: reply(pairs_about(request)[:1]))
    first = await run(doc, cache, SWAY, writes_one_of_two)
    again = ScriptedTeacher()
    second = await run(doc, cache, SWAY, again)
    assert again.requests == []
    assert outcome(second) == outcome(first)
    assert (second.usage.requests, second.usage.from_cache) == (0, 6)
    assert second.usage.tokens_in is None


async def test_an_edited_section_makes_only_its_own_request(cache):
    texts = towns(3)
    await run(document(*texts), cache)
    texts[1] += " It has a fair in May."
    teacher = ScriptedTeacher()
    await run(document(*texts), cache, teacher=teacher)
    assert [request.prose for request in teacher.requests] == [texts[1]]


async def test_fresh_asks_anew_and_keeps_what_comes(cache):
    doc = document(*towns(2))
    await run(doc, cache)
    fresh = ScriptedTeacher(lambda request: reply([("What is new?", "A thing.")] * 2))
    await run(doc, cache, SynthOptions(filter="none", per_section=2, fresh=True), fresh)
    assert len(fresh.requests) == 2
    after = await run(doc, cache, SynthOptions(filter="none", per_section=2))
    assert after.usage.requests == 0
    assert after.accepted[0].pair.question == "What is new?"


async def test_a_section_that_stands_twice_is_asked_about_once(cache):
    teacher = ScriptedTeacher()
    await run(document(*towns(1) * 3), cache, teacher=teacher)
    assert len(teacher.requests) == 1


async def test_only_the_sections_that_are_named_are_asked_about(cache):
    doc = document(*towns(3))
    teacher = ScriptedTeacher()
    report = await run(doc, cache, teacher=teacher, sections=[doc.sections[1].id, "f" * 16])
    assert [request.prose for request in teacher.requests] == [doc.sections[1].content.strip()]
    assert [(s.source_id, s.reason) for s in report.skipped] == [("f" * 16, "no_prose")]


async def test_a_document_without_prose_says_so_and_asks_nothing(cache):
    teacher = ScriptedTeacher()
    report = await run(document(""), cache, teacher=teacher)
    assert teacher.requests == []
    assert [(s.source_id, s.reason) for s in report.skipped] == [("(document)", "no_prose")]


async def test_a_shortfall_is_asked_for_once_more_about_what_no_pair_quotes(cache):
    bridge = "Its bridge was built in 1500."

    def write(request):
        if request.sentences:
            return reply([("When was the bridge of Ville0 built?", "In 1500.")], bridge)
        refused = ("What does this text say?", "Much.")
        return reply([refused, *pairs_about(request)[:1]], "The town of Ville0 has 10 mills.")

    teacher = ScriptedTeacher(write)
    report = await run(document(f"The town of Ville0 has 10 mills. {bridge}"), cache, SWAY, teacher)
    first, second = teacher.requests
    assert (second.prose, second.count, second.sentences) == (first.prose, 1, (bridge,))
    assert second.have == (("How many mills does Ville0 have?", "Ville0 has 10 mills."),)
    assert len(report.accepted) == 2
    assert [(r.question, r.reason) for r in report.refused] == [
        ("What does this text say?", "not_self_contained")
    ]
    assert report.skipped == ()


async def test_a_teacher_to_which_a_second_request_is_the_first_is_not_asked_again(cache):
    class Deaf(ScriptedTeacher):
        def fingerprint(self, request):
            return super().fingerprint(replace(request, count=2, spare=0, sentences=()))

    teacher = Deaf(lambda request: Reply('{"pairs": []}', note="nothing fits"))
    report = await run(document(*towns(2)), cache, SWAY, teacher)
    assert len(teacher.requests) == 2
    assert (report.usage.requests, report.usage.from_cache) == (2, 0)
    detail = "0 of the 2 pairs asked for can be used: nothing fits"
    assert [(s.reason, s.detail) for s in report.skipped] == [("shortfall", detail)] * 2
    again = await run(document(*towns(2)), cache, SWAY, Deaf())
    assert outcome(again) == outcome(report)


@pytest.mark.parametrize(
    ("filter_", "asked"), [("sway", (3, 1)), ("dedup-only", (3, 1)), ("none", (3, 0))]
)
async def test_a_few_more_than_wanted_are_asked_for_where_the_best_can_be_kept(
    cache, filter_, asked
):
    teacher = ScriptedTeacher()
    await run(document(*towns(1)), cache, SynthOptions(filter=filter_), teacher)
    assert [(request.count, request.spare) for request in teacher.requests] == [asked]


async def test_a_pair_in_another_language_than_its_prose_is_refused(cache):
    wrong = ("Wie viele Mühlen hat Ville0?", "Es hat 10 Mühlen.")
    teacher = ScriptedTeacher(lambda request: reply([wrong], request.prose))
    report = await run(document(*towns(1)), cache, SynthOptions(per_section=1), teacher)
    assert report.accepted == ()
    assert {r.reason for r in report.refused} == {"wrong_language"}


async def test_a_shortfall_that_stays_is_explained(cache):
    teacher = ScriptedTeacher(
        lambda request: reply([] if request.sentences else pairs_about(request)[:1])
    )
    report = await run(document(*towns(1)), cache, teacher=teacher)
    assert len(teacher.requests) == 2
    assert [(s.reason, s.detail) for s in report.skipped] == [
        ("shortfall", "1 of the 2 pairs asked for can be used")
    ]


async def test_pairs_beyond_the_asked_count_are_cut(cache):
    def write(request):
        return reply(pairs_about(replace(request, count=3)))

    report = await run(document(*towns(1)), cache, teacher=ScriptedTeacher(write))
    assert len(report.accepted) == 2
    assert [(r.question, r.reason) for r in report.refused] == [("What is Ville0?", "over_count")]
    assert report.generated == 3


async def test_surplus_stands_in_for_a_pair_that_the_document_has(cache):
    tail = "::instruction::\n### Q\nHow many mills does Ville0 have?\n### A\nVille0 has 10 mills.\n"
    teacher = ScriptedTeacher(
        lambda request: reply(pairs_about(replace(request, count=3)), request.prose)
    )
    options = SynthOptions(per_section=1)
    report = await run(document(*towns(1), tail=tail), cache, options, teacher)
    assert [c.pair.question for c in report.accepted] == ["When was the bridge of Ville0 built?"]


async def test_one_failing_request_costs_its_section_alone(cache):
    def write(request):
        return (
            TeacherError("500 from the server")
            if "Ville1 " in request.prose
            else plain.write(request)
        )

    plain = ScriptedTeacher()
    doc = document(*towns(3))
    report = await run(doc, cache, teacher=ScriptedTeacher(write))
    assert {c.source_id for c in report.accepted} == {doc.sections[0].id, doc.sections[2].id}
    assert [(s.source_id, s.reason, s.detail) for s in report.skipped] == [
        (doc.sections[1].id, "request_failed", "500 from the server")
    ]
    teacher = ScriptedTeacher()
    whole = await run(doc, cache, teacher=teacher)
    assert [request.prose for request in teacher.requests] == [towns(3)[1]]
    assert [c for c in whole.accepted if c.source_id != doc.sections[1].id] == list(report.accepted)


async def test_a_failing_second_request_keeps_what_the_first_reply_gave(cache):
    def write(request):
        return TeacherError("reset") if request.sentences else reply(pairs_about(request)[:1])

    report = await run(document(*towns(1)), cache, teacher=ScriptedTeacher(write))
    assert len(report.accepted) == 1
    assert [s.reason for s in report.skipped] == ["shortfall", "request_failed"]


async def test_a_teacher_that_breaks_down_costs_what_it_had_not_answered(cache):
    class Breaks(ScriptedTeacher):
        async def answer(self, requests):
            async for answered in super().answer(requests[:2]):
                yield answered
            raise TeacherError("the worker died")

    report = await run(document(*towns(4)), cache, teacher=Breaks())
    assert len(report.accepted) == 4
    assert [(s.reason, s.detail) for s in report.skipped] == [
        ("request_failed", "the worker died")
    ] * 2


async def test_a_declining_teacher_is_not_asked_again(cache):
    teacher = ScriptedTeacher(lambda _: Reply("I would rather not.", finish="refusal"))
    report = await run(document(*towns(1)), cache, teacher=teacher)
    assert len(teacher.requests) == 1
    assert [(s.reason, s.detail) for s in report.skipped] == [
        ("invalid_output", "the teacher declined to answer")
    ]


async def test_a_copy_of_an_example_that_the_teacher_was_shown_is_refused(cache):
    teacher = ScriptedTeacher(lambda request: reply([("How deep is Lake Ville?", "10 mills.")]))
    teacher.examples = [("How deep is Lake Ville?", "It is 40 metres deep.")]
    report = await run(document(*towns(1)), cache, SynthOptions(per_section=1), teacher)
    assert {r.reason for r in report.refused} == {"copied_example"}


async def test_a_limit_on_requests_is_never_passed_and_leaves_out_the_last(cache):
    doc = document(*towns(4))
    teacher = ScriptedTeacher(order=lambda index: -index)
    options = SynthOptions(filter="none", per_section=2, max_requests=2)
    report = await run(doc, cache, options, teacher)
    assert len(teacher.requests) == 2
    assert [(s.source_id, s.reason) for s in report.skipped] == [
        (section.id, "not_asked") for section in doc.sections[2:]
    ]
    assert report.skipped[0].detail == "max_requests is 2"
    more = await run(doc, cache, options)
    assert (more.usage.requests, more.usage.from_cache, len(more.accepted)) == (2, 2, 8)


async def test_second_requests_count_as_requests(cache):
    teacher = ScriptedTeacher(lambda request: reply(pairs_about(request)[:1]))
    options = SynthOptions(filter="none", max_requests=3)
    report = await run(document(*towns(2)), cache, options, teacher)
    assert len(teacher.requests) == 3
    assert [(s.reason, s.detail) for s in report.skipped] == [
        ("shortfall", "2 of the 3 pairs asked for can be used"),
        ("shortfall", "1 of the 3 pairs asked for can be used"),
        (
            "not_asked",
            "max_requests is 3, so that what is missing was not asked for once more",
        ),
    ]


async def test_second_requests_are_asked_in_the_order_of_the_document(cache):
    def write(request):
        return reply(pairs_about(request)[:1])

    teacher = ScriptedTeacher(write, order=lambda index: -index)
    doc = document(*towns(3))
    await run(doc, cache, SynthOptions(filter="none", max_requests=4), teacher)
    assert [request.prose for request in teacher.requests if request.sentences] == towns(1)


async def test_no_more_sections_are_asked_than_give_enough_pairs(cache):
    doc = document(*towns(9))
    teacher = ScriptedTeacher()
    report = await run(doc, cache, SynthOptions(filter="none", per_section=2, max_pairs=3), teacher)
    assert len(teacher.requests) == 2
    assert len(report.accepted) == 3
    assert [r.reason for r in report.refused] == ["over_max_pairs"]
    assert [s.detail for s in report.skipped] == ["max_pairs is 3"] * 7


async def test_sections_that_give_nothing_are_passed_over_until_there_are_enough_pairs(cache):
    def write(request):
        number = int(request.prose.split("Ville")[1].split()[0])
        return reply(pairs_about(request), request.prose) if number >= 5 else Reply("Sorry.")

    teacher = ScriptedTeacher(write)
    report = await run(
        document(*towns(20)), cache, SynthOptions(per_section=2, max_pairs=2), teacher
    )
    assert len(report.accepted) == 2
    assert len({request.prose for request in teacher.requests}) == 7  # 1 section, then 2, then 4


async def test_prose_beyond_the_window_is_asked_about_in_passages(cache):
    sentences = [f"Village {n} has {n} wells and one church with a tower." for n in range(30)]
    teacher = ScriptedTeacher(lambda _: reply([]), window=60)
    await run(
        document(" ".join(sentences)), cache, SynthOptions(filter="none", per_section=4), teacher
    )
    firsts = [request for request in teacher.requests if not request.sentences]
    assert all(len(request.prose.split()) <= 60 for request in firsts)
    assert sum(request.count for request in firsts) == 4


async def test_the_judge_reads_the_prose_of_both_strategies_once(cache):
    judge = ScriptedJudge()
    doc = document(*towns(2))
    options = SynthOptions(strategy="both", per_section=3)

    def write(request):
        pairs = pairs_about(type(request)(request.prose, request.strategy, 3))
        return reply(pairs[:2] if request.strategy == "extraction" else pairs[2:], request.prose)

    report = await run(doc, cache, options, ScriptedTeacher(write), judge)
    assert [prose for prose, _ in judge.read] == towns(2)
    assert [len(pairs) for _, pairs in judge.read] == [3, 3]
    assert [c.strategy for c in report.accepted] == ["extraction", "extraction", "expansion"] * 2
    assert {c.margin for c in report.accepted} == {1.0}


async def test_pairs_are_accepted_from_the_threshold_on(cache):
    likes = {
        "How many mills does Ville0 have?": 0.3,
        "When was the bridge of Ville0 built?": 0.29,
        "What is Ville0?": 0.0,
    }
    report = await run(
        document(*towns(1)), cache, SynthOptions(threshold=0.3), judge=ScriptedJudge(likes)
    )
    assert [c.margin for c in report.accepted] == [0.3]
    assert [(r.reason, r.margin) for r in report.refused] == [
        ("below_threshold", 0.29),
        ("judge_disfavored", 0.0),
    ]
    assert (report.generated, report.dedup, report.judge_passed, report.threshold) == (3, 3, 2, 1)


async def test_without_sway_no_judge_is_called(cache):
    judge = ScriptedJudge()
    await run(document(*towns(1)), cache, judge=judge)
    assert judge.read == []


async def test_sway_without_a_judge_is_refused_before_anything_else(cache):
    teacher = ScriptedTeacher()
    with pytest.raises(ValueError, match="sway needs a judge"):
        await run_synthesis(document(*towns(1)), teacher, None, cache, SWAY)
    assert teacher.requests == []


async def test_a_judge_that_cannot_work_is_found_before_the_teacher_is_asked(cache):
    class Absent(ScriptedJudge):
        async def prepare(self):
            raise JudgeError("no base model; use --filter dedup-only")

    teacher = ScriptedTeacher()
    with pytest.raises(JudgeError, match="--filter dedup-only"):
        await run(document(*towns(1)), cache, SWAY, teacher, Absent())
    assert teacher.requests == []


async def test_a_judge_that_fails_midway_ends_the_run_and_nothing_unjudged_is_accepted(cache):
    gate = anyio.Event()
    teacher = ScriptedTeacher(wait=lambda request: gate if "Ville3" in request.prose else None)
    doc = document(*towns(4))
    report = await run(doc, cache, SWAY, teacher, ScriptedJudge(fail_at=1))
    assert report.failure == "the judge lost its head; try again"
    assert {c.source_id for c in report.accepted} == {doc.sections[0].id}
    assert {r.reason for r in report.refused} == {"unjudged"}
    assert report.skipped[-1].detail == "the judge failed"
    again = await run(doc, cache, SWAY)
    assert (again.failure, again.usage.requests, len(again.accepted)) == (None, 1, 8)


async def test_stopping_returns_what_is_finished_and_cancels_the_rest(cache):
    stop, never = anyio.Event(), anyio.Event()
    teacher = ScriptedTeacher(wait=lambda request: never if "Ville2" in request.prose else None)
    doc = document(*towns(4))

    def on_event(event):
        if isinstance(event, SectionDone) and event.done == 2:
            stop.set()

    report = await run(doc, cache, SWAY, teacher, on_event=on_event, stop=stop)
    assert report.stopped
    assert teacher.closed == 1
    assert [c.source_id for c in report.accepted] == [s.id for s in doc.sections[:2] for _ in "ab"]
    assert [(s.reason, s.detail) for s in report.skipped] == [
        ("not_asked", "the run was stopped")
    ] * 2


class HeldComparison:
    """Holds up the first comparison of a run, beyond those of one reply, and counts them."""

    def __init__(self) -> None:
        self.begun, self.released = threading.Event(), threading.Event()
        self.count = 0

    def wait(self) -> None:
        self.count += 1
        if self.count == 1:
            self.begun.set()
            assert self.released.wait(20)


@pytest.fixture
def held_comparison(monkeypatch) -> Iterator[HeldComparison]:
    held = HeldComparison()
    compare = DuplicateIndex.compare

    def compare_held(self: DuplicateIndex, pair: Pair) -> Iterator[tuple[int, bool]]:
        if len(self.pairs) > 3:
            held.wait()
        return compare(self, pair)

    monkeypatch.setattr(DuplicateIndex, "compare", compare_held)
    yield held
    held.released.set()


async def test_a_cancel_ends_the_comparison_of_pairs(cache, held_comparison):
    async with anyio.create_task_group() as tasks:
        # What is short is compared at once.
        tasks.start_soon(run, document(*towns(90)), cache)
        await anyio.to_thread.run_sync(held_comparison.begun.wait)
        tasks.cancel_scope.cancel()
        held_comparison.released.set()
    assert held_comparison.count == 1


async def test_without_a_cancel_all_pairs_are_compared(cache, held_comparison):
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, document(*towns(90)), cache)
        await anyio.to_thread.run_sync(held_comparison.begun.wait)
        held_comparison.released.set()
    assert held_comparison.count > 1


async def test_a_run_cancelled_from_outside_keeps_its_replies(cache):
    never = anyio.Event()
    teacher = ScriptedTeacher(wait=lambda request: never if "Ville2" in request.prose else None)
    doc = document(*towns(3))
    with anyio.CancelScope() as scope:

        def on_event(event):
            if isinstance(event, SectionDone) and event.done == 2:
                scope.cancel()

        await run(doc, cache, teacher=teacher, on_event=on_event)
    assert scope.cancelled_caught
    assert teacher.closed == 1
    again = await run(doc, cache)
    assert (again.usage.from_cache, again.usage.requests) == (2, 1)


async def test_a_reply_is_on_disk_before_it_is_read(cache, monkeypatch):
    def unreadable(*_):
        raise RuntimeError("broken reader")

    with monkeypatch.context() as patch:
        patch.setattr("dlm_lsp.synth.request_rounds.parse_candidates", unreadable)
        with pytest.raises(RuntimeError, match="broken reader"):
            await run(document(*towns(1)), cache)
    assert (await run(document(*towns(1)), cache)).usage.requests == 0


async def test_pairs_that_are_in_the_document_are_not_given_again(cache):
    tail = "::instruction::\n### Q\nHow many mills does Ville0 have?\n### A\nVille0 has 10 mills.\n"
    tail += "::instruction::\n### Q\nWhen did they build the bridge of Ville0?\n### A\nIn 1500.\n"
    report = await run(document(*towns(1), tail=tail), cache)
    assert report.accepted == ()
    assert [s.reason for s in report.skipped] == ["already_present"]
    assert [(r.reason, r.detail) for r in report.refused] == [
        (
            "duplicate_pair",
            'says what "When did they build the bridge of Ville0?" says in the document',
        )
    ]


async def test_events_tell_what_happens_as_it_happens(cache):
    def write(request):
        return TeacherError("reset") if "Ville1" in request.prose else plain.write(request)

    plain = ScriptedTeacher()
    events = []
    judge = ScriptedJudge({"When was the bridge of Ville0 built?": -1.0})
    report = await run(
        document(*towns(2)), cache, SWAY, ScriptedTeacher(write), judge, on_event=events.append
    )
    assert events[0] == RunStarted(sections=2, requests=2)
    assert events[-1] == RunFinished(report)
    kinds = [type(event) for event in events]
    assert kinds.count(RequestDone) == kinds.count(RequestFailed) == 1
    assert [e.done for e in events if isinstance(e, SectionDone)] == [1, 2]
    assert [e.candidate for e in events if isinstance(e, PairAccepted)] == list(report.accepted)
    assert [e.refusal for e in events if isinstance(e, PairRefused)] == list(report.refused)


@ON_DISK
@given(st.integers(0, 5), st.integers(1, 4))
async def test_any_failing_request_leaves_the_other_sections_as_they_were(
    tmp_path_factory, bad, count
):
    doc = document(*towns(6))
    plain = ScriptedTeacher()

    def write(request):
        return TeacherError("no") if f"Ville{bad} " in request.prose else plain.write(request)

    reports = []
    for teacher in (plain, ScriptedTeacher(write, order=lambda _: random.random())):
        with ReplyCache(tmp_path_factory.mktemp("store")) as cache:
            options = SynthOptions(per_section=min(count, 3))
            reports.append(await run(doc, cache, options, teacher))
    others = [c for c in reports[0].accepted if c.source_id != doc.sections[bad].id]
    assert list(reports[1].accepted) == others


@pytest.mark.parametrize("text", ["{" * 400_000, "Q: Why?\nA: So.\n" * 4_000])
async def test_others_go_on_while_a_large_reply_is_read(cache, text):
    rounds = 0
    seen: dict[type, int] = {}

    async def others():
        nonlocal rounds
        while True:
            await anyio.lowlevel.checkpoint()
            rounds += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(others)
        await run(
            document(*towns(1)),
            cache,
            teacher=ScriptedTeacher(lambda _: Reply(text)),
            on_event=lambda event: seen.setdefault(type(event), rounds),
        )
        tasks.cancel_scope.cancel()
    assert seen[SectionDone] - seen[RequestDone] > 20


async def test_what_the_judge_lets_pass_is_verified_a_passage_at_a_time(cache):
    verifier = ScriptedVerifier(wrong=["In 1500."])
    judge = ScriptedJudge({"How many mills does Ville1 have?": -1.0})
    options = replace(SWAY, threshold=0.1)
    report = await run(document(*towns(2)), cache, options, judge=judge, verifier=verifier)
    assert [len(request.pairs) for request in verifier.read] == [2, 1]
    assert [c.pair.answer for c in report.accepted] == ["Ville0 has 10 mills.", "In 1501."]
    assert {r.reason for r in report.refused} == {"judge_disfavored", "not_verified"}
    assert (report.judge_passed, report.threshold, report.verified) == (3, 3, 2)
    assert report.usage.requests == 4


async def test_near_duplicates_are_not_verified(cache):
    verifier = ScriptedVerifier()
    tail = "\n::instruction::\n### Q\nHow many mills has Ville0?\n### A\nVille0 has 10 mills.\n"
    report = await run(document(*towns(1), tail=tail), cache, SWAY, verifier=verifier)
    (request,) = verifier.read
    assert [answer for _, answer in request.pairs] == ["In 1500."]
    assert report.verified == 1


async def test_only_the_filter_sway_verifies(cache):
    verifier = ScriptedVerifier()
    report = await run(document(*towns(1)), cache, NO_JUDGE, verifier=verifier)
    assert (verifier.read, report.verified) == ([], None)


async def test_verdicts_count_towards_the_limit_on_requests(cache):
    verifier = ScriptedVerifier()
    options = replace(SWAY, max_requests=3)
    report = await run(document(*towns(2)), cache, options, verifier=verifier)
    assert report.usage.requests == 3
    assert report.verified == 2
    assert [c.verdict.detail for c in report.unverified] == ["max_requests is 3"] * 2


async def test_verdicts_cost_nothing_the_second_time(cache):
    doc, verifier = document(*towns(2)), ScriptedVerifier()
    first = await run(doc, cache, SWAY, verifier=verifier)
    again = await run(doc, cache, SWAY, verifier=verifier)
    assert (again.accepted, again.verified) == (first.accepted, 4)
    assert (again.usage.requests, again.usage.from_cache) == (0, 4)


async def test_a_wave_is_verified_before_the_next_is_asked(cache):
    teacher = verifier = ScriptedVerifier(wrong=["In 1500.", "Ville0 has 10 mills."])
    options = replace(SWAY, max_pairs=2)
    report = await run(document(*towns(4)), cache, options, teacher, verifier=verifier)
    assert [c.pair.answer for c in report.accepted] == ["Ville1 has 11 mills.", "In 1501."]
    # The first section gave nothing right, so twice as many are asked.
    assert len(verifier.read) == 3


async def test_verdicts_are_events_and_a_pair_is_accepted_behind_its_own(cache):
    events = []
    verifier = ScriptedVerifier(wrong=["In 1500."])
    await run(document(*towns(1)), cache, SWAY, verifier=verifier, on_event=events.append)
    kinds = [type(event) for event in events]
    done = kinds.index(SectionDone)
    assert PairAccepted not in kinds[:done]
    asked, accepted, first, refused, second, finished = events[done + 1 :]
    assert (asked.strategy, asked.cached) == (None, False)
    assert accepted.candidate.verdict.verified
    assert (first, second) == (PairVerified(1, 2), PairVerified(2, 2))
    assert refused.refusal.reason == "not_verified"
    assert isinstance(finished, RunFinished)


async def test_stopping_while_verifying_keeps_what_the_judge_let_pass(cache):
    stop, reached, never = anyio.Event(), anyio.Event(), anyio.Event()

    def wait(request):
        if "Ville1" not in request.prose:
            return None
        reached.set()
        return never

    async def stop_it() -> None:
        await reached.wait()
        stop.set()

    verifier = ScriptedVerifier(wait=wait)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop_it)
        report = await run(document(*towns(2)), cache, SWAY, verifier=verifier, stop=stop)
    assert (report.stopped, len(report.accepted), report.verified) == (True, 4, 2)
    assert {c.verdict.detail for c in report.unverified} == {"the run ended before it was verified"}
