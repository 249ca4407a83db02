"""Sway score: how far an answer stands above the empty ones; what to score, and what it says."""

from collections.abc import Sequence

from dlm_lsp.local.score import Continuation

EMPTY_BASELINES = "I don't know."

# One question that the text answers and one that it does not: then to know nothing is a choice.
_SHOWN = f"""\
The bakery in Lund opens at six.

Question: When does the bakery in Lund open?
Answer: At six.

Question: Who founded the bakery in Lund?
Answer: {EMPTY_BASELINES}

"""


def scoring_prefix(prose: str) -> str:
    """Return what a model reads before the questions about `prose`."""
    return f"{_SHOWN}{prose}\n\n"


def scoring_rows(pairs: Sequence[tuple[str, str]]) -> list[Continuation]:
    """Return what to score for each (question, answer): three rows."""
    return [
        row
        for question, answer in pairs
        for row in (
            Continuation(f"Question: {question}\nAnswer:", f" {answer}"),
            Continuation(f"Question: {question}\nAnswer:", f" {EMPTY_BASELINES}"),
            Continuation("Answer:", f" {answer}"),
        )
    ]


def sway_margins(scores: Sequence[float]) -> list[float]:
    """Return lp(a | prose, q) - (lp("I don't know." | prose, q) + lp(a | prose)) / 2 of each pair.

    `scores` are those of `scoring_rows` behind `scoring_prefix`; `lp` is the mean log-probability
    per token. The answer has to beat two empty ones at once: to say nothing to the question, and to
    say the same to no question.
    """
    return [scores[at] - (scores[at + 1] + scores[at + 2]) / 2 for at in range(0, len(scores), 3)]
