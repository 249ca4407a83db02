"""Price list: the prices by host and model, in the package's table and in the user's own."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from dlm_lsp.document.toml_lines import decode_problem, line_of_keys
from dlm_lsp.store.home import store_home
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.teachers.price import LongPromptRates, Price, Rates

_PACKAGED = Path(__file__).with_name("prices.toml")
# As makers end the name of a model that stays as it is.
_DATE_IN_NAME = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")
_CURRENCY = re.compile(r"[A-Z]{3}")
_HIGHEST_RATE = 1_000_000

_RATES = ("input", "output", "cached_input", "cache_write")
_Prices = Mapping[str, Mapping[str, Price]]


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices by host and model in tables, of which an earlier one counts before a later one.

    `problem` is a line about what cannot be read in them.
    """

    tables: tuple[_Prices, ...]
    problem: str = ""

    def find(self, host: str, model: str) -> Price | None:
        """Return the price of a model at a host, None where it is not known.

        In a table its name counts before its name without the date, and that before the longest
        beginning of it that ends in `*`.
        """
        found = (_price_of(model, table.get(host, {})) for table in self.tables)
        return next((price for price in found if price), None)

    def models_at(self, host: str) -> tuple[str, ...]:
        """Return the models of a host whose price is known, by name; what ends in `*` is none."""
        names = (name for table in self.tables for name in table.get(host, {}))
        return tuple(dict.fromkeys(name for name in names if not name.endswith("*")))


def price_table_path() -> Path:
    """Return where the user's own table is, or would be.

    Raises:
        StoreError: no home folder is known for the user.
    """
    return store_home() / "prices.toml"


def read_prices() -> PriceList:
    """Return the prices of the user's table, if there is one, and those of the package.

    Raises:
        StoreError: no home folder is known for the user.
    """
    packaged = parse_prices(_PACKAGED.read_text("utf-8"), _PACKAGED.name)
    path = price_table_path()
    try:
        own = parse_prices(path.read_bytes().decode("utf-8-sig"), str(path))
    except FileNotFoundError:
        return packaged
    except OSError as error:
        return PriceList(packaged.tables, f"{path}: {os_reason(error)}; its prices do not count")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"{path}, line {line}: not UTF-8; its prices do not count"
        return PriceList(packaged.tables, problem)
    return PriceList((*own.tables, *packaged.tables), own.problem)


def parse_prices(text: str, name: str) -> PriceList:
    """Return the prices of one table; what is wrong in it costs the entry that it is in.

    `name` is what `problem` calls the table.
    """
    try:
        hosts = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line, words = decode_problem(error, text)
        return PriceList((), f"{name}, line {line}: {words}; its prices do not count")
    problems: list[str] = []
    table = {host: dict(_prices_at(host, entry, text, problems)) for host, entry in hosts.items()}
    more = f" ({len(problems) - 1} more like it)" if len(problems) > 1 else ""
    return PriceList((table,), f"{name}, {problems[0]}{more}" if problems else "")


def _price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    beginnings = [
        name for name in prices if name.endswith("*") and model.startswith(name.removesuffix("*"))
    ]
    names = [model, _DATE_IN_NAME.sub("", model), *sorted(beginnings, key=len, reverse=True)]
    return next((prices[name] for name in names if name in prices), None)


class _EntryError(Exception):
    """An entry that cannot be read: the keys that lead to what is wrong, and what it is."""

    def __init__(self, keys: tuple[str, ...], words: str) -> None:
        super().__init__(keys, words)
        self.keys = keys
        self.words = words


def _prices_at(
    host: str, entry: object, text: str, problems: list[str]
) -> Iterator[tuple[str, Price]]:
    try:
        keys = ("currency", "as_of", "source", "batch", "models")
        given = _table(entry, keys, (host,))
        currency = _value(given, "currency", _is_currency, "takes a code such as USD", (host,))
        as_of = _value(given, "as_of", _is_date, "takes a date such as 2026-11-28", (host,))
        batch = _batch(given, (host,))
        models = _table(given.get("models", {}), None, (host, "models"))
    except _EntryError as error:
        problems.append(_problem(error, text))
        return
    for model, rates in models.items():
        try:
            yield model, _price(rates, (host, model), currency or "USD", as_of, batch)
        except _EntryError as error:
            problems.append(_problem(error, text))


def _price(
    entry: object, keys: tuple[str, ...], currency: str, as_of: date | None, batch: Decimal | None
) -> Price:
    given = _table(entry, (*_RATES, "batch", "long_prompt"), keys)
    rates = _rates(given, keys)
    long_prompt = None
    if "long_prompt" in given:
        inner = (*keys, "long_prompt")
        dearer = _table(given["long_prompt"], (*_RATES, "above"), inner)
        above = _value(dearer, "above", _is_count, "takes a number of tokens", inner, needed=True)
        long_prompt = LongPromptRates(int(above), _rates(dearer, inner))
    own_batch = _batch(given, keys)
    return Price(rates, currency, as_of, batch if own_batch is None else own_batch, long_prompt)


def _rates(given: Mapping[str, Any], keys: tuple[str, ...]) -> Rates:
    words = "takes what a million tokens cost"

    def rate(name: str, *, needed: bool = False) -> Any:
        value = _value(given, name, _is_rate, words, keys, needed=needed)
        return None if value is None else Decimal(value)

    return Rates(
        rate("input", needed=True),
        rate("output", needed=True),
        rate("cached_input"),
        rate("cache_write"),
    )


def _batch(given: Mapping[str, Any], keys: tuple[str, ...]) -> Decimal | None:
    share = _value(given, "batch", _is_share, "takes a share above 0, at most 1", keys)
    return None if share is None else Decimal(share)


def _table(
    entry: object, known: Collection[str] | None, keys: tuple[str, ...]
) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise _EntryError(keys, "takes a table")
    for name in entry:
        if known is not None and name not in known:
            raise _EntryError((*keys, name), f"is none of {', '.join(known)}")
    return entry


def _value(
    given: Mapping[str, Any],
    name: str,
    is_right: Callable[[object], bool],
    words: str,
    keys: tuple[str, ...],
    *,
    needed: bool = False,
) -> Any:
    value = given.get(name)
    if value is None and needed:
        raise _EntryError(keys, f"has no {name}, which {words}")
    if value is not None and not is_right(value):
        raise _EntryError((*keys, name), words)
    return value


def _is_currency(value: object) -> bool:
    return isinstance(value, str) and bool(_CURRENCY.fullmatch(value))


def _is_date(value: object) -> bool:
    return type(value) is date


def _is_count(value: object) -> bool:
    return type(value) is int and value > 0


def _is_rate(value: object) -> bool:
    # No comparison holds for a value that is not a number.
    return type(value) in (int, Decimal) and _holds(value, lambda number: number >= 0)


def _is_share(value: object) -> bool:
    return type(value) in (int, Decimal) and _holds(value, lambda number: 0 < number <= 1)


def _holds(value: Any, test: Callable[[Any], bool]) -> bool:
    number = Decimal(value)
    return number.is_finite() and number <= _HIGHEST_RATE and test(number)


def _problem(error: _EntryError, text: str) -> str:
    line = line_of_keys(error.keys, text)
    return f"line {line}: {' > '.join(error.keys)} {error.words}; it does not count"
