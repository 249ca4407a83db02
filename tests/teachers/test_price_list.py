"""Price list: the table of the package, and a user's own that is read whatever it holds."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.price_list import parse_prices, price_table_path, read_prices

TABLE = """\
["models.example"]
currency = "EUR"
as_of = 2026-11-28
batch = 0.5

["models.example".models]
"small" = { input = 1, output = 2 }
"small-2026-01-01" = { input = 3, output = 4, batch = 1 }
"qwen/*" = { input = 5, output = 6 }
"qwen/large*" = { input = 7, output = 8 }
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    return tmp_path


def rates(model: str, host: str = "models.example"):
    price = parse_prices(TABLE, "t").find(host, model)
    return price and (int(price.rates.input), int(price.rates.output))


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("small", (1, 2)),
        ("small-2025-08-07", (1, 2)),
        ("small-20250807", (1, 2)),
        ("small-2026-01-01", (3, 4)),
        ("qwen/7b", (5, 6)),
        ("qwen/large-70b", (7, 8)),
        ("smaller", None),
        ("small-latest", None),
        ("ft:small", None),
        ("", None),
    ],
)
def test_a_model_is_found_by_its_name_without_a_date_or_by_its_beginning(model, found):
    assert rates(model) == found


def test_a_model_has_no_price_at_another_host():
    assert rates("small", "eu.models.example") is None


def test_a_price_has_the_currency_the_date_and_the_batches_of_its_host():
    price = parse_prices(TABLE, "t").find("models.example", "small")
    assert (price.currency, price.as_of, price.batch) == ("EUR", date(2026, 11, 28), Decimal("0.5"))
    assert parse_prices(TABLE, "t").find("models.example", "small-2026-01-01").batch == 1


def test_the_table_of_the_package_is_whole_dated_and_has_its_sources(home):
    prices = read_prices()
    assert prices.problem == ""
    (table,) = prices.tables
    assert set(table) == {"api.openai.com", "api.anthropic.com"}
    for models in table.values():
        assert len(models) > 10
        for price in models.values():
            assert price.as_of >= date(2026, 11, 1)
            assert 0 < price.rates.input < price.rates.output
            assert (price.rates.cached_input or 0) < price.rates.input
            assert price.batch == Decimal("0.5")


def test_the_users_own_table_counts_before_and_extends(home):
    own = """
["api.openai.com".models]
"gpt-5-mini" = { input = 9, output = 9 }
["openrouter.ai".models]
"*" = { input = 0.05, output = 0.20 }
"""
    (home / "prices.toml").write_text(own, "utf-8")
    prices = read_prices()
    assert prices.problem == ""
    assert prices.find("api.openai.com", "gpt-5-mini-2025-08-07").rates.input == 9
    assert prices.find("api.openai.com", "gpt-5").rates.input == Decimal("1.25")
    assert prices.find("openrouter.ai", "a/b").rates.output == Decimal("0.20")
    assert prices.find("openrouter.ai", "a/b").currency == "USD"


HOST = '["h".models]\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[h\n", "line 1: Expected ']'"),
        ("\n\nx", "line 3: Expected '='"),
        ("h = 1", "line 1: h takes a table"),
        ("\n[h]\nmodles = {}", "line 3: h > modles is none of currency, as_of, source, batch"),
        ('[h]\ncurrency = "dollars"', "line 2: h > currency takes a code such as USD"),
        ('[h]\nas_of = "today"', "line 2: h > as_of takes a date such as 2026-11-28"),
        ("[h]\nbatch = 0", "line 2: h > batch takes a share above 0, at most 1"),
        (f'{HOST}"a" = 1', "line 2: h > a takes a table"),
        (f'{HOST}"a" = {{ input = 1 }}', "line 2: h > a has no output"),
        (f'{HOST}"a" = {{ input = -1, output = 1 }}', "line 2: h > a > input takes what a million"),
        (f'{HOST}"a" = {{ input = 1, output = inf }}', "line 2: h > a > output takes what"),
        (f'{HOST}"a" = {{ input = true, output = 1 }}', "line 2: h > a > input takes what"),
        (f'{HOST}"a" = {{ input = 1, output = 1, outptu = 1 }}', "line 2: h > a > outptu is none"),
        (
            "[h.models.a]\ninput = 1\noutput = 1\nlong_prompt = { input = 1, output = 1 }",
            "line 4: h > a > long_prompt has no above",
        ),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_file_and_line(text, problem):
    found = parse_prices(text, "/home/prices.toml")
    assert found.problem.startswith(f"/home/prices.toml, {problem}")
    assert "\n" not in found.problem


def test_an_entry_that_cannot_be_read_costs_itself_alone():
    text = f'{HOST}"a" = 1\n"b" = {{ input = 1, output = 2 }}\n"c" = 2\n[i]\nmodels = 3\n'
    found = parse_prices(text, "t")
    assert found.problem == "t, line 2: h > a takes a table; it does not count (2 more like it)"
    assert found.find("h", "b").rates.output == 2
    assert found.find("h", "a") is None


@pytest.mark.parametrize("content", [b"[h", b"\xff\n", b"a = 1\n\xff"])
def test_with_a_broken_table_the_prices_of_the_package_count(home, content):
    (home / "prices.toml").write_bytes(content)
    prices = read_prices()
    assert prices.problem.startswith(f"{price_table_path()}, line ")
    assert prices.find("api.openai.com", "gpt-5")


def test_a_table_that_cannot_be_opened_is_told_too(home):
    (home / "prices.toml").mkdir()
    prices = read_prices()
    assert prices.problem.startswith(str(price_table_path()))
    assert prices.find("api.openai.com", "gpt-5")


VALUE = st.recursive(
    st.integers() | st.floats() | st.text(max_size=5) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["input", "output", "models", "batch", "long_prompt", "above", "as_of"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def toml_value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
        case list():
            return f"[{', '.join(map(toml_value, value))}]"
        case dict():
            return "{" + ", ".join(f"{key} = {toml_value(v)}" for key, v in value.items()) + "}"
        case _:
            return str(value)


@given(st.dictionaries(st.sampled_from("hij"), VALUE, max_size=2))
def test_reading_never_fails_whatever_stands_in_a_table(hosts):
    text = "\n".join(f"{host} = {toml_value(value)}" for host, value in hosts.items())
    try:
        tomllib.loads(text)
    except ValueError:
        return
    assert "\n" not in parse_prices(text, "t").problem
