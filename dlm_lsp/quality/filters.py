"""Pair filters: whether a pair can be right and useful on its own, as far as that shows."""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from dlm_lsp.document.section import Pair
from dlm_lsp.document.split_sentences import SENTENCE_MARKS
from dlm_lsp.document.well_formed import PairFault
from dlm_lsp.quality.emptiness import says_nothing
from dlm_lsp.quality.grounding import ungrounded_reason
from dlm_lsp.quality.language_id import language_mismatch
from dlm_lsp.quality.self_contained import not_self_contained
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.quality.word_tokenize import word_tokens

# Questions that differ in one name of six words score 83 and may both be asked; a copy with one
# small word changed scores above.
_COPIED = 90.0
# The form has these names in every language; a text of so few words with one of them fills it in.
_FIELDS = frozenset(("question", "answer", "evidence"))
_MOST_FIELD_WORDS = 2
# Poetry and code say a run of words two or three times, a model that loops goes on.
_REPEATS = 3
# In words, which are single signs where a script has no blanks.
_LONGEST_RUN = 40
_LEAST_SENTENCE = 4
_LAST_CHARACTER = chr(sys.maxunicode)
_SENTENCE_END = re.compile(rf"(?<=[{SENTENCE_MARKS}])\s*|\n")
_RUN = re.compile(rf"(?<!\S)(\S++(?: \S++){{0,{_LONGEST_RUN - 1}}}?)(?: \1(?!\S)){{{_REPEATS},}}")


def find_pair_fault(
    pair: Pair,
    prose: str,
    strategy: Strategy,
    examples: Sequence[tuple[str, str]] = (),
) -> PairFault | None:
    """Return the first fault of a pair about `prose`, None where it has none.

    `examples` are the pairs that the teacher was shown to learn the form from.
    """
    for reason, detail in (
        ("wrong_language", language_mismatch(pair, prose)),
        ("not_self_contained", not_self_contained(pair, prose)),
        ("looping", _looping(pair, prose)),
        ("copied_example", _copied(pair, prose, examples)),
        ("says_nothing", says_nothing(pair)),
        ("not_grounded", ungrounded_reason(pair, prose) if strategy == "extraction" else None),
    ):
        if detail:
            return PairFault(reason, detail)
    return None


def _copied(pair: Pair, prose: str, examples: Sequence[tuple[str, str]]) -> str | None:
    for text in (pair.question, pair.answer):
        fields = _FIELDS.intersection(text_words := _form_words(text))
        if len(text_words) <= _MOST_FIELD_WORDS and fields - set(_form_words(prose)):
            return f'"{text}" fills in the form and says nothing'
    words = _sorted_words(pair.question)
    for question, _ in examples:
        if fuzz.ratio(words, _sorted_words(question)) >= _COPIED:
            return f'it copies the example "{question}"'
    return None


# The examples of a teacher are a hundred, and are the same for every pair.
@lru_cache(maxsize=512)
def _sorted_words(question: str) -> str:
    return " ".join(sorted(word_tokens(question)))


def _form_words(text: str) -> list[str]:
    return [word.strip("<>") for word in word_tokens(text)]


def _looping(pair: Pair, prose: str) -> str | None:
    """Return what a pair says over and over, as small models do, and `prose` does not."""
    if word_tokens(pair.question) == word_tokens(pair.answer):
        return "the answer repeats the question"
    prose_words = _words_of_section(prose)
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        if repetition := _repetition(text, prose_words):
            return f'the {name} repeats "{repetition}"'
    return None


@lru_cache(maxsize=32)
def _words_of_section(prose: str) -> str:
    return " ".join(word_tokens(prose))


def _repetition(text: str, prose_words: str) -> str | None:
    # In order, so that those that begin alike stand together.
    before: list[str] = []
    times_in_prose: dict[str, int] = {}
    for sentence in _SENTENCE_END.split(text):
        words = word_tokens(sentence)
        if len(words) < _LEAST_SENTENCE:
            continue
        sentence_words = " ".join(words)
        # The last one may have been cut off in the middle.
        first = bisect_left(before, sentence_words)
        times = bisect_right(before, f"{sentence_words}{_LAST_CHARACTER}") - first
        if times:
            if sentence_words not in times_in_prose:
                times_in_prose[sentence_words] = prose_words.count(sentence_words)
            if times_in_prose[sentence_words] <= times:
                return sentence_words
        before.insert(first, sentence_words)
    run = _RUN.search(" ".join(word_tokens(text)))
    return run[1] if run and run[0] not in prose_words else None
