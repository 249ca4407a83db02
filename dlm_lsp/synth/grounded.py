"""Whether an answer is backed by the section it is about."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.blocked import Blocked
from dlm_lsp.synth.words import names, numbers, words

# A quotation with a slip of the pen scores 95 or more, other words on the same matter below 90.
_QUOTED = 95.0
# Below three words, "evidence" is found in any text.
_LEAST_EVIDENCE = 3
# Without evidence to look up, this share of the answer's words has to stand in the section.
_COVERED = 0.8
# Case endings and plurals: "Hauses" stands for "Haus". Longer tails make other words.
_TAIL = 2
_LIST_MARK = re.compile(r"^\s*(?:\d+[.)]|[-*+])\s+", re.MULTILINE)
_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_PIECE = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d]+")
_SPELLED = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a section says: as one line of words, word by word, and in numbers."""

    plain: str
    words: frozenset[str]
    numbers: frozenset[str]


@lru_cache(maxsize=32)
def _source(prose: str) -> _Source:
    found = frozenset(words(prose))
    spelled = (str(number) for number, word in enumerate(_SPELLED) if word in found)
    values = _values(prose)
    return _Source(_plain(prose), found | values, values.union(spelled))


def ungrounded(pair: Pair, evidence: str, prose: str) -> Blocked | None:
    """Return what in a pair `prose` does not back; None where it backs it all.

    `evidence` is the teacher's quotation from `prose`, empty where it gave none.
    """
    source = _source(prose)
    quotes = [quote for quote in map(_plain, _ELLIPSIS.split(evidence)) if quote]
    if sum(len(quote.split()) for quote in quotes) >= _LEAST_EVIDENCE:
        for quote in quotes:
            if not _quoted(quote, source.plain):
                return Blocked("not_grounded", f'the evidence "{quote}" is not in the section')
    elif not _covered(pair, source):
        return Blocked("not_grounded", "the answer is not in the words of the section")
    asked = frozenset(words(pair.question))
    answer = _LIST_MARK.sub("", pair.answer)
    values = source.numbers | _values(pair.question)
    for number in sorted(numbers(answer)):
        if number not in values and not values.union(source.words, asked).issuperset(
            _value(piece) for piece in _PIECE.findall(number)
        ):
            return Blocked("not_grounded", f'the section has no "{number}"')
    for name in sorted(_named(answer)):
        if not (_stands(name, source.words) or _stands(name, asked)):
            return Blocked("not_grounded", f'the section does not name "{name}"')
    return None


def _plain(text: str) -> str:
    return " ".join(words(text))


def _values(text: str) -> frozenset[str]:
    """Return the numbers of a text and those within: 5 of `5GB`, 1184 of `1,184`."""
    found = numbers(text)
    return found.union(_value(piece) for number in found for piece in _PIECE.findall(number))


def _value(number: str) -> str:
    return re.sub("[.,]", "", number) if _THOUSANDS.fullmatch(number) else number


def _quoted(quote: str, source: str) -> bool:
    if quote in source:
        return True
    alike = fuzz.partial_ratio if len(quote) <= len(source) else fuzz.ratio
    return alike(quote, source) >= _QUOTED


def _covered(pair: Pair, source: _Source) -> bool:
    answered = words(pair.answer)
    known = source.words.union(words(pair.question))
    return sum(word in known for word in answered) >= _COVERED * len(answered)


def _named(answer: str) -> frozenset[str]:
    only = words(answer)
    # The one word of an answer is what was asked for, not just the start of a sentence.
    if len(only) == 1 and answer[:1].isupper() and only[0] not in ("yes", "no"):
        return frozenset(only)
    return names(answer)


def _stands(name: str, known: frozenset[str]) -> bool:
    return name in known or any(
        abs(len(word) - len(name)) <= _TAIL
        and min(len(word), len(name)) > _TAIL
        and (word.startswith(name) or name.startswith(word))
        for word in known
    )
