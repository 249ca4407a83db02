"""Near-duplicate detection: which pairs say the same thing twice, by a two-sided rule.

A question alone does not tell: "capital of France?" and "capital of Spain?" share five words of
six. So questions have to be alike, answers have to agree, and no number, name, identifier or
negation may differ. How far the questions may differ beyond that depends on how much the answers
say: `Yes.` or `30` answers many questions, a whole sentence answers one. Where in doubt both stay,
for a fact that is lost costs more than one that is said twice.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel, Prefix

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.identifiers import identifier_tokens, written_tokens
from dlm_lsp.quality.number_words import number_values
from dlm_lsp.quality.word_tokenize import name_tokens, word_tokens

# Questions less alike than the one and the other are not looked at: "When was the bridge built?"
# and "In which year was the bridge built?" reach 0.6 by their words, but many questions about
# different things reach that by their letters.
_LEAST_SHARED_WORDS = 0.5
_LEAST_SHARED_LETTERS = 0.65
_LEAST_OVERLAP = 0.75
# How much of a question is compared, for the time grows with the square of it.
_COMPARED_WORDS = 400
_COMPARED_CHARACTERS = 2_000
_FIRST_CODE_POINT = 0x100
# The first words of a question say how it asks: "In which year", "When was the".
_HEAD = 3
# How much an answer has to say, in words (a number of three digits counts as three of them), where
# questions differ in their heads; in the order of their words, or behind the head with a name in
# common; and behind it without. Measured on 165 pairs of facts in ten languages and 2190 facts of
# option references: one fact taken for another; 28 of 92 paraphrases are not found.
_SAYS_SOMETHING = 2
_SAYS_ENOUGH = 3
_SAYS_ALL = 5
_LONG_NUMBER = 3
# Words of so many letters may say nothing of their own: "what is", "what's".
_SHORT = 3
# Beginnings of words are one word where they make up so much of it: "built" and "build".
_SHARED_STEM = 0.8
_LEAST_STEM = 3
_LONGEST_ENDING = 2
# So many words, or signs, at most change their place as one: "the server".
_LONGEST_EXCHANGED = 12
# A negation is one of a few words in each language; no library here tells them. "N'est" is two
# words; of "doesn't", and where words have no blanks between them, it is a part.
_NEGATIONS = frozenset(
    word_tokens(
        "not no never none nothing nobody without neither nor cannot nicht nichts kein keine "
        "keinen keinem keiner keines nie niemals niemand ohne n ne pas jamais sans aucun aucune "
        "rien non nunca sin ningún ninguno ninguna jamás nada nadie não sem senza niet geen inte "
        "не нет ни без никогда нельзя bez nigdy لا لم لن ليس غير بدون"
    )
)
_NEGATION_IN_WORDS = re.compile("n['’]t(?!\\w)|[不没沒无無未非勿]|ない|なかっ|なく|ません|않|없|못")
_HIRAGANA = re.compile(r"[\u3041-\u309f]")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The pair at `index` says what pair `of` says, or one of the document where `of` is None."""

    index: int
    of: int | None
    question: str


@dataclass(frozen=True, slots=True)
class _TextFeatures:
    """One question or answer: its words, and what of it may not differ.

    `plain_words` are the `words` that are no numbers; a number is what it can stand for.
    """

    words: tuple[str, ...]
    plain_words: tuple[str, ...]
    numbers: tuple[frozenset[str], ...]
    is_negated: bool
    names: frozenset[str]
    identifiers: frozenset[str]
    text: str


class _Vocabulary(dict[str, str]):
    """One character for each word, so that likeness of word lists is likeness of strings."""

    def __missing__(self, word: str) -> str:
        self[word] = chr(_FIRST_CODE_POINT + len(self))
        return self[word]


class _FeatureCache(dict[str, _TextFeatures]):
    """Features by text, computed when asked for: few questions are alike, so most never are."""

    def __missing__(self, text: str) -> _TextFeatures:
        words = tuple(word_tokens(text))
        numbers = list(number_values(text))
        in_numbers = {word for written, _ in numbers for word in word_tokens(written)}
        self[text] = _TextFeatures(
            words,
            tuple(word for word in words if word not in in_numbers),
            tuple(values for _, values in numbers),
            not _NEGATIONS.isdisjoint(words) or bool(_NEGATION_IN_WORDS.search(text)),
            name_tokens(text),
            identifier_tokens(text),
            text,
        )
        return self[text]


def duplicates(
    pairs: Sequence[Pair],
    margins: Sequence[float | None],
    existing: Sequence[Pair] = (),
) -> list[Duplicate]:
    """Return the pairs that say what another says, by index; of two alike the better judged stays.

    `margins` are the judge's, None where it has not judged; where they tie, the first pair stays.
    What is `existing` in the document always stays.
    """
    distinct = DuplicateIndex()
    distinct_indexes: list[int | None] = []
    found_duplicates: list[Duplicate] = []
    best_first = sorted(range(len(pairs)), key=lambda index: (-_margin(margins[index]), index))
    candidates = [(index, pairs[index]) for index in best_first]
    for index, pair in [*((None, pair) for pair in existing), *candidates]:
        same = None if index is None else distinct.first_duplicate(pair)
        if index is not None and same is not None:
            found_duplicates.append(
                Duplicate(index, distinct_indexes[same], distinct.pairs[same].question)
            )
            continue
        distinct.add(pair)
        distinct_indexes.append(index)
    return sorted(found_duplicates, key=lambda duplicate: duplicate.index)


class DuplicateIndex:
    """Pairs in the order they were added, and quickly which of them say what another says."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._vocabulary = _Vocabulary()
        self._features = _FeatureCache()
        self._keys: dict[str, tuple[str, str]] = {}
        self._word_keys: list[str] = []
        self._letter_keys: list[str] = []

    def add(self, pair: Pair) -> None:
        """Take `pair` in."""
        encoded, sorted_words = self._question_keys(pair)
        self.pairs.append(pair)
        self._word_keys.append(encoded)
        self._letter_keys.append(sorted_words)

    def first_duplicate(self, pair: Pair) -> int | None:
        """Return where the first pair stands that says what `pair` says."""
        return next((at for at, is_same in self.compare(pair) if is_same), None)

    def compare(self, pair: Pair) -> Iterator[tuple[int, bool]]:
        """Yield where a pair stands that asks alike, and whether it says what `pair` says."""
        similar = _similar_questions(*self._question_keys(pair), self._word_keys, self._letter_keys)
        return ((at, _is_duplicate(pair, self.pairs[at], self._features)) for at in similar)

    def _question_keys(self, pair: Pair) -> tuple[str, str]:
        """Return the words of a question as one character each, and its sorted letters."""
        if pair.question not in self._keys:
            words = word_tokens(pair.question)[:_COMPARED_WORDS]
            encoded = "".join(self._vocabulary[word] for word in words)
            self._keys[pair.question] = encoded, " ".join(sorted(words))[:_COMPARED_CHARACTERS]
        return self._keys[pair.question]


def _margin(margin: float | None) -> float:
    return float("-inf") if margin is None else margin


def _similar_questions(
    encoded: str, sorted_words: str, word_keys: list[str], letter_keys: list[str]
) -> Iterator[int]:
    """Yield where a question stands that is like this one, in its words or in sorted letters."""
    hits = process.extract(
        encoded,
        word_keys,
        scorer=Indel.normalized_similarity,
        score_cutoff=_LEAST_SHARED_WORDS,
        limit=None,
    )
    hits += process.extract(
        sorted_words,
        letter_keys,
        scorer=fuzz.ratio,
        score_cutoff=_LEAST_SHARED_LETTERS * 100,
        limit=None,
    )
    yield from sorted({at for _, _, at in hits})


def _is_duplicate(left: Pair, right: Pair, features: _FeatureCache) -> bool:
    left_question, right_question = features[left.question], features[right.question]
    # Most questions that are alike in a reference of options differ in this.
    if not (
        _has_identifiers(left_question, right_question)
        and _has_identifiers(right_question, left_question)
    ):
        return False
    # In one order, so that of two ways to match words the same is taken.
    if (right.question, right.answer) < (left.question, left.answer):
        left, right = right, left
    questions = left_question, right_question = features[left.question], features[right.question]
    answers = left_answer, right_answer = features[left.answer], features[right.answer]
    if not _no_contradiction(*answers):
        return False
    if left_question.words == right_question.words:
        return left_answer.words == right_answer.words or _agree(*answers)
    return (
        left_question.is_negated == right_question.is_negated
        and len(left_question.numbers) == len(right_question.numbers)
        and _has_numbers(*questions)
        and _no_other_name(*questions)
        and _contain(*answers)
        and _ask_the_same(*questions, *answers)
    )


def _no_contradiction(left: _TextFeatures, right: _TextFeatures) -> bool:
    """Tell whether one answer at least has no number, name or identifier that the other lacks.

    The longer of two answers that agree may well name more, but it may not negate more.
    """
    return (
        left.is_negated == right.is_negated
        and (_has_identifiers(left, right) or _has_identifiers(right, left))
        and (_has_numbers(left, right) or _has_numbers(right, left))
        and _no_other_name(left, right)
    )


def _has_identifiers(features: _TextFeatures, others: _TextFeatures) -> bool:
    """Tell whether a text has the identifiers of another, be it without their code font."""
    if others.identifiers <= features.identifiers:
        return True
    lacking = others.identifiers - features.identifiers
    return all(token in features.text for token in lacking) and lacking <= written_tokens(
        features.text
    )


def _has_numbers(features: _TextFeatures, others: _TextFeatures) -> bool:
    """Tell whether a text has the numbers of another; in the same order where it has no more."""
    if len(features.numbers) == len(others.numbers):
        return all(map(frozenset.__and__, features.numbers, others.numbers))
    return all(any(number & own for own in features.numbers) for number in others.numbers)


def _no_other_name(left: _TextFeatures, right: _TextFeatures) -> bool:
    return left.names <= set(right.words) or right.names <= set(left.words)


def _contain(left: _TextFeatures, right: _TextFeatures) -> bool:
    """Tell whether one answer says all that the other says, and perhaps more."""
    if not (left.words and right.words):
        return left.words == right.words
    left_words, right_words = map(_count_without_ending, (left.plain_words, right.plain_words))
    if not (left_words <= right_words or right_words <= left_words):
        return False
    return bool(left.numbers and right.numbers) or bool(left_words & right_words)


def _count_without_ending(words: Sequence[str]) -> Counter[str]:
    """Count words, less the hiragana at their end, which make a Japanese sentence of the rest."""
    end = len(words)
    while end and _HIRAGANA.fullmatch(words[end - 1]):
        end -= 1
    return Counter(words[:end] or words)


def _agree(left: _TextFeatures, right: _TextFeatures) -> bool:
    """Tell whether two answers to one question say the same, be it in other words."""
    if _contain(left, right):
        return True
    left_rest, right_rest = _rests(left.plain_words, right.plain_words)
    either = len(left.plain_words) + len(right.plain_words)
    shared = either - len(left_rest) - len(right_rest)
    if not (left_rest and right_rest):
        return shared > 0
    # Other words in one place, or as many, are another fact: "on Monday", "on Tuesday".
    return (
        len(left_rest) != len(right_rest)
        and all(map(_is_no_name, left_rest + right_rest))
        and _slot(left.plain_words, right.plain_words) is None
        and shared >= _LEAST_OVERLAP * either
    )


def _ask_the_same(
    left: _TextFeatures,
    right: _TextFeatures,
    left_answer: _TextFeatures,
    right_answer: _TextFeatures,
) -> bool:
    """Tell whether two questions with the same answer ask for one fact, by how much it says."""
    needed = _needed_weight(left, right, set(left_answer.words) & set(right_answer.words))
    return min(_weight(left_answer), _weight(right_answer)) >= needed


def _needed_weight(left: _TextFeatures, right: _TextFeatures, said: set[str]) -> float:
    """Return how much an answer has to say to be the answer to one of two questions only.

    What is `said` in both answers is asked for in both: "How tall is it?", "How high is it?"
    """
    words = left.plain_words, right.plain_words
    rests = _rests(*words)
    if not any(rests):
        if words[0] == words[1]:
            return 0
        if _exchanged(*words):
            return inf
        in_one_order = all(map(_inflected, *words))
        return _SAYS_SOMETHING if in_one_order else _SAYS_ENOUGH
    unsaid = [[word for word in rest if word not in said] for rest in rests]
    # Where only one of two words is said, the other is another: "user", "system"; not "How high".
    is_other = all(rests) and any(unsaid) and not all(unsaid)
    if not is_other or all(map(_is_how, unsaid, words)):
        rests = unsaid
    is_in_head = not any(map(_behind_head, rests, words))
    if all(rests):
        has_shared_name = bool(left.names & set(right.words))
        return _needed_for_other_words(
            words, rests, is_in_head=is_in_head, has_shared_name=has_shared_name
        )
    if all(map(_can_be_left_out, rests, words)):
        return 0
    return _SAYS_SOMETHING if is_in_head else _SAYS_ALL


def _needed_for_other_words(
    words: tuple[Sequence[str], Sequence[str]],
    rests: Sequence[Sequence[str]],
    *,
    is_in_head: bool,
    has_shared_name: bool,
) -> float:
    """Return how much an answer has to say where each question has words that the other lacks."""
    # Of one beginning, they ask alike for two things: "if the file exists", "... is missing".
    if _shared(*words) > _HEAD or not all(map(_is_no_name, chain(*rests))):
        return inf
    slot = _slot(*words)
    if slot is not None:
        is_how = slot == 0 or (slot < _HEAD and all(map(_is_light, chain(*rests))))
        return _SAYS_ALL if is_how else inf
    if is_in_head:
        return _SAYS_SOMETHING
    return _SAYS_ENOUGH if has_shared_name else _SAYS_ALL


def _rests(left: Sequence[str], right: Sequence[str]) -> list[list[str]]:
    """Return the words of each that the other has in no form."""
    left_rest = sorted((Counter(left) - Counter(right)).elements())
    right_rest = sorted((Counter(right) - Counter(left)).elements())
    if not (left_rest and right_rest):
        return [left_rest, right_rest]
    left_only = []
    for word in left_rest:
        form = next((other for other in right_rest if _inflected(word, other)), None)
        if form is None:
            left_only.append(word)
        else:
            right_rest.remove(form)
    return [left_only, right_rest]


def _behind_head(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words that carry a meaning are left behind the head of a question."""
    return any(word not in words[:_HEAD] and not _is_light(word) for word in rest)


def _can_be_left_out(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words say nothing, whatever the answer: "what is", "what's"; "です"."""
    return all(
        _HIRAGANA.fullmatch(word) or (_is_light(word) and word in words[1:2]) for word in rest
    )


def _is_how(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words say what kind of thing is asked for: "How high"."""
    return all(word in words[1:2] for word in rest)


def _is_light(word: str) -> bool:
    """Tell whether a word is short, or Japanese grammar, and so may say nothing of its own."""
    return bool(_HIRAGANA.fullmatch(word)) or (len(word) <= _SHORT and _has_case(word))


def _has_case(word: str) -> bool:
    return word.title() != word


def _is_no_name(word: str) -> bool:
    """Tell whether a word can be no name, for a name would have a capital; nor part of one."""
    return _has_case(word) or bool(_HIRAGANA.fullmatch(word))


def _slot(left: Sequence[str], right: Sequence[str]) -> int | None:
    """Return where two questions with one frame have other words, None if that is no one place.

    They are as many words, except in a script without blanks.
    """
    begin = _shared(left, right)
    end = _shared(left[begin:][::-1], right[begin:][::-1])
    left_slot, right_slot = left[begin : len(left) - end], right[begin : len(right) - end]
    if len(left_slot) != len(right_slot) and any(map(_has_case, (*left_slot, *right_slot))):
        return None
    is_replaced = all(map(bool, _rests(left_slot, right_slot))) and not set(left_slot) & set(
        right_slot
    )
    return begin if is_replaced else None


def _exchanged(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether two stretches apart from each other have changed places: "client", "server".

    Words that say nothing of their own move with those that they belong to, which changes nothing.
    """
    begin = _shared(left, right)
    end = _shared(left[begin:][::-1], right[begin:][::-1])
    left, right = left[begin : len(left) - end], right[begin : len(right) - end]
    size = len(left)
    lengths = range(1, min(size, _LONGEST_EXCHANGED + 1))
    lasts = [last for last in lengths if _inflected(left[0], right[size - last])]
    firsts = [first for first in lengths if _inflected(left[-1], right[first - 1])]
    return any(
        first + last < size
        and not any(map(_is_light, (*right[:first], *right[size - last :])))
        and _shared(left, (*right[size - last :], *right[first : size - last], *right[:first]))
        == size
        for first in firsts
        for last in lasts
    )


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    pairs = zip(left, right, strict=False)
    return next(
        (place for place, words in enumerate(pairs) if not _inflected(*words)),
        min(len(left), len(right)),
    )


def _inflected(left: str, right: str) -> bool:
    """Tell whether two words are one, or forms of one by their beginnings."""
    shorter, longer = sorted((left, right), key=len)
    is_ending = (
        len(shorter) >= _LEAST_STEM
        and len(longer) - len(shorter) <= _LONGEST_ENDING
        and longer.startswith(shorter)
    )
    return is_ending or Prefix.normalized_similarity(left, right) >= _SHARED_STEM


def _weight(answer: _TextFeatures) -> float:
    """Return how much an answer says, in words; two characters of an unspaced script are one."""
    words = sum(1.0 if len(word) > 1 or _has_case(word) else 0.5 for word in answer.plain_words)
    return words + sum(
        _LONG_NUMBER if max(map(len, values)) >= _LONG_NUMBER else 1 for values in answer.numbers
    )
