"""How a base model goes beyond a passage: it asks, answers freely, and keeps what it believes."""

import re

from rapidfuzz import fuzz

from dlm_lsp.local.constrain import Draw
from dlm_lsp.local.margin import before, margins, rows
from dlm_lsp.local.model import LocalModel, Prompt, Written
from dlm_lsp.teachers.protocol import Ask, Sampling
from dlm_lsp.teachers.sentences import sentences

EXAMPLES = """\
Text: Copper conducts heat well, so it is used for the bottoms of pans. Copper turns green \
outdoors because a layer of patina grows on it.

Question: Why would a pan with a bottom of copper heat quickly?
Answer: A pan with a bottom of copper heats quickly because copper conducts heat well.

Text: The ferry to Holm sails at noon and takes two hours. The ferry carries no cars.

Question: When does the ferry that sails to Holm at noon arrive?
Answer: The ferry arrives at two in the afternoon, because the crossing takes two hours.

"""
"""What every prompt begins with."""

_QUESTION = r'start: " " /[^\n?？]{12,110}[?？]/'
_ANSWER = r'start: " " /[^\n.!?。！？]{12,220}[.!。！]/'
_TRIED_PER_PAIR = 4
_LEAST_MARGIN = 0.3


def shown(prose: str) -> str:
    """Return what the model reads before it asks about `prose`."""
    return f"{EXAMPLES}Text: {prose}\n\n"


async def pairs(
    model: LocalModel, ask: Ask, sampling: Sampling
) -> tuple[list[tuple[str, str, str]], list[Written]]:
    """Return (question, answer, evidence) of the best pairs, and all that was written for them.

    Raises:
        LocalError: the model failed.
    """
    asked = await model.generate(
        [
            _prompt("Question:", _QUESTION, 40, sampling, first)
            for first in range(_TRIED_PER_PAIR * (ask.count + len(ask.have)))
        ],
        shown(ask.prose),
    )
    had = {question for question, _ in ask.have}
    questions = [
        question
        for question in dict.fromkeys(one.text.strip() for one in asked if one.ended)
        if question not in had
    ]
    if not questions:
        return [], asked
    answered = await model.generate(
        [_prompt(f"Question: {one}\nAnswer:", _ANSWER, 72, sampling, 0) for one in questions],
        shown(ask.prose),
    )
    found = [
        (question, one.text.strip())
        for question, one in zip(questions, answered, strict=True)
        if one.ended
    ]
    gains = margins(await model.score(before(ask.prose), rows(found)))
    order = sorted(range(len(found)), key=lambda at: -gains[at])
    best = [found[at] for at in order if gains[at] >= _LEAST_MARGIN][: ask.count]
    return [(*pair, _nearest(pair[1], ask.prose)) for pair in best], [*asked, *answered]


def _prompt(text: str, grammar: str, most: int, sampling: Sampling, first: int) -> Prompt:
    draw = Draw(sampling.temperature, sampling.top_p, sampling.seed or 0, first)
    return Prompt(
        text, grammar=grammar, max_new_tokens=min(most, sampling.max_new_tokens), draw=draw
    )


def _nearest(answer: str, prose: str) -> str:
    """Return the sentence of `prose` that the answer has most in common with."""
    return max(
        sentences(prose) or re.split(r"\n+", prose),
        key=lambda sentence: fuzz.token_set_ratio(answer, sentence),
    )
