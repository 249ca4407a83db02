"""Instruct model as teacher: the chat template, JSON by a grammar, requests in batches."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, replace

from dlm_lsp.errors import ModelError, TeacherError
from dlm_lsp.local.batch_size import MOST_AT_ONCE
from dlm_lsp.local.constrained_decoding import SamplingParams
from dlm_lsp.local.model import LocalModel, ModelInfo, Prompt
from dlm_lsp.teachers.prompts import REPLY_SCHEMA, Messages
from dlm_lsp.teachers.protocol import (
    YES_OR_NO,
    AnswerRequest,
    GenerationOptions,
    PairRequest,
    Reply,
    Request,
    TeacherLimits,
    TeacherResult,
    VerdictRequest,
)
from dlm_lsp.teachers.verdict_prompts import request_messages, verdict_prompts

_AS_SHOWN = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
"""The spacing of the JSON that the prompt shows, as llguidance is told it: a model of which another
is asked spends tokens on blanks, and may write them without end."""
_LONGEST = {"question": 400, "answer": 1200, "evidence": 1200}
"""The most characters of each field; a model that has begun to loop comes to the end of it."""
_LOST_AT_ONCE = 8
"""How many requests a failure costs, where it is not known which of them it came of."""
# In tokens; what a text says to a question is a clause or two.
_LONGEST_ANSWER = 128
# One of 135M parameters wrote no right pair of 48; one that is sold as half a billion has 0.49.
_LEAST_PARAMETERS = 450e6


class InstructTeacher:
    """Requests to a model with a chat template."""

    longest_window = 8192

    def __init__(self, model: LocalModel, info: ModelInfo, sampling: GenerationOptions) -> None:
        self.reply_tokens = sampling.max_new_tokens
        self.limits = TeacherLimits(warning=_size_warning(info.parameters))
        self._model = model
        self._chat = info.chat
        self._sampling = sampling

    def fingerprint_parts(self, request: Request) -> tuple[object, object]:
        """Return the chat template's identity, and the prompt."""
        if isinstance(request, VerdictRequest):
            return self._chat, [asdict(messages) for messages in verdict_prompts(request)]
        return self._chat, asdict(request_messages(request))

    def prompt(self, request: Request) -> Prompt:
        """Return the prompt as the model reads it; of verdicts the one that holds all pairs."""
        messages = request_messages(request, scored=True)
        if isinstance(request, VerdictRequest):
            return _as_prompt(messages)
        if isinstance(request, AnswerRequest):
            return replace(_as_prompt(messages), max_new_tokens=_LONGEST_ANSWER)
        sampling = self._sampling
        params = SamplingParams(sampling.temperature, sampling.top_p, sampling.seed or 0)
        return replace(
            _as_prompt(messages),
            grammar=_grammar(request.count, request.count + request.spare),
            max_new_tokens=sampling.max_new_tokens,
            sampling=params,
        )

    async def answer(
        self, requests: Sequence[PairRequest | AnswerRequest]
    ) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, batch by batch; a failure costs some of its batch."""
        at = 0
        while at < len(requests):
            for outcome in await self._first_batch(requests[at : at + MOST_AT_ONCE]):
                yield TeacherResult(at, outcome)
                at += 1

    async def verdicts(self, request: VerdictRequest) -> Reply | TeacherError:
        """Say how likely the model begins with a yes, and with a no, about each pair."""
        prompts = list(map(_as_prompt, verdict_prompts(request)))
        words = [word.capitalize() for word in YES_OR_NO]
        try:
            scores = await self._model.score_answers(prompts, words)
        except ModelError as error:
            return TeacherError(str(error))
        likely = [dict(zip(words, pair_scores, strict=True)) for pair_scores in scores]
        return Reply(json.dumps({"log_probabilities": likely}))

    async def _first_batch(
        self, requests: Sequence[PairRequest | AnswerRequest]
    ) -> Sequence[Reply | TeacherError]:
        try:
            texts = await self._model.generate_first([*map(self.prompt, requests)])
        except ModelError as error:
            return [TeacherError(str(error))] * min(_LOST_AT_ONCE, len(requests))
        return [
            Reply(text.text, text.tokens_in, text.tokens_out, "stop" if text.ended else "length")
            for text in texts
        ]


def _as_prompt(messages: Messages) -> Prompt:
    return Prompt(messages.user, messages.system, messages.examples)


def _size_warning(parameters: int) -> str:
    """Return what to expect of an instruct model of this size, an empty text where that is open."""
    if parameters >= _LEAST_PARAMETERS:
        return ""
    return (
        f"an instruct model of {parameters / 1e6:.0f}M parameters hardly ever writes a right pair; "
        "take a larger one, or the base model gemma-3-270m, which is led"
    )


def _grammar(least: int, most: int) -> str:
    schema = json.loads(json.dumps(REPLY_SCHEMA)) | {"x-guidance": _AS_SHOWN}
    pairs = schema["properties"]["pairs"]
    pairs |= {"minItems": least, "maxItems": most}
    for field, longest in _LONGEST.items():
        pairs["items"]["properties"][field]["maxLength"] = longest
    return f"start: %json {json.dumps(schema)}"
