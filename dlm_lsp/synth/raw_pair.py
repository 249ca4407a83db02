"""Raw pair: what a model wrote for a pair, taken out of its reply word for word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawPair:
    """A pair as a model wrote it, not yet known to be well-formed."""

    question: str
    answer: str
    evidence: str = ""
