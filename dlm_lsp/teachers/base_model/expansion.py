"""Base-model expansion: the model asks, answers freely, and keeps what it believes."""

import re

from rapidfuzz import fuzz

from dlm_lsp.document.section import Pair
from dlm_lsp.document.split_sentences import split_sentences
from dlm_lsp.local.constrained_decoding import SamplingParams
from dlm_lsp.local.model import LocalModel, Prompt
from dlm_lsp.local.sway_score import scoring_prefix, scoring_rows, sway_margins
from dlm_lsp.quality.grounding import ungrounded_number
from dlm_lsp.quality.language_id import language_mismatch
from dlm_lsp.teachers.base_model.few_shot import ENGLISH, UNSUPPORTED_LANGUAGE, few_shot_language
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest

_QUESTION = r'start: " " /[^\n?？]{12,110}[?？]/'
_ANSWER = r'start: " " /[^\n.!?。！？]{12,220}[.!。！]/'
_TRIED_PER_PAIR = 4
_LEAST_MARGIN = 0.3


def expansion_prefix(prose: str) -> str:
    """Return what the model reads before it asks about `prose`."""
    return f"{(few_shot_language(prose) or ENGLISH).beyond}Text: {prose}\n\n"


def why_no_expansion(request: PairRequest) -> str:
    """Return why there is nothing to try for `request`, an empty text where there is something."""
    return "" if few_shot_language(request.prose) else UNSUPPORTED_LANGUAGE


async def expand_pairs(
    model: LocalModel, request: PairRequest, sampling: GenerationOptions
) -> list[tuple[str, str, str]]:
    """Return (question, answer, evidence) of the best pairs.

    Raises:
        ModelError: the model failed.
    """
    if why_no_expansion(request):
        return []
    written = await model.generate(
        [
            _prompt("Question:", _QUESTION, 40, sampling, first)
            for first in range(_TRIED_PER_PAIR * (request.count + len(request.have)))
        ],
        expansion_prefix(request.prose),
    )
    had = {question for question, _ in request.have}
    questions = [
        question
        for question in dict.fromkeys(text.text.strip() for text in written if text.ended)
        if question not in had
    ]
    answered = await model.generate(
        [
            _prompt(f"Question: {question}\nAnswer:", _ANSWER, 72, sampling, 0)
            for question in questions
        ],
        expansion_prefix(request.prose),
    )
    guessed = [
        Pair(question, text.text.strip())
        for question, text in zip(questions, answered, strict=True)
        if text.ended
    ]
    pairs = [(pair.question, pair.answer) for pair in guessed if is_credible(pair, request.prose)]
    gains = sway_margins(await model.score(scoring_prefix(request.prose), scoring_rows(pairs)))
    order = sorted(range(len(pairs)), key=lambda at: -gains[at])
    best = [pairs[at] for at in order if gains[at] >= _LEAST_MARGIN][: request.count]
    return [(*pair, _nearest(pair[1], request.prose)) for pair in best]


def is_credible(pair: Pair, prose: str) -> bool:
    """Say whether a guess keeps to the language of `prose`, and to its numbers.

    What a base model counts beyond its passage it has made up.
    """
    return not language_mismatch(pair, prose) and ungrounded_number(pair, prose) is None


def _prompt(text: str, grammar: str, most: int, sampling: GenerationOptions, first: int) -> Prompt:
    draw = SamplingParams(sampling.temperature, sampling.top_p, sampling.seed or 0, first)
    return Prompt(
        text, grammar=grammar, max_new_tokens=min(most, sampling.max_new_tokens), sampling=draw
    )


def _nearest(answer: str, prose: str) -> str:
    """Return the sentence of `prose` that the answer has most in common with."""
    return max(
        split_sentences(prose) or re.split(r"\n+", prose),
        key=lambda sentence: fuzz.token_set_ratio(answer, sentence),
    )
