"""Answer agreement: whether two answers to one question say the same, as far as words show."""

from collections import Counter

from dlm_lsp.quality.identifiers import identifier_tokens
from dlm_lsp.quality.word_tokenize import word_tokens

# Of 60 right answers and those that a model of 1.5B parameters gave to their questions without
# seeing them, 55 share as much of the shorter one; of 71 that are not right, 46 do.
_SHARED = 0.6
# "No" may be said in many ways.
_SHORTEST = 4


def answers_agree(answer: str, other: str) -> bool:
    """Tell whether the shorter of two answers is mostly in the words of the other.

    A dash is no answer, and agrees with none. An answer as short as a yes or no cannot be compared,
    and agrees with any.
    """
    words, others = _words(answer), _words(other)
    if not words or not others:
        # An answer may be an operator, which has no words.
        words, others = Counter(identifier_tokens(answer)), Counter(identifier_tokens(other))
    if not words or not others:
        return False
    if _as_short_as_a_no(words) or _as_short_as_a_no(others):
        return True
    shared = (words & others).total()
    return shared >= _SHARED * min(words.total(), others.total())


def _as_short_as_a_no(words: Counter[str]) -> bool:
    letters = "".join(words.elements())
    return len(letters) < _SHORTEST and not any(map(str.isdigit, letters))


def _words(text: str) -> Counter[str]:
    return Counter(word for word in word_tokens(text) if any(map(str.isalnum, word)))
