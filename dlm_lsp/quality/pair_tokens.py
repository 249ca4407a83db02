"""Pair tokens: what a pair has, and what another must have to say the same in another question.

Of two such pairs one at least has what the other requires.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dlm_lsp.quality.answer_overlap import answer_weight, content_words
from dlm_lsp.quality.question_agreement import may_share_name, required_words
from dlm_lsp.quality.text_features import TextFeatures
from dlm_lsp.quality.word_alignment import stem

# Words of an answer are tokens as they are; all others begin with a blank, as no word does.
_NO_WORD = " no word"
_NO_NUMBER = " no number"
_NO_NAME = " no name"


@dataclass(frozen=True, slots=True)
class PairTokens:
    """What a pair `has`, and what it `requires`: of each of these tokens one."""

    has: frozenset[str]
    requires: tuple[tuple[str, ...], ...]


def pair_tokens(question: TextFeatures, answer: TextFeatures) -> PairTokens:
    """Return the tokens of a pair."""
    return PairTokens(
        frozenset((*_answer_tokens(answer), *_question_tokens(question))),
        (*_question_requirements(question, answer), *_answer_requirements(answer)),
    )


def _answer_tokens(answer: TextFeatures) -> tuple[str, ...]:
    return (
        *(answer.words or (_NO_WORD,)),
        *(_number_tokens(answer) or (_NO_NUMBER,)),
    )


def _answer_requirements(answer: TextFeatures) -> Iterator[tuple[str, ...]]:
    """Yield what an answer requires that contains this one without contradicting it."""
    content = set(content_words(answer.plain_words))
    yield from zip(content, strict=True)
    if not answer.words:
        yield (_NO_WORD,)
    elif answer.numbers:
        # Beside words, the other may have no number.
        yield (*_number_tokens(answer), *((_NO_NUMBER,) if content else ()))


def _question_tokens(question: TextFeatures) -> tuple[str, ...]:
    return (
        *map(_word_token, question.words),
        *map(_stem_token, question.words),
        *(map(_name_token, question.names) if question.names else (_NO_NAME,)),
        *map(_identifier_token, question.written),
        *map(_identifier_token, question.identifiers),
        *(token for tokens in _placed_number_tokens(question) for token in tokens),
    )


def _question_requirements(
    question: TextFeatures, answer: TextFeatures
) -> Iterator[tuple[str, ...]]:
    """Yield what a question requires that asks for the same with an answer such as this one."""
    yield from zip(map(_identifier_token, question.identifiers), strict=True)
    yield from _placed_number_tokens(question)
    shared_name = (*map(_word_token, question.names), *map(_name_token, question.words))
    if question.names:
        yield (*shared_name, _NO_NAME)
    weight = answer_weight(answer)
    instead = shared_name if may_share_name(weight) else ()
    yield from ((_stem_token(w), *instead) for w in required_words(question, answer, weight))


def _placed_number_tokens(question: TextFeatures) -> Iterator[tuple[str, ...]]:
    for place, values in enumerate(question.numbers):
        yield tuple(f" asks {place}th {value}" for value in values)


def _number_tokens(answer: TextFeatures) -> list[str]:
    return [f" number {value}" for values in answer.numbers for value in values]


def _word_token(word: str) -> str:
    return f" asks {word}"


def _stem_token(word: str) -> str:
    return f" asks {stem(word)}"


def _name_token(name: str) -> str:
    return f" name {name}"


def _identifier_token(identifier: str) -> str:
    return f" written {identifier}"
