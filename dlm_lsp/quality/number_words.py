"""Number words: the numbers of a text, in digits or in words of English and German."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from dlm_lsp.quality.word_tokenize import normalize, word_tokens

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_LONGEST_SCALED = 15
_ENGLISH = word_tokens(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = word_tokens("twenty thirty forty fifty sixty seventy eighty ninety")
_GERMAN = word_tokens(
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn"
)
_GERMAN_TENS = word_tokens("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_SCALES = {
    "thousand": 10**3,
    "tausend": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "millionen": 10**6,
    "billion": 10**9,
    "milliarde": 10**9,
    "milliarden": 10**9,
}


def _german() -> Iterator[tuple[str, int]]:
    """Yield the words from 0 to 999, each written as one."""
    units = ["", "ein", *_GERMAN[2:10]]
    below = [
        *_GERMAN,
        *(f"{unit}und{ten}" if unit else ten for ten in _GERMAN_TENS for unit in units),
    ]
    yield from zip(below, range(100), strict=True)
    for hundreds in range(1, 10):
        for rest, word in enumerate(["", *below[1:]]):
            yield f"{units[hundreds]}hundert{word}", hundreds * 100 + rest


_WORDS = {
    **{word: value for value, word in enumerate(_ENGLISH)},
    **{word: value * 10 for value, word in enumerate(_TENS, start=2)},
    **dict(_german()),
    "hundred": 100,
    "hundert": 100,
}


def number_values(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each number as it is written and, in digits, what it can stand for.

    `1.5 million` is 1.5 and 1500000, `twenty-five` is 25 alone, `1,184` is 1184.
    """
    tokens = _TOKEN.findall(normalize(text))
    at = 0
    while at < len(tokens):
        end, value = _number(tokens, at)
        if end == at:
            at += 1
            continue
        values = {value}
        scale = _SCALES.get(tokens[end]) if end < len(tokens) else None
        if scale and len(value) <= _LONGEST_SCALED and _is_decimal(value):
            values.add(f"{Decimal(value.replace(',', '.')) * scale:.0f}")
            end += 1
        yield " ".join(tokens[at:end]), frozenset(values)
        at = end


def without_separators(number: str) -> str:
    """Return a number in digits without the marks between its thousands."""
    return re.sub("[.,]", "", number) if _THOUSANDS.fullmatch(number) else number


def _is_decimal(value: str) -> bool:
    return ":" not in value and value.count(".") + value.count(",") <= 1


def _number(tokens: Sequence[str], at: int) -> tuple[int, str]:
    """Return where the number that begins at `at` ends, at `at` if there is none, and its value."""
    if tokens[at][0].isdigit():
        return at + 1, without_separators(tokens[at])
    end, value = _below_hundred(tokens, at)
    if end > at and value < 10 and tokens[end : end + 1] == ["hundred"]:
        value, end = value * 100, end + 1
        rest = end + 1 if tokens[end : end + 1] == ["and"] else end
        rest_end, more = _below_hundred(tokens, rest)
        if rest_end > rest:
            value, end = value + more, rest_end
    return end, str(value)


def _below_hundred(tokens: Sequence[str], at: int) -> tuple[int, int]:
    if at >= len(tokens) or tokens[at] not in _WORDS:
        return at, 0
    value = _WORDS[tokens[at]]
    if tokens[at] in _TENS and at + 1 < len(tokens) and tokens[at + 1] in _ENGLISH[1:10]:
        return at + 2, value + _WORDS[tokens[at + 1]]
    return at + 1, value
