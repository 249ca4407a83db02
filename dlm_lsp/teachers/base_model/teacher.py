"""A local model as teacher: instruct models by their chat template, base models by example."""

import json
import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from dlm_lsp.errors import ModelError, TeacherError
from dlm_lsp.local.constrained_decoding import SamplingParams
from dlm_lsp.local.model import BATCH, LocalModel, ModelInfo, Prompt
from dlm_lsp.teachers.base_model import expansion, extraction
from dlm_lsp.teachers.base_model.few_shot import ENGLISH, LANGUAGES
from dlm_lsp.teachers.prompts import REPLY_SCHEMA, prompt_messages
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, Reply, TeacherResult

_LONGEST = {"question": 400, "answer": 1200, "evidence": 1200}
_PROMPTS = 4
"""Counted up whenever what a base model is given changes, so that old replies are not reused."""

# A base model wanders off in long passages, and their cost grows with the square of the length.
_BASE_WINDOW = 1024
_CHAT_WINDOW = 8192
_ROOM = 1024
_TRIED = "no further question that the base model tried reads well and fits its answer"


def _shown() -> Sequence[tuple[str, str]]:
    written = "".join(one.examples + one.beyond for one in LANGUAGES)
    questions = re.findall(r"^Question: (.*)$", written, re.MULTILINE)
    return [(question, "") for question in questions]


class HfTeacher:
    """A model by registry key, hub id or folder, on this machine."""

    remote_host: str | None = None
    examples: Sequence[tuple[str, str]] = _shown()
    """The pairs that a base model is shown, which no reply may repeat."""

    def __init__(
        self,
        model: str,
        sampling: GenerationOptions,
        *,
        adapter: Path | None = None,
        name: str | None = None,
    ) -> None:
        """Name the teacher `hf:` and the model, unless it is to have another name."""
        self.name = name or f"hf:{model.removeprefix('hf:')}".replace('"', "'")
        self.window: int | None = None
        self.counts_exactly = False
        self._model = LocalModel(model, adapter)
        self._sampling = sampling
        self._facts: ModelInfo | None = None

    async def prepare(self) -> None:
        """Get the model ready, downloading or converting it where needed.

        Raises:
            TeacherError: it cannot be had, with the remedy.
        """
        try:
            self._facts = await self._model.inspect()
        except ModelError as error:
            raise TeacherError(str(error)) from error
        # A base model reads its passage for each question that it tries, and again to weigh it.
        self.counts_exactly = bool(self._facts.chat)
        room = _ROOM + (self._sampling.max_new_tokens if self._facts.chat else 0)
        most = _CHAT_WINDOW if self._facts.chat else _BASE_WINDOW
        self.window = max(64, min(most, self._facts.window - room))

    def fingerprint(self, request: PairRequest) -> str:
        """Return everything that decides the reply to `ask`."""
        facts = self._ready
        said = (
            prompt_messages(request)
            if facts.chat
            else [request.prose, request.strategy, request.count, request.have]
        )
        how = self._sampling
        drawn = [how.max_new_tokens, how.temperature, how.top_p, how.seed]
        return json.dumps([facts.identity, facts.chat or _PROMPTS, drawn, said])

    async def count_tokens(self, requests: Sequence[PairRequest]) -> list[int] | None:
        """Return how many tokens the model reads before it writes, for each ask.

        For a base model it is its examples and the passage, once.
        """
        try:
            if self._ready.chat:
                return await self._model.count([self._chat_prompt(request) for request in requests])
            return await self._model.count(
                [Prompt(ENGLISH.examples + request.prose) for request in requests]
            )
        except ModelError as error:
            raise TeacherError(str(error)) from error

    async def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each ask: one after the other for a base model, else in batches."""
        if not self._ready.chat:
            for index, request in enumerate(requests):
                yield TeacherResult(index, await self._by_example(request))
            return
        for at in range(0, len(requests), BATCH):
            for index, outcome in enumerate(await self._in_chat(requests[at : at + BATCH]), at):
                yield TeacherResult(index, outcome)

    async def aclose(self) -> None:
        """Let the worker be: it ends with the event loop, and the judge may still need it."""

    @property
    def _ready(self) -> ModelInfo:
        if self._facts is None:
            raise TeacherError(f"{self.name} was asked before it was prepared")
        return self._facts

    def _chat_prompt(self, request: PairRequest) -> Prompt:
        system, user = prompt_messages(request)
        how = self._sampling
        draw = SamplingParams(how.temperature, how.top_p, how.seed or 0)
        return Prompt(user, system, _grammar(request.count), how.max_new_tokens, draw)

    async def _in_chat(self, requests: Sequence[PairRequest]) -> Sequence[Reply | TeacherError]:
        try:
            written = await self._model.generate(
                [self._chat_prompt(request) for request in requests]
            )
        except ModelError as error:
            return [TeacherError(str(error))] * len(requests)
        return [
            Reply(one.text, one.tokens_in, one.tokens_out, "stop" if one.ended else "length")
            for one in written
        ]

    async def _by_example(self, request: PairRequest) -> Reply | TeacherError:
        way = extraction if request.strategy == "extraction" else expansion
        if why := way.why_not(request):
            return _reply((), why)
        try:
            found = await way.write_pairs(self._model, request, self._sampling)
        except ModelError as error:
            return TeacherError(str(error))
        return _reply(found, "" if len(found) >= request.count else _TRIED)


def _grammar(count: int) -> str:
    schema = json.loads(json.dumps(REPLY_SCHEMA))
    pairs = schema["properties"]["pairs"]
    pairs |= {"minItems": count, "maxItems": count}
    # A model that has begun to loop comes to the end of its string.
    for field, longest in _LONGEST.items():
        pairs["items"]["properties"][field]["maxLength"] = longest
    return f"start: %json {json.dumps(schema)}"


def _reply(found: Sequence[tuple[str, str, str]], note: str) -> Reply:
    pairs = [dict(zip(("question", "answer", "evidence"), one, strict=True)) for one in found]
    return Reply(json.dumps({"pairs": pairs}, ensure_ascii=False), note=note)
