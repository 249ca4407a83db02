"""Grounding: whether an answer is backed by the section that it is about."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.number_words import number_values, without_separators
from dlm_lsp.quality.word_tokenize import (
    capitalises_nouns,
    full_name_tokens,
    name_tokens,
    number_tokens,
    word_tokens,
)

# A quotation with a slip of the pen scores 95 or more, other words on the same matter below 90.
_QUOTED = 95.0
# To look up what does not stand there as it is takes the cube of its length, so a long quotation is
# looked up in parts, and not very many of them may have slips.
_LONGEST_PART = 400
_MOST_SLIPS = 20
# Below three words, "evidence" is found in any text.
_LEAST_EVIDENCE = 3
# Without evidence to look up, this share of the answer's words has to stand in the section.
_COVERED = 0.8
# Case endings and plurals: "Hauses" stands for "Haus". Longer tails make other words.
_TAIL = 2
_LINE_START = re.compile(r"^\s*+((?:\d++[.)]|[-*+])\s++)?", re.MULTILINE)
_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")
_PIECE = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d]+")
# Below three digits, part of a number such as a date says nothing on its own.
_LEAST_PART = 3
# No counts, or not everywhere: pronouns, an empty pointer, and `this one` in Polish.
_COUNTING_NOTHING = (frozenset(("0",)), frozenset(("1",)))
_ENGLISH = frozenset(("the", "and"))
_ASKING_WHO = frozenset(
    word_tokens("who whom whose wer wen wem wessen qui quién quiénes quien chi quem")
)
# What an answer to such a question may begin with that is no name.
_NO_NAMES = frozenset(
    word_tokens(
        "a an the he she it they we you i his her its their this that these those both each every "
        "all any some most many few only one no none nobody no-one everyone everybody anyone "
        "anybody someone somebody people by in on at after before when if yes not "
        "der die das den dem ein eine einer er sie es wir man jeder jede alle niemand nur kein "
        "le la les l un une il elle ils elles ce c personne seul seuls tous "
        "el los las una él ella nadie solo todos lo gli nessuno tutti o os as um uma ninguém"
    )
)


@dataclass(frozen=True, slots=True)
class _Source:
    """The words of a section: as one line of words, word by word, and in numbers.

    `stems` are the longer words without their ends; `telling` are those that may hold a part of a
    number; `nouns` tells that its nouns have capitals.
    """

    plain: str
    words: frozenset[str]
    stems: frozenset[str]
    numbers: frozenset[str]
    telling: frozenset[str]
    nouns: bool


@lru_cache(maxsize=32)
def _source(prose: str) -> _Source:
    words = word_tokens(prose)
    values = _values(prose)
    known = values.union(words)
    return _Source(
        " ".join(words), known, _stems(known), values, _telling(known), capitalises_nouns(prose)
    )


def ungrounded_reason(pair: Pair, evidence: str, prose: str) -> str | None:
    """Return why `prose` does not back a pair; None where it backs all of it.

    `evidence` is the teacher's quotation from `prose`, empty where it gave none.
    """
    source = _source(prose)
    quotes = [quote for quote in map(_plain, _ELLIPSIS.split(evidence)) if quote]
    if sum(len(quote.split()) for quote in quotes) >= _LEAST_EVIDENCE:
        if (quote := _unquoted(quotes, source.plain)) is not None:
            return f'the evidence "{quote}" is not in the section'
    elif not _covered(pair, source):
        return "the answer is not in the words of the section"
    if (number := ungrounded_number(pair, prose)) is not None:
        return f'the section has no "{number}"'
    question_words = frozenset(word_tokens(pair.question))
    question_stems = _stems(question_words)
    answer = _without_list_marks(pair.answer)
    for name in sorted(_named(pair.question, answer, source)):
        if not (
            _stands(name, source.words, source.stems)
            or _stands(name, question_words, question_stems)
        ):
            return f'the section does not name "{name}"'
    return None


def ungrounded_number(pair: Pair, prose: str) -> str | None:
    """Return a number of the answer that stands neither in `prose` nor in the question."""
    source = _source(prose)
    answer = _without_list_marks(pair.answer)
    asked = _values(pair.question)
    # The section may be large, and there is one for many pairs: its sets are not joined anew.
    values = source.numbers, asked
    known = source.telling, source.numbers, _telling(word_tokens(pair.question)), asked
    numbers = list(number_values(answer))
    backed = {
        number
        for written, readings in numbers
        if _meet(readings, values)
        for number in number_tokens(written)
    }
    for number in sorted(number_tokens(answer).difference(*values, backed)):
        pieces = map(without_separators, _PIECE.findall(number))
        if not all(any(piece in words for words in known) for piece in pieces):
            return number
    for written, readings in numbers:
        if written[0].isdigit() or _meet(readings, values) or readings in _COUNTING_NOTHING:
            continue
        if written != "ten" or source.words & _ENGLISH:
            return written
    return None


def _meet(readings: frozenset[str], values: Iterable[frozenset[str]]) -> bool:
    return any(not readings.isdisjoint(numbers) for numbers in values)


def _telling(words: Iterable[str]) -> frozenset[str]:
    """Return the words without the short numbers, parts of which say nothing on their own."""
    return frozenset(word for word in words if not word.isdigit() or len(word) >= _LEAST_PART)


def _without_list_marks(text: str) -> str:
    # What leads to no list mark is passed over whole, and stays.
    return _LINE_START.sub(lambda match: "" if match[1] else match[0], text)


def _plain(text: str) -> str:
    return " ".join(word_tokens(text))


def _values(text: str) -> frozenset[str]:
    """Return the numbers of a text and those within: 5 of `5GB`, 1184 of `1,184`, 6 of `six`."""
    tokens = number_tokens(text)
    return tokens.union(
        (without_separators(piece) for number in tokens for piece in _PIECE.findall(number)),
        *(readings for _, readings in number_values(text)),
    )


def _unquoted(quotes: Iterable[str], source: str) -> str | None:
    """Return the first quotation that does not stand in `source`, slips of the pen aside."""
    slips = 0
    for quote in dict.fromkeys(quotes):
        if len(quote) > len(source):
            if fuzz.ratio(quote, source, score_cutoff=_QUOTED) < _QUOTED:
                return quote
            continue
        for part in [quote] if quote in source else _parts(quote):
            if part in source:
                continue
            slips += 1
            if slips > _MOST_SLIPS or (
                fuzz.partial_ratio(part, source, score_cutoff=_QUOTED) < _QUOTED
            ):
                return quote
    return None


def _parts(quote: str) -> list[str]:
    """Cut a quotation into parts of equal length, so that none is short."""
    size = math.ceil(len(quote) / math.ceil(len(quote) / _LONGEST_PART))
    return [quote[at : at + size] for at in range(0, len(quote), size)]


def _covered(pair: Pair, source: _Source) -> bool:
    words = word_tokens(pair.answer)
    asked = frozenset(word_tokens(pair.question))
    found = sum(word in source.words or word in asked for word in words)
    return found >= _COVERED * len(words)


def _named(question: str, answer: str, source: _Source) -> frozenset[str]:
    """Return the words of the answer that can only be names."""
    words = word_tokens(answer)
    if not words:
        return frozenset()
    # Capitals alone are what was asked for, not just the start of a sentence.
    if words[0] not in ("yes", "no") and all(word[0].isupper() for word in answer.split()):
        return frozenset(words)
    names = full_name_tokens(answer) if source.nouns else name_tokens(answer)
    asks_who = not _ASKING_WHO.isdisjoint(word_tokens(question)[:2]) and answer[0].isupper()
    # Where nouns have capitals, too, what stands first may be a verb: "Built it has Otto Brand."
    if asks_who and not (source.nouns and name_tokens(answer)):
        return names | ({words[0]} - _NO_NAMES)
    return names


def _stands(name: str, words: frozenset[str], stems: frozenset[str]) -> bool:
    return name in words or name in stems or not words.isdisjoint(_without_ends(name))


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in _without_ends(word))


def _without_ends(word: str) -> Iterator[str]:
    """Yield what is left of `word` without a short ending, where that says anything."""
    for length in range(max(len(word) - _TAIL, _TAIL + 1), len(word)):
        yield word[:length]
