"""Verdict parsing: what a reply says of each pair, by likelihood, in JSON or in one word."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dlm_lsp.synth.json_objects import find_objects
from dlm_lsp.synth.report import Verdict
from dlm_lsp.teachers.protocol import YES_OR_NO, Reply

_YES, _NO = YES_OR_NO
# "1", 1.0, "Pair 1"; longer runs of digits number no pair.
_NUMBER = re.compile(r"(?:pair\s*)?#?0*(\d{1,9})(?:\.0?)?", re.IGNORECASE)
_WORD = re.compile(r"\W*(yes|no)(?:\W*\Z|\s*[.,;:!*\n])", re.IGNORECASE)
_RIGHT = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}
# What is told of a verdict is one line.
_LONGEST = 200
_UNREADABLE = "the verdict could not be read"
_REASONS = {
    "refusal": "the verifier declined to answer",
    "length": "the verdict broke off at its token limit; raise max_new_tokens",
}


def parse_verdicts(reply: Reply, count: int) -> tuple[Verdict, ...]:
    """Return the verdict on each of the `count` pairs that were asked about."""
    verdicts = _by_likelihood(reply.text, count) or _in_words(reply.text, count)
    missing = Verdict(detail=_REASONS.get(reply.finish, _UNREADABLE))
    return tuple(verdicts.get(number, missing) for number in range(1, count + 1))


def _by_likelihood(text: str, count: int) -> dict[int, Verdict]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    match value:
        case {"log_probabilities": list(likely)} if len(likely) == count:
            pairs = [(number, _probability(each)) for number, each in enumerate(likely, 1)]
            return {number: Verdict(chance) for number, chance in pairs if chance is not None}
    return {}


def _probability(likely: object) -> float | None:
    """Return the share of yes in what is said for yes and for no."""
    shares = dict.fromkeys(YES_OR_NO, 0.0)
    for word, value in likely.items() if isinstance(likely, Mapping) else ():
        kind = str(word).strip().lower()
        if kind in shares and isinstance(value, int | float) and value < 1:
            shares[kind] += math.exp(min(0.0, value))
    total = sum(shares.values())
    return shares[_YES] / total if total > 0 else None


def _number(name: object, place: int, count: int) -> int | None:
    """Return the number of a pair, by its place where it has none; None where there is no such."""
    found = _NUMBER.fullmatch(str(place if name is None else name).strip())
    number = int(found[1]) if found else 0
    return number if 1 <= number <= count else None


def _in_words(text: str, count: int) -> dict[int, Verdict]:
    objects = list(find_objects(text))
    lists = [value["verdicts"] for value in objects if isinstance(value.get("verdicts"), list)]
    # What a model thinks aloud may hold objects too: the last is what it came to. Of a list that
    # broke off, those are left that are whole.
    items: Sequence[Any] = lists[-1] if lists else [value for value in objects if "right" in value]
    items = [item for item in items if isinstance(item, Mapping)]
    numbers = [_number(item.get("pair"), place, count) for place, item in enumerate(items, 1)]
    verdicts: dict[int, Verdict] = {}
    # Who names a pair that there is none of counts in another way, and may mean others throughout.
    for item, number in zip(items, numbers, strict=True) if None not in numbers else ():
        right = _RIGHT.get(str(item.get("right")).strip().lower())
        if right is not None and number is not None:
            says = " ".join(str(item.get("text_says") or "").split())[:_LONGEST]
            detail = f"the text says: {says}" if says and not right else ""
            verdicts.setdefault(number, Verdict(right, detail))
    if not verdicts and count == 1 and (word := _WORD.match(text)):
        verdicts[1] = Verdict(_RIGHT[word[1].lower()])
    return verdicts
