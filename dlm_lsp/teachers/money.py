"""Money: an amount in a currency, exact to a millionth of its unit."""

from dataclasses import dataclass
from decimal import Decimal

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_LEAST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Money:
    """So many millionths (`micros`) of the unit of a currency, which is named by ISO 4217."""

    micros: int
    currency: str

    def __str__(self) -> str:
        """Return the amount to be read: with two decimals, or the first two digits of less."""
        if self._is_little:
            return f"less than {self._with_currency('0.001')}"
        return self._with_currency(_digits(Decimal(self.micros) / 1_000_000))

    @property
    def roughly(self) -> str:
        """The amount as an estimate to be read."""
        return str(self) if self._is_little else f"about {self}"

    @property
    def _is_little(self) -> bool:
        return 0 < self.micros < _LEAST_SHOWN

    def _with_currency(self, digits: str) -> str:
        symbol = _SYMBOLS.get(self.currency)
        return f"{symbol}{digits}" if symbol else f"{digits} {self.currency}".rstrip()


def to_micros(amount: float) -> int:
    """Return an amount in millionths; what is less than one does not count."""
    return int(Decimal(str(amount)) * 1_000_000)


def _digits(amount: Decimal) -> str:
    two_digits = Decimal(f"{amount:.2g}")
    if not amount or two_digits >= Decimal("0.1"):
        return f"{amount:,.2f}"
    return f"{two_digits.normalize():f}"
