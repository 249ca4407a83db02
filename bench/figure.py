"""Figure: one measured row of the table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity, measured here and (where it has one) for the reference in the same run.

    `ours` and `reference` are in `unit`; `asked` says in words what was wanted, `met` if it is.
    """

    what: str
    unit: str
    ours: float
    reference: float | None
    asked: str
    met: bool

    @property
    def ratio(self) -> float | None:
        """Ours over the reference's."""
        return self.ours / self.reference if self.reference else None


def compared(what: str, unit: str, ours: float, reference: float, at_most: float = 1.0) -> Figure:
    """Return a row whose quantity is better the less it is, and may be `at_most` times theirs."""
    met = ours <= at_most * reference
    return Figure(what, unit, ours, reference, f"at most {at_most:.2g}", met=met)
