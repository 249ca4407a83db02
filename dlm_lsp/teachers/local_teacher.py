"""Local model as teacher: inspected once, then an instruct model or a base model answers."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from dlm_lsp.document.base_models import HUB_PREFIX, shown_name
from dlm_lsp.errors import ModelError, TeacherError
from dlm_lsp.local.model import LocalModel, ModelInfo
from dlm_lsp.teachers.base_model.teacher import FEW_SHOT_QUESTIONS, BaseModelTeacher
from dlm_lsp.teachers.instruct import InstructTeacher
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.prompts import example_pairs
from dlm_lsp.teachers.protocol import (
    AnswerRequest,
    CheckRequest,
    GenerationOptions,
    PairRequest,
    Request,
    TeacherLimits,
    TeacherResult,
    VerdictRequest,
)

_R = TypeVar("_R", PairRequest, AnswerRequest)
_SMALLEST_WINDOW = 64
_TOKENS_BESIDE_PROSE = 1024


def hf_teacher(context: TeacherContext) -> "LocalTeacher":
    """Return the teacher `hf:<registry key, hub id or path>`."""
    return LocalTeacher(
        context.target, context.sampling, reads=context.window, device=context.device
    )


class LocalTeacher:
    """A model by registry key, hub id or path, on this machine."""

    remote_host: str | None = None
    by_likelihood = True
    one_by_one = False
    tokens_per_verdict = 0

    def __init__(
        self,
        model: str,
        sampling: GenerationOptions,
        *,
        adapter: Path | None = None,
        name: str | None = None,
        reads: int | None = None,
        device: str = "auto",
    ) -> None:
        """Name the teacher `hf:` and the model, unless it is to have another name.

        `reads` is how many tokens it is to read at most, prompt and reply together, `device` what
        it runs on, as in `LocalModel`.

        Of a path only the last part is told, for the name goes into documents.
        """
        self.name = name or f"{HUB_PREFIX}{_fit_for_marker(shown_name(model))}"
        self.window: int | None = None
        self.limits = TeacherLimits()
        self.local_model = LocalModel(model, adapter, device)
        self._sampling = sampling
        self._reads = reads
        self._info: ModelInfo | None = None
        self._prepared: InstructTeacher | BaseModelTeacher | None = None

    async def prepare(self) -> None:
        """See what the model is by its files, converting them where needed; it is not loaded.

        Raises:
            TeacherError: it cannot be had, with the remedy.
        """
        try:
            info = await self.local_model.inspect()
        except ModelError as error:
            raise TeacherError(str(error)) from error
        self.adopt(info)

    @property
    def findings(self) -> ModelInfo | None:
        """What the model is, None before it is prepared."""
        return self._info

    def adopt(self, findings: ModelInfo) -> None:
        """Take it that the model is what somebody else found it to be."""
        info = findings
        kind = InstructTeacher if info.chat else BaseModelTeacher
        teacher = kind(self.local_model, info, self._sampling)
        reads = min(info.window, self._reads or info.window)
        room = reads - _TOKENS_BESIDE_PROSE - teacher.reply_tokens
        self.window = max(_SMALLEST_WINDOW, min(teacher.longest_window, room))
        self.limits = teacher.limits
        self._info, self._prepared = info, teacher

    @property
    def examples(self) -> Sequence[tuple[str, str]]:
        """The pairs that it is shown to learn the form from."""
        return (*FEW_SHOT_QUESTIONS, *example_pairs())

    @property
    def why_no_verdicts(self) -> str:
        """Why it can give no verdicts; empty where it can."""
        return "" if isinstance(self._prepared, InstructTeacher) else "is a base model"

    @property
    def parameters(self) -> int | None:
        """How many parameters the model has."""
        return self._info.parameters if self._info else 0

    def fingerprint(self, request: Request) -> str:
        """Return everything that decides the reply to the request."""
        if isinstance(request, CheckRequest):
            prompts, prompt = self._instruct.fingerprint_parts(request)
        else:
            prompts, prompt = self._ready.fingerprint_parts(request)
        sampling = self._sampling
        params = [sampling.max_new_tokens, sampling.temperature, sampling.top_p, sampling.seed]
        identity = self._info.identity if self._info else None
        return json.dumps([identity, prompts, params, prompt])

    async def count_tokens(self, requests: Sequence[Request]) -> list[int] | None:
        """Return how many tokens the model reads before it writes, for each request."""
        prompts = [
            self._instruct.prompt(request)
            if isinstance(request, CheckRequest)
            else self._ready.prompt(request)
            for request in requests
        ]
        try:
            return await self.local_model.count(prompts)
        except ModelError as error:
            raise TeacherError(str(error)) from error

    async def answer(self, requests: Sequence[Request]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request: one after the other for a base model, else in batches."""
        pairs: dict[int, PairRequest] = {}
        questions: dict[int, AnswerRequest] = {}
        for index, request in enumerate(requests):
            match request:
                case PairRequest():
                    pairs[index] = request
                case AnswerRequest():
                    questions[index] = request
                case VerdictRequest():
                    yield TeacherResult(index, await self._instruct.verdicts(request))
        for answers in (
            _in_place(pairs, self._ready.answer),
            _in_place(questions, self._instruct.answer) if questions else None,
        ):
            if answers is not None:
                async with aclosing(answers):
                    async for result in answers:
                        yield result

    async def aclose(self) -> None:
        """Let the worker be: it ends with the event loop, and the judge may still need it."""

    @property
    def _instruct(self) -> InstructTeacher:
        if isinstance(self._ready, InstructTeacher):
            return self._ready
        raise TeacherError(f"{self.name} {self.why_no_verdicts}, which gives no verdicts")

    @property
    def _ready(self) -> InstructTeacher | BaseModelTeacher:
        if self._prepared is None:
            raise TeacherError(f"{self.name} was asked before it was prepared")
        return self._prepared


async def _in_place(
    requests: Mapping[int, _R],
    answer: Callable[[Sequence[_R]], AsyncGenerator[TeacherResult, None]],
) -> AsyncGenerator[TeacherResult, None]:
    """Yield the answers to requests by the places that these have."""
    places = list(requests)
    async with aclosing(answer(list(requests.values()))) as results:
        async for result in results:
            yield replace(result, index=places[result.index])


def _fit_for_marker(name: str) -> str:
    """Return a name without what ends an attribute, a line or a comment."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return printable.replace('"', "'").replace("-->", "-- >")
