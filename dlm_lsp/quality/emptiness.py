"""Empty answers: what repeats the end of its question and adds nothing to it."""

import re

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.word_tokenize import word_tokens

# What parts the choices of a question such as "Which is faster, the lift or the stairs?": its
# answer stands in it. A word too many here lets an empty answer pass, never stops a right one.
_BETWEEN_CHOICES = frozenset(
    word_tokens(
        "or and oder und ou et o u y e of en eller og och tai ja vagy és sau și veya ve "
        "czy albo lub i nebo a или либо и ли чи або ή και أم أو و או 或 还 還 和 与 與 跟 か と や"
    )
)
_KOREAN_CHOICES = re.compile(r"또는|아니면|[와과]\s|\S\s중|이나\s")


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
    if not _BETWEEN_CHOICES.isdisjoint(before) or _KOREAN_CHOICES.search(pair.question):
        return None
    return f'the answer says "{" ".join(answer)}", as the question does'
