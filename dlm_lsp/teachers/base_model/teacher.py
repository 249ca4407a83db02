"""Base model as teacher: few-shot prompts, templates and scores instead of a chat."""

import json
import re
from collections.abc import AsyncGenerator, Sequence

from dlm_lsp.errors import ModelError, TeacherError
from dlm_lsp.local.model import LocalModel, ModelInfo, Prompt
from dlm_lsp.teachers.base_model.extraction import (
    extract_pairs,
    own_examples,
    why_no_extraction,
)
from dlm_lsp.teachers.base_model.few_shot import ENGLISH, LANGUAGES
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    PairRequest,
    Reply,
    TeacherLimits,
    TeacherResult,
)

_PROMPTS = 4
"""Counted up whenever what a base model is given changes, so that old replies are not reused."""
_NOTHING_FURTHER = "no further question that the base model tried reads well and fits its answer"
_NO_EXPANSION = "a base model follows no instructions, and got 13 of 14 answers beyond a text wrong"


def _few_shot_questions() -> Sequence[tuple[str, str]]:
    prompts = "".join(language.examples for language in LANGUAGES)
    questions = re.findall(r"^Question: (.*)$", prompts, re.MULTILINE)
    return [(question, "") for question in questions]


FEW_SHOT_QUESTIONS = _few_shot_questions()
"""The questions that a base model is shown, which no reply may repeat."""


class BaseModelTeacher:
    """Requests to a model without a chat template, one after the other."""

    # It wanders off in long passages, and their cost grows with the square of the length.
    longest_window = 1024
    reply_tokens = 0
    limits = TeacherLimits({"expansion": _NO_EXPANSION}, writes_spare=False, follows=False)

    def __init__(self, model: LocalModel, info: ModelInfo, sampling: GenerationOptions) -> None:
        self._model = model
        self._sampling = sampling

    def fingerprint_parts(self, request: PairRequest) -> tuple[object, object]:
        """Return the version of the prompts, and what of the request decides the reply."""
        decisive = [request.prose, request.strategy, request.count, request.have]
        examples = own_examples(request)
        return _PROMPTS, [*decisive, examples] if examples else decisive

    def prompt(self, request: PairRequest) -> Prompt:
        """Return the prompt whose tokens are counted: the examples and the passage, once."""
        return Prompt(ENGLISH.examples + own_examples(request) + request.prose)

    async def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, in order; a failure costs its request alone."""
        for index, request in enumerate(requests):
            yield TeacherResult(index, await self._answer_request(request))

    async def _answer_request(self, request: PairRequest) -> Reply | TeacherError:
        if refusal := self.limits.refused.get(request.strategy):
            return TeacherError(f"{refusal}; take an instruct model")
        if reason := why_no_extraction(request):
            return _reply((), reason)
        try:
            pairs = await extract_pairs(self._model, request, self._sampling)
        except ModelError as error:
            return TeacherError(str(error))
        return _reply(pairs, "" if len(pairs) >= request.count else _NOTHING_FURTHER)


def _reply(pairs: Sequence[tuple[str, str, str]], note: str) -> Reply:
    items = [dict(zip(("question", "answer", "evidence"), pair, strict=True)) for pair in pairs]
    return Reply(json.dumps({"pairs": items}, ensure_ascii=False), note=note)
