"""Local model as teacher: inspected once, then an instruct model or a base model answers."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

from dlm_lsp.document.base_models import HUB_PREFIX, shown_name
from dlm_lsp.errors import ModelError, TeacherError
from dlm_lsp.local.model import LocalModel, ModelInfo
from dlm_lsp.teachers.base_model.teacher import FEW_SHOT_QUESTIONS, BaseModelTeacher
from dlm_lsp.teachers.instruct import InstructTeacher
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.prompts import EXAMPLES
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    PairRequest,
    TeacherLimits,
    TeacherResult,
)

_SMALLEST_WINDOW = 64
_TOKENS_BESIDE_PROSE = 1024


def hf_teacher(context: TeacherContext) -> "LocalTeacher":
    """Return the teacher `hf:<registry key, hub id or path>`."""
    return LocalTeacher(context.target, context.sampling)


class LocalTeacher:
    """A model by registry key, hub id or path, on this machine."""

    remote_host: str | None = None
    examples: Sequence[tuple[str, str]] = (*FEW_SHOT_QUESTIONS, *EXAMPLES)

    def __init__(
        self,
        model: str,
        sampling: GenerationOptions,
        *,
        adapter: Path | None = None,
        name: str | None = None,
    ) -> None:
        """Name the teacher `hf:` and the model, unless it is to have another name.

        Of a path only the last part is told, for the name goes into documents.
        """
        self.name = name or f"{HUB_PREFIX}{_fit_for_marker(shown_name(model))}"
        self.window: int | None = None
        self.counts_exactly = False
        self.limits = TeacherLimits()
        self._model = LocalModel(model, adapter)
        self._sampling = sampling
        self._info: ModelInfo | None = None
        self._prepared: InstructTeacher | BaseModelTeacher | None = None

    async def prepare(self) -> None:
        """Get the model ready, downloading or converting it where needed.

        Raises:
            TeacherError: it cannot be had, with the remedy.
        """
        try:
            info = await self._model.inspect()
        except ModelError as error:
            raise TeacherError(str(error)) from error
        kind = InstructTeacher if info.chat else BaseModelTeacher
        teacher = kind(self._model, info, self._sampling)
        room = info.window - _TOKENS_BESIDE_PROSE - teacher.reply_tokens
        self.window = max(_SMALLEST_WINDOW, min(teacher.longest_window, room))
        self.counts_exactly = teacher.counts_exactly
        self.limits = teacher.limits
        self._info, self._prepared = info, teacher

    def fingerprint(self, request: PairRequest) -> str:
        """Return everything that decides the reply to the request."""
        prompts, prompt = self._ready.fingerprint_parts(request)
        sampling = self._sampling
        params = [sampling.max_new_tokens, sampling.temperature, sampling.top_p, sampling.seed]
        identity = self._info.identity if self._info else None
        return json.dumps([identity, prompts, params, prompt])

    async def count_tokens(self, requests: Sequence[PairRequest]) -> list[int] | None:
        """Return how many tokens the model reads before it writes, for each request."""
        try:
            return await self._model.count([self._ready.prompt(request) for request in requests])
        except ModelError as error:
            raise TeacherError(str(error)) from error

    async def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request: one after the other for a base model, else in batches."""
        async with aclosing(self._ready.answer(requests)) as results:
            async for result in results:
                yield result

    async def aclose(self) -> None:
        """Let the worker be: it ends with the event loop, and the judge may still need it."""

    @property
    def _ready(self) -> InstructTeacher | BaseModelTeacher:
        if self._prepared is None:
            raise TeacherError(f"{self.name} was asked before it was prepared")
        return self._prepared


def _fit_for_marker(name: str) -> str:
    """Return a name without what ends an attribute, a line or a comment."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return printable.replace('"', "'").replace("-->", "-- >")
