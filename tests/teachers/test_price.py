"""Price of tokens: what one request comes to."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.money import Money
from dlm_lsp.teachers.price import FREE, LongPromptRates, Price, Rates

PLAIN = Price(Rates(Decimal("0.25"), Decimal(2)), "USD")
CACHING = Price(Rates(Decimal(4), Decimal(20), Decimal("0.2"), Decimal(5)), "USD")
RATE = st.decimals(0, 1000, places=3)
TOKENS = st.integers(0, 300_000)


def test_a_token_costs_as_many_millionths_as_a_million_cost_units():
    assert PLAIN.cost(1_000, 500) == Money(1_250, "USD")


def test_what_is_less_than_a_millionth_counts_as_one():
    assert PLAIN.cost(1, 0) == Money(1, "USD")


def test_input_of_the_prompt_cache_has_prices_of_its_own():
    assert CACHING.cost(1_000, 0, cached_input=600, cache_write=300).micros == 400 + 120 + 1_500


def test_without_such_prices_it_costs_what_input_costs():
    assert PLAIN.cost(1_000, 0, cached_input=600, cache_write=300) == PLAIN.cost(1_000, 0)


def test_a_long_prompt_makes_every_token_of_its_request_dearer():
    dearer = LongPromptRates(100, Rates(Decimal(5), Decimal(9)))
    price = Price(Rates(Decimal(1), Decimal(2)), "USD", long_prompt=dearer)
    assert price.cost(100, 10).micros == 120
    assert price.cost(101, 10).micros == 505 + 90


@given(st.builds(Rates, RATE, RATE, st.none() | RATE, st.none() | RATE), TOKENS, TOKENS, TOKENS)
def test_no_use_of_the_prompt_cache_costs_more_than_the_most(rates, plain, written, tokens_out):
    price = Price(rates, "USD")
    tokens_in = plain + written
    cost = price.cost(tokens_in, tokens_out, cache_write=written)
    assert cost.micros <= price.highest_cost(tokens_in, tokens_out).micros


def test_a_model_on_this_machine_is_free():
    assert FREE.is_free
    assert FREE.cost(10**6, 10**6).micros == 0
    assert not PLAIN.is_free
