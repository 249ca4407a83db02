"""Price of tokens: what a model charges for them, and what a request comes to."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from dlm_lsp.teachers.money import Money


@dataclass(frozen=True, slots=True)
class Rates:
    """What a million tokens cost in units of a currency, and so one token in millionths of it.

    `cached_input` is for input that comes out of the provider's prompt cache, `cache_write` for
    what goes into it; where they are None, it is input like any.
    """

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LongPromptRates:
    """The rates of every token of a request whose prompt has more tokens than `above`."""

    above: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs and from when that is; `batch` is the share that its batches cost."""

    rates: Rates
    currency: str
    as_of: date | None = None
    batch: Decimal | None = None
    long_prompt: LongPromptRates | None = None

    @property
    def is_free(self) -> bool:
        """Whether neither input nor output costs anything."""
        return not (self.rates.input or self.rates.output)

    def cost(
        self, tokens_in: int, tokens_out: int, cached_input: int = 0, cache_write: int = 0
    ) -> Money:
        """Return what one request costs, rounded up to a millionth.

        `cached_input` and `cache_write` are how many of `tokens_in` come out of the provider's
        prompt cache and go into it.
        """
        rates = self._rates(tokens_in)
        micros = (
            max(0, tokens_in - cached_input - cache_write) * rates.input
            + cached_input * _first(rates.cached_input, rates.input)
            + cache_write * _first(rates.cache_write, rates.input)
            + tokens_out * rates.output
        )
        return Money(int(micros.to_integral_value(ROUND_CEILING)), self.currency)

    def highest_cost(self, tokens_in: int, tokens_out: int) -> Money:
        """Return what one request costs at most, whatever the prompt cache makes of it."""
        rates = self._rates(tokens_in)
        is_dearer = _first(rates.cache_write, rates.input) > rates.input
        return self.cost(tokens_in, tokens_out, cache_write=tokens_in if is_dearer else 0)

    def _rates(self, tokens_in: int) -> Rates:
        long_prompt = self.long_prompt
        return long_prompt.rates if long_prompt and tokens_in > long_prompt.above else self.rates


FREE = Price(Rates(input=Decimal(0), output=Decimal(0)), "")
"""The price of a model on this machine."""


def _first(rate: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if rate is None else rate
