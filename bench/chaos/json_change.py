"""JSON change: a value with one part replaced or left out, for fuzzing."""

import random
from typing import Any

NUMBERS = (-1, 0, 2**32 - 1, 2**70, 1e300)
ODD: tuple[Any, ...] = (None, True, "", "x", [], {}, [{}], [None], {"a": [None]}, *NUMBERS)
STOP = 0.15
"""How likely a part is replaced as a whole, at each level on the way down."""


def change_part(value: Any, rng: random.Random) -> Any:
    """Return JSON with one part replaced by something else, or one member left out."""
    if rng.random() < STOP:
        return rng.choice(ODD)
    if isinstance(value, dict) and value:
        key = rng.choice(list(value))
        if rng.random() < STOP:
            return {name: part for name, part in value.items() if name != key}
        return value | {key: change_part(value[key], rng)}
    if isinstance(value, list) and value:
        at = rng.randrange(len(value))
        return [*value[:at], change_part(value[at], rng), *value[at + 1 :]]
    return rng.choice(ODD)
