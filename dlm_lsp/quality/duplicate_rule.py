"""Duplicate rule: whether two pairs say the same, by their questions and answers."""

from collections.abc import Mapping

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.answer_overlap import agree, answer_weight, contain, no_contradiction
from dlm_lsp.quality.question_agreement import needed_answer_weight
from dlm_lsp.quality.text_features import (
    TextFeatures,
    has_identifiers,
    has_numbers,
    no_other_name,
)


def is_duplicate(left: Pair, right: Pair, features: Mapping[str, TextFeatures]) -> bool:
    """Tell whether two pairs whose questions are alike say the same."""
    left_question, right_question = features[left.question], features[right.question]
    # Most questions that are alike in a reference of options differ in this.
    if not (
        has_identifiers(left_question, right_question)
        and has_identifiers(right_question, left_question)
    ):
        return False
    # In one order, so that of two ways to match words the same is taken.
    if (right.question, right.answer) < (left.question, left.answer):
        left, right = right, left
    questions = left_question, right_question = features[left.question], features[right.question]
    answers = left_answer, right_answer = features[left.answer], features[right.answer]
    if not no_contradiction(*answers):
        return False
    if left_question.words == right_question.words:
        return left_answer.words == right_answer.words or agree(*answers)
    return (
        left_question.is_negated == right_question.is_negated
        and len(left_question.numbers) == len(right_question.numbers)
        and has_numbers(*questions)
        and no_other_name(*questions)
        and contain(*answers)
        and _ask_the_same(*questions, *answers)
    )


def _ask_the_same(
    left: TextFeatures,
    right: TextFeatures,
    left_answer: TextFeatures,
    right_answer: TextFeatures,
) -> bool:
    """Tell whether two questions with the same answer ask for one fact, by how much it says."""
    needed = needed_answer_weight(left, right, set(left_answer.words) & set(right_answer.words))
    return min(answer_weight(left_answer), answer_weight(right_answer)) >= needed
