"""Empty answers: what repeats the end of its question and adds nothing to it."""

import re

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.word_tokenize import word_tokens

# What parts the choices of a question such as "Which is faster, the lift or the stairs?": its
# answer stands in it. A word too many here lets an empty answer pass, never stops a right one.
_BETWEEN_CHOICES = frozenset(
    word_tokens(
        "or and oder und ou et o u y e of en eller og och tai ja vagy és sau și veya ve "
        "czy albo lub i nebo a или либо и ли чи або ή και أم أو و או 或 还 還 和 与 與 跟 か と や "
        "than als dan än enn чем ніж niż než mint"
    )
)
# Elsewhere than in a comparison these begin a subordinate clause.
_THAN = frozenset(("que", "che"))
_MORE_OR_LESS = frozenset(word_tokens("plus moins mieux más menos mejor peor mais melhor più meno"))
_KOREAN_CHOICES = re.compile(r"또는|아니면|[와과]\s|\S\s중|이나\s")
_CHOICE_MARK = re.compile("[,;:/|，；：／、،؛–—]")


def says_nothing(pair: Pair) -> str | None:
    """Return how an answer says only what its question says; None where it says more.

    Only the end of a question counts: where it begins with them, "can one" and "is it" are a yes.
    A number is always taken for an answer.
    """
    answer, question = word_tokens(pair.answer), word_tokens(pair.question)
    if not answer or len(answer) >= len(question) or any(map(str.isdigit, pair.answer)):
        return None
    if question[-len(answer) :] != answer:
        return None
    # An article may stand between.
    before = question[: -len(answer)][-2:]
    last_choice = word_tokens(_CHOICE_MARK.split(pair.question)[-1])
    if (
        not _BETWEEN_CHOICES.isdisjoint(before)
        or len(answer) <= len(last_choice) <= min(len(answer) + 1, len(question) - 1)
        or not (_THAN.isdisjoint(before) or _MORE_OR_LESS.isdisjoint(question))
        or _KOREAN_CHOICES.search(pair.question)
    ):
        return None
    return f'the answer says "{" ".join(answer)}", as the question does'
