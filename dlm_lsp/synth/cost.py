"""Run costs: what the requests of a run come to, and how many more its budget allows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import anyio

from dlm_lsp.errors import OptionError, TeacherError
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.money import Money, to_micros
from dlm_lsp.teachers.price import FREE, Price
from dlm_lsp.teachers.protocol import Reply, Request, Teacher, Verifier
from dlm_lsp.teachers.registry import split_selector
from dlm_lsp.teachers.verdict_prompts import reply_schema, request_messages

_TOKENS_AROUND_PROMPT = 256
"""More than any format of a chat adds to its texts."""


@dataclass(frozen=True, slots=True)
class RunPrices:
    """What teacher and verifier charge, None where that is not known.

    `unpriced` are host and model of the first of them whose price is not known, `problem` is a line
    about what cannot be read of the price list.
    """

    teacher: Price | None = None
    verifier: Price | None = FREE
    unpriced: tuple[str, str] | None = None
    problem: str = ""

    @property
    def currency(self) -> str | None:
        """The currency of a run; None where a price is not known, all is free, or there are two."""
        currencies = {price.currency for price in self._prices if price and not price.is_free}
        return currencies.pop() if len(currencies) == 1 and None not in self._prices else None

    @property
    def is_free(self) -> bool:
        """Whether nothing of the run costs anything."""
        return all(price is not None and price.is_free for price in self._prices)

    @property
    def _prices(self) -> tuple[Price | None, Price | None]:
        return self.teacher, self.verifier


UNKNOWN_PRICES = RunPrices()
"""What is known of prices where nobody has looked."""


def find_prices(teacher: Teacher, verifier: Verifier | None) -> RunPrices:
    """Return what a teacher and a verifier charge, who are prepared so that they have their names.

    Raises:
        StoreError: no home folder is known for the user, who may have a table there.
    """
    remote = [who for who in (teacher, verifier) if who is not None and who.remote_host]
    if not remote:
        return RunPrices(FREE)
    # It takes some milliseconds, and most runs of an editor need none.
    from dlm_lsp.teachers.price_list import read_prices

    prices = read_prices()

    def price_of(who: Teacher | Verifier | None) -> Price | None:
        if who is None or not who.remote_host:
            return FREE
        return prices.find(who.remote_host, _model_of(who.name))

    unpriced = (
        (who.remote_host or "", _model_of(who.name)) for who in remote if price_of(who) is None
    )
    return RunPrices(price_of(teacher), price_of(verifier), next(unpriced, None), prices.problem)


def check_max_cost(options: SynthOptions, prices: RunPrices) -> None:
    """Check that a limit on costs can be held.

    Raises:
        OptionError: there is one, and a price is not known, or there are two currencies.
    """
    if options.max_cost is None or prices.is_free or prices.currency:
        return
    needs = "needs prices in one currency, and those of teacher and verifier are in two"
    if prices.unpriced:
        needs = _how_to_add_price(*prices.unpriced, prices.problem)
    # It goes through `format`.
    raise OptionError("max_cost", options.max_cost, needs.replace("{", "{{").replace("}", "}}"))


def _how_to_add_price(host: str, model: str, problem: str) -> str:
    from dlm_lsp.teachers.price_list import price_table_path

    key = f"{json.dumps(host)}.models.{json.dumps(model or '*')}"
    return (
        f"needs the price of {model or 'the model'} at {host}, which is not known"
        f"{f' ({problem})' if problem else ''}; write what a million tokens cost into "
        f"{price_table_path()}, such as {key} = {{ input = 0.1, output = 0.4 }}"
    )


_MOST_FOR_EACH = 4
"""How often a request is paid for at most: it, the second about what is missing, each twice."""


class Budget:
    """What a run has cost over all of its documents, in millionths, and may cost if it is limited.

    `limit` and `spent` are in the one currency of the run.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self.spent = 0
        self._shares: list[BudgetShare] = []
        self._changed = anyio.Event()

    def share(self) -> "BudgetShare":
        """Return the share of one document, which has nothing promised yet."""
        return BudgetShare(self)

    def left_beside(self, share: "BudgetShare") -> int | None:
        """Return what is left of it if all others come to what they were promised."""
        if self.limit is None:
            return None
        promised = sum(other.outstanding for other in self._shares if other is not share)
        return self.limit - self.spent - promised

    async def admit(self, share: "BudgetShare", most: int) -> None:
        """Promise a share so much; wait until that is left beside the others, or none is."""
        while self._shares:
            left = self.left_beside(share)
            if left is None or left >= most:
                break
            await self._changed.wait()
        share.promised = most
        self._shares.append(share)

    def let_go(self, share: "BudgetShare") -> None:
        """Take note that a document is done, and what it was promised is not needed."""
        if share in self._shares:
            self._shares.remove(share)
            self._changed.set()
            self._changed = anyio.Event()


class BudgetShare:
    """What a document has cost, and has been promised out of the budget of the run."""

    def __init__(self, budget: Budget) -> None:
        self.spent = 0
        self.promised = 0
        self._budget = budget

    @property
    def left(self) -> int | None:
        """What it may cost further, None without a limit."""
        return self._budget.left_beside(self)

    @property
    def spent_in_all(self) -> int:
        """What all documents have cost."""
        return self._budget.spent

    @property
    def outstanding(self) -> int:
        """What is promised and not spent."""
        return max(0, self.promised - self.spent)

    def add(self, micros: int) -> None:
        """Count what was spent."""
        self.spent += micros
        self._budget.spent += micros

    async def admit(self, most: int) -> None:
        """Wait until so much can be promised: see `Budget.admit`."""
        await self._budget.admit(self, most)

    def let_go(self) -> None:
        """Give back what is promised and not spent."""
        self._budget.let_go(self)


def budget_of(options: SynthOptions) -> Budget:
    """Return the budget of a run that has not begun."""
    return Budget(None if options.max_cost is None else to_micros(options.max_cost))


@dataclass(frozen=True, slots=True)
class CostMeter:
    """Counts what is asked of one teacher against a document's share of the budget."""

    price: Price | None
    share: BudgetShare
    max_new_tokens: int

    def affordable(self, requests: Sequence[Request]) -> int:
        """Return how many of the requests, from the first on, cannot exceed the budget together."""
        left = self.share.left
        if self._counts_nothing or left is None:
            return len(requests)
        for count, cost in enumerate(self._highest_costs(requests)):
            left -= cost
            if left < 0:
                return count
        return len(requests)

    def most_for(self, requests: Sequence[Request]) -> int:
        """Return what requests and all that follows from them may come to, in millionths."""
        if self._counts_nothing:
            return 0
        return _MOST_FOR_EACH * sum(self._highest_costs(requests))

    def add_reply(self, request: Request, reply: Reply) -> None:
        """Count what a reply says that it took, and where it says nothing what it took at most."""
        if self.price is None or self._counts_nothing:
            return
        tokens_in, tokens_out = reply.tokens_in, reply.tokens_out
        cost = self.price.cost(
            _most_tokens(request) if tokens_in is None else tokens_in,
            self.max_new_tokens if tokens_out is None else tokens_out,
            reply.cached_input,
            reply.cache_write,
        )
        self.share.add(cost.micros)

    def add_unanswered(self, requests: Sequence[Request]) -> None:
        """Count requests that were sent and are not waited for, as what they cost at most."""
        if not self._counts_nothing:
            self.share.add(sum(self._highest_costs(requests)))

    def over_budget(self, request: Request) -> str:
        """Say why a request is not affordable."""
        currency = self.price.currency if self.price else ""
        spent = Money(self.share.spent_in_all, currency)
        next_ = Money(sum(self._highest_costs([request])), currency)
        return f"{spent} is spent, and the next request may cost up to {next_}"

    @property
    def _counts_nothing(self) -> bool:
        return self.price is None or self.price.is_free

    def _highest_costs(self, requests: Sequence[Request]) -> Iterator[int]:
        for request in requests:
            if self.price is not None:
                tokens_in = _most_tokens(request)
                yield self.price.highest_cost(tokens_in, self.max_new_tokens).micros


def _most_tokens(request: Request) -> int:
    """Return a bound on the tokens of a prompt: no tokenizer makes more of them than bytes."""
    texts = (request_messages(request).text, json.dumps(reply_schema(request)))
    prompt_bytes = sum(len(text.encode("utf-8", "replace")) for text in texts)
    return prompt_bytes + _TOKENS_AROUND_PROMPT


def _model_of(name: str) -> str:
    """Return the model in the name of a prepared teacher, which is a selector of it."""
    try:
        parts = split_selector(name)
        return parts[0].model_in(parts[1]) if parts else name
    except TeacherError:
        return ""
