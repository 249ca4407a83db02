"""Local model: a name, and calls that can be cancelled; the door of this room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from dlm_lsp.local import worker
from dlm_lsp.local.answer import ChatOptions, generate_answer
from dlm_lsp.local.device import run_on_device
from dlm_lsp.local.generate import (
    Generated,
    Prompt,
    count_prompt_tokens,
    generate_batch,
    generate_first,
)
from dlm_lsp.local.inspect import ModelInfo, inspect_model
from dlm_lsp.local.load import keep_models, load_with_adapter
from dlm_lsp.local.score import Continuation, score_answers, score_continuations

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model by registry key, hub id or path, and the adapter to put on it, if any.

    Every method runs in the worker process, which keeps the model for the next call, and raises
    ModelError with the remedy where the model cannot be had or fails, DeviceError before anything
    is loaded.
    """

    name: str
    adapter: Path | None = None
    device: str = "auto"
    """What it runs on: auto, cpu, cuda, cuda:N or mps."""

    async def inspect(self) -> ModelInfo:
        """Say what the model is by its files, converting them where needed; it is not loaded."""
        return await self._run(inspect_model, self.name, self.adapter)

    async def load(self) -> str:
        """Bring it into memory and return what it computes in, such as `float32`."""
        return await self._run(load_with_adapter, self.name, self.adapter)

    async def generate(self, prompts: Sequence[Prompt], shared: str = "") -> list[Generated]:
        """Return what the model writes to each prompt; see `dlm_lsp.local.generate`."""
        return await self._run(generate_batch, self.name, self.adapter, tuple(prompts), shared)

    async def generate_first(self, prompts: Sequence[Prompt]) -> list[Generated]:
        """Return what the model writes to the first prompts, as many as go into one batch."""
        return await self._run(generate_first, self.name, self.adapter, tuple(prompts))

    async def answer(self, question: str, options: ChatOptions) -> str:
        """Return what the model answers to a question; see `dlm_lsp.local.answer`."""
        return await self._run(generate_answer, self.name, self.adapter, question, options)

    async def score(self, prefix: str, rows: Sequence[Continuation]) -> list[float]:
        """Return mean log-probabilities per token; see `dlm_lsp.local.score`."""
        # What is asked twice is read once: many questions share an answer.
        distinct = tuple(dict.fromkeys(rows))
        scores = await self._run(score_continuations, self.name, self.adapter, prefix, distinct)
        score_of = dict(zip(distinct, scores, strict=True))
        return [score_of[row] for row in rows]

    async def score_answers(
        self, prompts: Sequence[Prompt], answers: Sequence[str]
    ) -> list[list[float]]:
        """Return how likely each answer begins what it writes; see `dlm_lsp.local.score`."""
        return await self._run(
            score_answers, self.name, self.adapter, tuple(prompts), tuple(answers)
        )

    async def count(self, prompts: Sequence[Prompt], shared: str = "") -> list[int]:
        """Return how many tokens the model reads for each prompt, `shared` included."""
        return await self._run(count_prompt_tokens, self.name, self.adapter, tuple(prompts), shared)

    async def _run(self, function: Callable[[*_Args], _T], *args: *_Args) -> _T:
        return await worker.run_in_worker(run_on_device, self.device, function, *args)


async def keep_only(models: Sequence[LocalModel]) -> None:
    """Let go of the models in memory that are none of these."""
    await worker.run_in_worker(keep_models, tuple({model.name for model in models}))


__all__ = [
    "ChatOptions",
    "Continuation",
    "Generated",
    "LocalModel",
    "ModelInfo",
    "Prompt",
    "keep_only",
]
