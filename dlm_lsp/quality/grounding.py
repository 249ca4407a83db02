"""Grounding: whether an answer is backed by the section that it is about.

By its numbers, its names and the share of its words that stand there. Whether it says of them what
the section says is for a judge to tell: the words are the same with "not" and without.
"""

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Prefix

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.language_id import detect_language
from dlm_lsp.quality.number_words import (
    NUMBER_WORD_LANGUAGES,
    Number,
    find_numbers,
    known_values,
    may_stand_in_words,
    stands_in,
)
from dlm_lsp.quality.roman_numerals import roman_value, roman_values
from dlm_lsp.quality.word_tokenize import full_name_tokens, name_tokens, word_tokens

# At least this share of an answer's letters, without the words of the question, is in words of the
# section. Measured over 195 right answers in ten languages: none has less, one has less than 0.35.
_COVERED = 0.3
# A number that stands there speaks for the answer as so many letters do.
_NUMBER_WEIGHT = 8
# As a sign of a script with an alphabet for each sound of two letters does.
_SIGN_WEIGHT = 2
_FIRST_SIGN = "\u0e00"
# Fewer letters beside the section are a "yes" or a "because".
_LEAST_UNCOVERED = 5
# Words with the same beginning are forms of one: "built" is none of "build", "Hauses" of "Haus" is.
_SHARED_STEM = 0.75
_SHORTEST_STEM = 3
# Its beginning tells in which language a section is.
_TELLING = 4_000
_CAPITAL_NOUNS = ("de", "lb")
_HIRAGANA = re.compile("[ぁ-ゟー]+")
_SYLLABLE = re.compile("[가-힣]|[^가-힣]+")
_HANGUL = re.compile("[가-힣]+")
_BY_NUMBER = re.compile(r"(?<=\d)[^\w\n]{1,3}[^\W\d]+|\b[^\W\d]++(?=\W{1,3}\d)")
# A word before an amount and two after it, as in `USD 50` and `100 degrees Celsius`.
_BESIDE_NUMBER = re.compile(r"\b[^\W\d]++\W?(?=\d)|(?<=\d)[^\w\n,;:]{0,2}[^\W\d]++(?: [^\W\d]++)?")
_UNIT_SIGN = re.compile(r"(?<=\d)[^\w\n,.;:]{0,2}([^\W\d]{1,4})\b")
_LINE_START = re.compile(r"^\s*+((?:\d++[.)]|[-*+])\s++)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Source:
    """The words of a section: in a set, in order of the alphabet, and as one run without blanks.

    `word_languages` are those whose number words it may have; `has_date` tells of one in digits.
    `unit_signs` are the short words behind its numbers, and "$" where it has a currency's sign.
    """

    language: str | None
    word_languages: AbstractSet[str]
    words: frozenset[str]
    sorted_words: tuple[str, ...]
    run: str
    numbers: frozenset[str]
    has_date: bool
    unit_signs: frozenset[str]

    @property
    def inflects_names(self) -> bool:
        """Whether its names may have endings: none of the languages of number words has them."""
        return self.language not in NUMBER_WORD_LANGUAGES


def ungrounded_reason(pair: Pair, prose: str) -> str | None:
    """Return why `prose` does not back a pair; None where it backs all of it, or that is unsure."""
    if (number := ungrounded_number(pair, prose)) is not None:
        return f'the section has no "{number}"'
    source, question = _source(prose), _words(pair.question)
    asked = frozenset(question)
    answer = _without_list_marks(pair.answer)
    units = _unit_words(answer, source.unit_signs)
    # The month of a date in digits is no name.
    for name in _names(_BY_NUMBER.sub(" ", answer) if source.has_date else answer, source.language):
        if not (
            _stands(name, source.words, source.sorted_words, inflected=source.inflects_names)
            or name in asked
            or name in units
            or roman_value(name) in source.numbers
            # What has a digit is looked up as a number.
            or any(map(str.isdigit, name))
        ):
            return f'the section does not name "{name}"'
    if not _covered(pair.answer, asked, source):
        return "the answer is not in the words of the section"
    return None


def ungrounded_number(pair: Pair, prose: str) -> str | None:
    """Return a number of the answer that stands neither in `prose` nor in the question."""
    source = _source(prose)
    asked = known_values(find_numbers(pair.question, source.word_languages))
    asked |= roman_values(pair.question)
    # A word that only looks like a number would be missed where the language is unsure.
    languages = source.word_languages if source.language else ()
    for number in find_numbers(_without_list_marks(pair.answer), languages):
        if not (
            number.unsure
            or stands_in(number, source.numbers, asked)
            or may_stand_in_words(number, source.language)
            or _is_standing_word(number, pair.question, source)
        ):
            return number.text
    return None


@lru_cache(maxsize=32)
def _source(prose: str) -> _Source:
    language = detect_language(prose[:_TELLING])
    text = html.unescape(prose)
    languages = NUMBER_WORD_LANGUAGES & {language} if language else NUMBER_WORD_LANGUAGES
    words = _words(text)
    known = frozenset(words)
    numbers = find_numbers(text, languages)
    return _Source(
        language,
        languages,
        known,
        tuple(sorted(known)),
        "".join(words),
        known_values(numbers) | roman_values(text),
        any(number.is_date for number in numbers),
        frozenset(sign.casefold() for sign in _UNIT_SIGN.findall(text))
        | ({"$"} if any(unicodedata.category(sign) == "Sc" for sign in set(text)) else set()),
    )


def _unit_words(answer: str, signs: AbstractSet[str]) -> AbstractSet[str]:
    """Return the words beside numbers where one of them is a unit of which `signs` has the sign.

    Of a currency it may be any name: `USD`, `Canadian Dollars`.
    """
    units: set[str] = set()
    for match in _BESIDE_NUMBER.finditer(answer):
        words = word_tokens(match[0])
        is_currency = "$" in signs and not any(map(str.islower, match[0].split()))
        if is_currency or any(_abbreviates(sign, word) for sign in signs for word in words):
            units.update(words)
    return units


def _abbreviates(sign: str, word: str) -> bool:
    """Tell whether a word begins as `sign` does and has its letters in order: `km`, `C`, `kWh`."""
    rest = iter(word)
    return word.startswith(sign[:1]) and all(letter in rest for letter in sign)


def _is_standing_word(number: Number, question: str, source: _Source) -> bool:
    """Tell whether a word with digits stands there, blanks and hyphens aside: `int8`, `int-8`."""
    word = "".join(_words(number.text))
    return any(map(str.isalpha, word)) and (word in source.run or word in "".join(_words(question)))


def _without_list_marks(text: str) -> str:
    # What leads to no list mark is passed over whole, and stays.
    return _LINE_START.sub(lambda match: "" if match[1] else match[0], text)


def _words(text: str) -> list[str]:
    """Return the words of a text; one for each sign where they are not parted, or have endings."""
    return [part for word in word_tokens(text) for part in _SYLLABLE.findall(word)]


def _names(answer: str, language: str | None) -> list[str]:
    """Return the words of the answer that can only be names."""
    nouns_too = language is None or language in _CAPITAL_NOUNS
    tokens = full_name_tokens(answer) if nouns_too else name_tokens(answer)
    # What Korean puts behind a name in Latin letters is no part of it: `KBS가`.
    return sorted({part for token in tokens for part in _HANGUL.split(token) if part})


def _covered(answer: str, asked: AbstractSet[str], source: _Source) -> bool:
    numbers = find_numbers(answer, source.word_languages)
    in_numbers = {word for number in numbers for word in _words(number.text)}
    sorted_asked = tuple(sorted(asked))
    inflected = name_tokens(answer) if source.inflects_names else frozenset()
    standing = [
        number for number in numbers if not number.unsure and stands_in(number, source.numbers)
    ]
    covered = _NUMBER_WEIGHT * len(standing)
    uncovered = 0
    for word in _words(answer):
        if word in in_numbers or any(map(str.isdigit, word)):
            continue
        if _stands(word, source.words, source.sorted_words, inflected=word in inflected):
            covered += 0 if _stands(word, asked, sorted_asked) else _weight(word)
        elif not _stands(word, asked, sorted_asked):
            uncovered += _weight(word)
    return uncovered < _LEAST_UNCOVERED or covered >= _COVERED * (covered + uncovered)


def _weight(word: str) -> int:
    # Endings and particles: they stand in every text.
    if _HIRAGANA.fullmatch(word):
        return 0
    return _SIGN_WEIGHT if len(word) == 1 and word >= _FIRST_SIGN else len(word)


def _stands(
    word: str, words: AbstractSet[str], sorted_words: tuple[str, ...], *, inflected: bool = False
) -> bool:
    """Tell whether a word or another form of it is among `words`.

    Of an `inflected` name the ending may be long beside the name: `Jan`, `Janem`.
    """
    if word in words:
        return True
    # Whatever shares the longest beginning stands next to where the word would.
    at = bisect_left(sorted_words, word)
    return any(
        Prefix.similarity(word, other)
        >= max(
            _SHORTEST_STEM,
            _SHARED_STEM * (min(len(word), len(other)) if inflected else len(word)),
        )
        for other in sorted_words[max(0, at - 1) : at + 1]
    )
