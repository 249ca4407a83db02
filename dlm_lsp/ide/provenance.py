"""What is known of a synthesized section beyond its marker."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provenance:
    """The ledger's entry for a section: the words that back it, and what the judge made of it."""

    evidence: str | None
    margin: float | None
    judge: str | None
