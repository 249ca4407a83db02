"""How far an answer stands above the empty ones, in the eyes of a local model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from dlm_lsp.local.error import LocalError
from dlm_lsp.local.model import Continuation, Facts, LocalModel

NOTHING = "I don't know."


class JudgeError(Exception):
    """Why nobody can judge, in one line that ends with what to do about it."""


class Judge(Protocol):
    """Who decides whether a pair is good enough."""

    name: str

    async def prepare(self) -> None:
        """Get ready, before a teacher is asked.

        Raises:
            JudgeError: with the remedy.
        """

    async def margins(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return how far each answer stands above the empty ones, per token, in nats.

        Raises:
            JudgeError: the model failed.
        """

    async def aclose(self) -> None:
        """Let go of what it holds."""


def sway_judge(base_model: str | None, adapter: Path | None, judge: str | None) -> Judge:
    """Return `judge` if it is named, else the document's adapter, else its base model."""
    if judge is not None:
        return SwayJudge(LocalModel(judge), f"sway:{judge.removeprefix('hf:')}")
    if base_model is None:
        return _Nobody()
    name = base_model.removeprefix("hf:")
    return SwayJudge(
        LocalModel(base_model, adapter), f"sway:{name}+adapter" if adapter else f"sway:{name}"
    )


class SwayJudge:
    """Weighs an answer by how much likelier prose and question together make it."""

    def __init__(self, model: LocalModel, name: str) -> None:
        self.name = name
        self._model = model
        self._facts: Facts | None = None

    async def prepare(self) -> None:
        """Get the model ready.

        Raises:
            JudgeError: it cannot be had, with the ways out.
        """
        try:
            self._facts = await self._model.inspect()
        except LocalError as error:
            raise JudgeError(
                f"the judge is not at hand: {error}. Or use --filter dedup-only, "
                "or name another model with --judge <hf model>"
            ) from error

    async def margins(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return lp(a | prose, q) - (lp("I don't know." | prose, q) + lp(a | prose)) / 2.

        `lp` is the mean log-probability per token. The answer has to beat two empty ones at once:
        to say nothing to the question, and to say the same to no question.

        Raises:
            JudgeError: the model failed.
        """
        rows = []
        for question, answer in pairs:
            asked = f"Question: {question}\nAnswer:"
            rows += [
                Continuation(asked, f" {answer}"),
                Continuation(asked, f" {NOTHING}"),
                Continuation("Answer:", f" {answer}"),
            ]
        try:
            scores = await self._model.score(f"{prose}\n\n", rows) if rows else []
        except LocalError as error:
            raise JudgeError(f"the judge failed: {error}") from error
        return [
            scores[at] - (scores[at + 1] + scores[at + 2]) / 2 for at in range(0, len(scores), 3)
        ]

    async def aclose(self) -> None:
        """Let the worker be: it ends with the event loop, and the teacher may still need it."""


class _Nobody:
    """Stands in where a document names no model."""

    name = "sway"

    async def prepare(self) -> None:
        raise JudgeError(
            "nobody can judge: the document names no base_model; name a model with "
            "--judge <hf model>, or use --filter dedup-only"
        )

    async def margins(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        raise JudgeError("nobody can judge")

    async def aclose(self) -> None:
        return
