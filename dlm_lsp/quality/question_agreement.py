"""Question agreement: how much an answer has to say to be the answer to one of two questions."""

from collections.abc import Sequence
from itertools import chain
from math import inf

from dlm_lsp.quality.text_features import TextFeatures
from dlm_lsp.quality.word_alignment import (
    HIRAGANA,
    exchanged,
    inflected,
    is_light,
    is_no_name,
    replaced_slot,
    shared_prefix,
    unmatched_words,
)

# The first words of a question say how it asks: "In which year", "When was the".
_HEAD = 3
# How much an answer has to say, in words (a number of three digits counts as three of them), where
# questions differ in their heads; in the order of their words, or behind the head with a name in
# common; and behind it without. Measured on 165 pairs of facts in ten languages and 2190 facts of
# option references: one fact taken for another; 28 of 92 paraphrases are not found.
_SAYS_SOMETHING = 2
_SAYS_ENOUGH = 3
_SAYS_ALL = 5


def needed_answer_weight(left: TextFeatures, right: TextFeatures, said: set[str]) -> float:
    """Return how much an answer has to say to be the answer to one of two questions only.

    What is `said` in both answers is asked for in both: "How tall is it?", "How high is it?"
    """
    words = left.plain_words, right.plain_words
    rests = unmatched_words(*words)
    if not any(rests):
        if words[0] == words[1]:
            return 0
        if exchanged(*words):
            return inf
        in_one_order = all(map(inflected, *words))
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


def required_words(question: TextFeatures, answer: TextFeatures, weight: float) -> list[str]:
    """Return words that another question with the same answer has in some form if it asks the same.

    The answer says `weight`: where that is much no word is required, and where it is enough a name
    that the questions have in common is as good.
    """
    if weight >= _SAYS_ALL:
        return []
    words = question.plain_words
    if weight < _SAYS_SOMETHING:
        return [w for w in words if w not in answer.words and not _can_be_left_out([w], words)]
    return [w for w in words if w not in answer.words and _behind_head([w], words)]


def may_share_name(weight: float) -> bool:
    """Tell whether an answer says enough for questions that have but a name in common."""
    return weight >= _SAYS_ENOUGH


def _needed_for_other_words(
    words: tuple[Sequence[str], Sequence[str]],
    rests: Sequence[Sequence[str]],
    *,
    is_in_head: bool,
    has_shared_name: bool,
) -> float:
    """Return how much an answer has to say where each question has words that the other lacks."""
    # Of one beginning, they ask alike for two things: "if the file exists", "... is missing".
    if shared_prefix(*words) > _HEAD or not all(map(is_no_name, chain(*rests))):
        return inf
    slot = replaced_slot(*words)
    if slot is not None:
        is_how = slot == 0 or (slot < _HEAD and all(map(is_light, chain(*rests))))
        return _SAYS_ALL if is_how else inf
    if is_in_head:
        return _SAYS_SOMETHING
    return _SAYS_ENOUGH if has_shared_name else _SAYS_ALL


def _behind_head(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words that carry a meaning are left behind the head of a question."""
    return any(word not in words[:_HEAD] and not is_light(word) for word in rest)


def _can_be_left_out(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words say nothing, whatever the answer: "what is", "what's"; "です"."""
    return all(HIRAGANA.fullmatch(word) or (is_light(word) and word in words[1:2]) for word in rest)


def _is_how(rest: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether words say what kind of thing is asked for: "How high"."""
    return all(word in words[1:2] for word in rest)
