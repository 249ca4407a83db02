"""What a gate says of a pair that it does not let through."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a gate stays shut: a stable reason and a line for a person."""

    reason: str
    detail: str
