"""Money: exact inside, and shown with as many digits as mean something."""

import pytest

from dlm_lsp.teachers.money import Money, to_micros


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "$0.00"),
        (1, "less than $0.001"),
        (999, "less than $0.001"),
        (1_000, "$0.001"),
        (1_234, "$0.0012"),
        (9_990, "$0.01"),
        (43_210, "$0.043"),
        (99_999, "$0.10"),
        (100_000, "$0.10"),
        (1_234_567, "$1.23"),
        (1_234_567_891, "$1,234.57"),
    ],
)
def test_an_amount_is_shown_with_two_decimals_or_the_first_two_digits_of_less(micros, shown):
    assert str(Money(micros, "USD")) == shown


def test_a_currency_without_a_sign_stands_behind_the_amount():
    assert str(Money(1_500_000, "EUR")) == "€1.50"
    assert str(Money(1_500_000, "CHF")) == "1.50 CHF"


@pytest.mark.parametrize(("amount", "micros"), [(0.1, 100_000), (0.29, 290_000), (2, 2_000_000)])
def test_an_amount_is_what_was_typed_to_the_last_digit(amount, micros):
    assert to_micros(amount) == micros


def test_an_estimate_is_about_unless_it_is_next_to_nothing():
    assert Money(1_500_000, "USD").roughly == "about $1.50"
    assert Money(400, "USD").roughly == "less than $0.001"
