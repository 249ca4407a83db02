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
