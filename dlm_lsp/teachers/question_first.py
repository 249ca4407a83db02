"""How a base model goes beyond a passage: it asks, answers freely, and keeps what it believes."""

import re

from rapidfuzz import fuzz

from dlm_lsp.document.grounded import uncounted
from dlm_lsp.document.section import Pair
from dlm_lsp.document.spoken import foreign
from dlm_lsp.local.constrain import Draw
from dlm_lsp.local.margin import before, margins, rows
from dlm_lsp.local.model import LocalModel, Prompt
from dlm_lsp.teachers.languages import ENGLISH, UNTAUGHT, language
from dlm_lsp.teachers.protocol import Ask, Sampling
from dlm_lsp.teachers.sentences import sentences

_QUESTION = r'start: " " /[^\n?？]{12,110}[?？]/'
_ANSWER = r'start: " " /[^\n.!?。！？]{12,220}[.!。！]/'
_TRIED_PER_PAIR = 4
_LEAST_MARGIN = 0.3


def shown(prose: str) -> str:
    """Return what the model reads before it asks about `prose`."""
    return f"{(language(prose) or ENGLISH).beyond}Text: {prose}\n\n"


def untried(ask: Ask) -> str:
    """Return why there is nothing to try for `ask`, an empty text where there is something."""
    return "" if language(ask.prose) else UNTAUGHT


async def pairs(model: LocalModel, ask: Ask, sampling: Sampling) -> list[tuple[str, str, str]]:
    """Return (question, answer, evidence) of the best pairs.

    Raises:
        LocalError: the model failed.
    """
    if untried(ask):
        return []
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
    answered = await model.generate(
        [_prompt(f"Question: {one}\nAnswer:", _ANSWER, 72, sampling, 0) for one in questions],
        shown(ask.prose),
    )
    guessed = [
        Pair(question, one.text.strip())
        for question, one in zip(questions, answered, strict=True)
        if one.ended
    ]
    found = [(one.question, one.answer) for one in guessed if credible(one, ask.prose)]
    gains = margins(await model.score(before(ask.prose), rows(found)))
    order = sorted(range(len(found)), key=lambda at: -gains[at])
    best = [found[at] for at in order if gains[at] >= _LEAST_MARGIN][: ask.count]
    return [(*pair, _nearest(pair[1], ask.prose)) for pair in best]


def credible(pair: Pair, prose: str) -> bool:
    """Say whether a guess keeps to the language of `prose`, and to its numbers.

    What a base model counts beyond its passage it has made up.
    """
    return not foreign(pair, prose) and uncounted(pair, prose) is None


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
