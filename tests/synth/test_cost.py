"""Run costs: prices of teacher and verifier, and a budget that is never exceeded."""

import random
from dataclasses import replace
from decimal import Decimal

import anyio
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

from dlm_lsp.errors import OptionError
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.cost import (
    UNKNOWN_PRICES,
    Budget,
    CostMeter,
    RunPrices,
    budget_of,
    check_max_cost,
    find_prices,
)
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.money import Money, to_micros
from dlm_lsp.teachers.price import FREE, Price, Rates
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, Reply, VerdictRequest

OUTPUT_ONLY = Price(Rates(Decimal(0), Decimal(100)), "USD")
"""A reply of 20 tokens costs 0.002, one of at most 100 tokens 0.01."""
PRICED = Price(Rates(Decimal(2), Decimal(10), None, Decimal("2.5")), "USD")
IN_EUROS = replace(PRICED, currency="EUR")
PRICED_RUN = RunPrices(OUTPUT_ONLY)
SAMPLING = GenerationOptions(max_new_tokens=100)
PLAIN = SynthOptions(filter="dedup-only", per_section=2, sampling=SAMPLING)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    return tmp_path


def remote(name: str, host: str) -> ScriptedTeacher:
    teacher = ScriptedVerifier()
    teacher.name, teacher.remote_host = name, host
    return teacher


OPENAI = remote("openai:gpt-5-mini-2025-08-07", "api.openai.com")
ROUTED = remote("vllm-server:https://openrouter.ai/api#qwen/qwen3-8b", "openrouter.ai")


async def run(count, cache, options=PLAIN, prices=PRICED_RUN, **more):
    teacher = more.pop("teacher", None) or ScriptedTeacher()
    report = await run_synthesis(
        document(*towns(count)), teacher, ScriptedJudge(), cache, options, prices=prices, **more
    )
    return report, teacher


def test_who_is_on_this_machine_is_free(home):
    prices = find_prices(ScriptedTeacher(), ScriptedVerifier())
    assert prices.is_free
    assert prices.currency is None


def test_a_model_has_its_price_at_its_host(home):
    prices = find_prices(OPENAI, None)
    assert prices.teacher.rates == Rates(Decimal("0.25"), Decimal(2), Decimal("0.025"))
    assert (prices.currency, prices.verifier) == ("USD", FREE)


def test_a_server_has_the_price_of_the_users_own_table_alone(home):
    assert find_prices(ROUTED, None).teacher is None
    own = '["openrouter.ai".models]\n"qwen/*" = { input = 1, output = 2 }\n'
    (home / "prices.toml").write_text(own, "utf-8")
    assert find_prices(ROUTED, None).teacher.rates == Rates(Decimal(1), Decimal(2))


def test_a_verifier_is_looked_up_beside_a_teacher_of_this_machine(home):
    prices = find_prices(ScriptedTeacher(), OPENAI)
    assert (prices.teacher, prices.currency) == (FREE, "USD")


def test_what_cannot_be_read_of_the_table_is_handed_on(home):
    (home / "prices.toml").write_text("[", "utf-8")
    assert "prices.toml, line 1: " in find_prices(OPENAI, None).problem


@pytest.mark.parametrize(
    ("prices", "currency"),
    [
        (RunPrices(PRICED), "USD"),
        (RunPrices(PRICED, PRICED), "USD"),
        (RunPrices(FREE, IN_EUROS), "EUR"),
        (RunPrices(PRICED, IN_EUROS), None),
        (RunPrices(PRICED, None), None),
        (RunPrices(FREE, None), None),
        (UNKNOWN_PRICES, None),
    ],
)
def test_a_run_has_a_currency_where_all_of_it_has_one(prices, currency):
    assert prices.currency == currency


def test_a_limit_on_costs_is_refused_without_a_price_and_says_where_to_write_it(home):
    options = SynthOptions(max_cost=0.5)
    with pytest.raises(OptionError) as found:
        check_max_cost(options, find_prices(ROUTED, None))
    message = found.value.worded(lambda name: f"<{name}>")
    assert message.startswith(
        "<max_cost> is 0.5; it needs the price of qwen/qwen3-8b at openrouter"
    )
    assert str(home / "prices.toml") in message


def test_what_is_shown_for_the_price_table_can_be_written_into_it(home):
    with pytest.raises(OptionError) as found:
        check_max_cost(SynthOptions(max_cost=0.5), find_prices(ROUTED, None))
    (home / "prices.toml").write_text(str(found.value).partition("such as ")[2], "utf-8")
    prices = find_prices(ROUTED, None)
    assert prices.problem == ""
    assert prices.teacher.rates == Rates(Decimal("0.1"), Decimal("0.4"))


def test_a_limit_on_costs_that_is_refused_tells_what_ails_the_price_table(home):
    (home / "prices.toml").write_text("[", "utf-8")
    with pytest.raises(OptionError, match=r"not known \(.*prices\.toml, line 1: "):
        check_max_cost(SynthOptions(max_cost=0.5), find_prices(ROUTED, None))


def test_a_path_with_braces_is_shown_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "{0}"))
    with pytest.raises(OptionError, match=r"\{0\}"):
        check_max_cost(SynthOptions(max_cost=0.5), find_prices(ROUTED, None))


def test_a_limit_on_costs_is_refused_in_two_currencies():
    with pytest.raises(OptionError, match="in one currency"):
        check_max_cost(SynthOptions(max_cost=0.5), RunPrices(PRICED, IN_EUROS))


@pytest.mark.parametrize("prices", [RunPrices(PRICED), RunPrices(FREE)])
def test_a_limit_on_costs_is_taken_where_it_can_be_held(prices):
    check_max_cost(SynthOptions(max_cost=0.5), prices)


def test_without_a_limit_no_price_is_needed():
    check_max_cost(SynthOptions(), UNKNOWN_PRICES)


async def test_the_report_says_what_the_replies_came_to(cache):
    report, _ = await run(3, cache)
    assert report.usage.cost == Money(3 * 2_000, "USD")
    again, _ = await run(3, cache)
    assert again.usage.cost == Money(0, "USD")


@pytest.mark.parametrize("prices", [UNKNOWN_PRICES, RunPrices(FREE), RunPrices(PRICED, None)])
async def test_without_a_price_or_without_cost_the_report_says_nothing(cache, prices):
    report, _ = await run(1, cache, prices=prices)
    assert report.usage.cost is None


async def test_a_limit_sends_what_fits_at_its_worst_and_then_more_as_replies_cost_less(cache):
    report, teacher = await run(9, cache, replace(PLAIN, max_cost=0.025))
    # Two may cost 0.02 and cost 0.004; of what is left two again, and so on down to one.
    assert len(teacher.requests) == 8
    assert report.usage.cost == Money(8 * 2_000, "USD")
    assert [skip.reason for skip in report.skipped] == ["not_asked"]
    assert report.skipped[0].detail == (
        "max_cost is 0.025: $0.016 is spent, and the next request may cost up to $0.01"
    )


async def test_which_are_left_out_does_not_depend_on_who_answers_first(cache, tmp_path):
    options = replace(PLAIN, max_cost=0.025)
    in_order, _ = await run(9, cache, options)
    with ReplyCache(tmp_path / "other") as other:
        backwards, _ = await run(
            9, other, options, teacher=ScriptedTeacher(order=lambda index: -index)
        )
    assert backwards.skipped == in_order.skipped


async def test_with_a_limit_below_one_request_nothing_is_asked(cache):
    report, teacher = await run(2, cache, replace(PLAIN, max_cost=0.0099))
    assert teacher.requests == []
    assert [skip.reason for skip in report.skipped] == ["not_asked"] * 2


async def test_documents_of_one_run_share_its_budget(cache, tmp_path):
    options = replace(PLAIN, max_cost=0.025)
    budget = budget_of(options)
    first, _ = await run(5, cache, options, budget=budget)
    with ReplyCache(tmp_path / "other") as other:
        second, _ = await run(5, other, options, budget=budget)
    assert (first.usage.requests, second.usage.requests) == (5, 3)
    assert second.usage.cost == Money(3 * 2_000, "USD")
    assert "$0.016 is spent" in second.skipped[0].detail


async def test_second_requests_are_held_to_the_limit_too(cache):
    teacher = ScriptedTeacher(lambda request: reply(pairs_about(request)[:1]))
    report, _ = await run(2, cache, replace(PLAIN, max_cost=0.0139), teacher=teacher)
    assert len(teacher.requests) == 2
    assert report.skipped[-1].detail == (
        "max_cost is 0.0139: $0.004 is spent, and the next request may cost up to $0.01, "
        "so that what is missing was not asked for once more"
    )


async def test_verdicts_are_held_to_the_limit_and_what_gets_none_says_why(cache):
    options = SynthOptions(per_section=2, sampling=SAMPLING, max_cost=0.0159)
    prices = RunPrices(OUTPUT_ONLY, OUTPUT_ONLY)
    verifier = ScriptedVerifier()
    report, _ = await run(2, cache, options, prices, verifier=verifier)
    assert report.usage.cost == Money(3 * 2_000, "USD")
    assert len(verifier.read) == 1
    assert len(report.unverified) == 2
    assert "max_cost is 0.0159" in report.unverified[0].verdict.detail


async def test_a_teacher_of_this_machine_is_not_held_up_by_the_limit_on_its_verifier(cache):
    options = SynthOptions(per_section=2, sampling=SAMPLING, max_cost=0.001)
    prices = RunPrices(FREE, OUTPUT_ONLY)
    report, teacher = await run(3, cache, options, prices, verifier=ScriptedVerifier())
    assert len(teacher.requests) == 3
    assert report.usage.cost == Money(0, "USD")


async def test_a_reply_without_counts_counts_as_the_most_that_it_can_cost(cache):
    teacher = ScriptedTeacher(lambda request: replace(reply([]), tokens_in=None, tokens_out=None))
    report, _ = await run(1, cache, SynthOptions(filter="none", sampling=SAMPLING), teacher=teacher)
    assert report.usage.cost.micros == report.usage.requests * 10_000


async def test_requests_in_flight_at_the_end_count_as_the_most_that_they_can_cost(cache):
    never, stop = anyio.Event(), anyio.Event()
    teacher = ScriptedTeacher(wait=lambda request: never)
    options = replace(PLAIN, concurrency=2)
    budget = Budget()
    async with anyio.create_task_group() as tasks:

        async def stop_in_flight() -> None:
            while not teacher.requests:
                await anyio.lowlevel.checkpoint()
            stop.set()

        tasks.start_soon(stop_in_flight)
        await run(5, cache, options, teacher=teacher, budget=budget, stop=stop)
    assert budget.spent == 2 * 10_000


REQUESTS = [
    PairRequest("The mill has two wheels.", "extraction", 2),
    PairRequest("水车有两个轮子。" * 50, "expansion", 9, 3),
    VerdictRequest("The mill has two wheels.", (("How many wheels?", "Two."),) * 4),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=["pairs", "chinese", "verdicts"])
def test_no_reply_within_its_limits_costs_more_than_was_set_aside_for_it(request_):
    for written in (0, 100):
        meter = CostMeter(PRICED, Budget(10**9).share(), 1024)
        most = Budget(10**9).share()
        CostMeter(PRICED, most, 1024).add_unanswered([request_])
        meter.add_reply(request_, Reply("", 300, 1024, cache_write=written))
        assert meter.share.spent <= most.spent


ON_DISK = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ON_DISK
@given(
    limit=st.floats(0.0001, 0.2),
    counts=st.lists(st.integers(0, 5), min_size=1, max_size=3),
    concurrency=st.integers(1, 9),
    seed=st.integers(0, 99),
)
async def test_a_run_never_costs_more_than_its_limit(
    tmp_path_factory, limit, counts, concurrency, seed
):
    chance = random.Random(seed)

    def write(request: PairRequest) -> Reply:
        found = reply(pairs_about(request)[: chance.randrange(3)], request.prose)
        return replace(found, tokens_in=chance.randrange(900), tokens_out=chance.randrange(101))

    options = SynthOptions(
        per_section=2, sampling=SAMPLING, max_cost=limit, concurrency=concurrency
    )
    prices = RunPrices(PRICED, PRICED)
    budget = budget_of(options)
    for count in counts:
        with ReplyCache(tmp_path_factory.mktemp("cache")) as cache:
            await run(
                count,
                cache,
                options,
                prices,
                teacher=ScriptedTeacher(write, order=lambda _: chance.random()),
                verifier=ScriptedVerifier(),
                budget=budget,
            )
    assert budget.spent <= to_micros(limit)


async def admitted(share, most, order, name):
    await share.admit(most)
    order.append(name)


async def test_beside_others_a_document_is_admitted_only_if_all_fit():
    budget, order = Budget(100), []
    first, second, third = budget.share(), budget.share(), budget.share()
    await first.admit(60)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(admitted, second, 50, order, "second")
        await anyio.wait_all_tasks_blocked()
        assert order == []
        first.add(20)
        first.let_go()
        await anyio.wait_all_tasks_blocked()
        assert order == ["second"]
        tasks.start_soon(admitted, third, 30, order, "third")
        await anyio.wait_all_tasks_blocked()
        assert order == ["second", "third"]
    assert (second.left, third.left) == (50, 30)


async def test_alone_a_document_is_admitted_whatever_it_may_come_to():
    budget = Budget(100)
    share = budget.share()
    await share.admit(10_000)
    assert share.left == 100


async def test_without_a_limit_everybody_is_admitted():
    budget = Budget()
    shares = [budget.share() for _ in range(3)]
    for share in shares:
        await share.admit(10**9)
    assert {share.left for share in shares} == {None}
