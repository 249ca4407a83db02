"""Judge: how far an answer stands above the empty ones, in the eyes of a local model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from rapidfuzz import fuzz

from dlm_lsp.document.base_models import shown_name
from dlm_lsp.errors import DeviceError, JudgeError, ModelError
from dlm_lsp.local.model import LocalModel, Prompt
from dlm_lsp.local.sway_score import scoring_prefix, scoring_rows, sway_margins
from dlm_lsp.synth.judge_calibration import Calibration, calibration_of
from dlm_lsp.teachers.local_teacher import LocalTeacher
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher

# Tokens of prose that are read, and what question and answer may take beside them.
_WINDOW = 2048
_ROOM = 512
_LEAST = 64
_SAFE_SHARE = 0.8
# To align a text takes the cube of its length, and how an answer begins tells what it is about.
_LONGEST_ALIGNED = 400


class Judge(Protocol):
    """Who decides whether a pair is good enough."""

    name: str
    calibration: Calibration | None
    number_type: str
    """What its model computes in; empty as long as it has judged nothing."""

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


@runtime_checkable
class VerifyingJudge(Judge, Protocol):
    """A judge whose model may know enough to verify, too."""

    @property
    def parameters(self) -> int:
        """How many parameters its model has, 0 before it is prepared."""

    @property
    def chat(self) -> bool:
        """Whether its model knows turns."""

    def as_teacher(self, sampling: GenerationOptions) -> Teacher:
        """Return its model as a teacher, not yet prepared, called as the judge is."""


def sway_judge(
    base_model: str | None, adapter: Path | None, judge: str | None, device: str = "auto"
) -> Judge:
    """Return `judge` if it is named, else the document's adapter, else its base model.

    `device` is what its model runs on, as in `LocalModel`.
    """
    if judge is not None:
        name = f"sway:{shown_name(judge)}"
        return SwayJudge(LocalModel(judge, device=device), name, calibration_of(judge))
    if base_model is None:
        return _NoJudge()
    name = shown_name(base_model)
    model = LocalModel(base_model, adapter, device)
    if adapter:
        return SwayJudge(model, f"sway:{name}+adapter", None)
    return SwayJudge(model, f"sway:{name}", calibration_of(base_model))


class SwayJudge:
    """Weighs an answer by how much likelier prose and question together make it.

    Once prepared, `parameters` and `chat` tell how large its model is, and whether it knows turns.
    """

    def __init__(self, model: LocalModel, name: str, calibration: Calibration | None) -> None:
        self.name = name
        self.calibration = calibration
        self.local_model = model
        self.number_type = ""
        self.parameters = 0
        self.chat = False
        self._window = _LEAST

    async def prepare(self) -> None:
        """See that the model is there; it is loaded when the first pair reaches it.

        Raises:
            JudgeError: it cannot be had, with the ways out.
        """
        try:
            info = await self.local_model.inspect()
        except DeviceError as error:
            raise JudgeError(f"the judge cannot run: {error}") from error
        except ModelError as error:
            message = str(error)
            stop = "" if message.endswith(("?", ".")) else "."
            raise JudgeError(
                f"the judge is not at hand: {message}{stop} Or take the filter dedup-only, "
                "or name another model as judge"
            ) from error
        self.parameters, self.chat = info.parameters, info.chat
        self._window = max(_LEAST, min(_WINDOW, info.window - _ROOM))

    async def margins(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return how far each answer stands above the empty ones: see `dlm_lsp.local.sway_score`.

        Of prose that is too long for the model, it reads the part around the answer.

        Raises:
            JudgeError: the model failed.
        """
        try:
            most = await self._characters(prose)
            margins: dict[tuple[str, str], float] = {}
            excerpts: dict[str, list[tuple[str, str]]] = {}
            for pair in dict.fromkeys(pairs):
                excerpts.setdefault(excerpt_around(prose, pair[1], most), []).append(pair)
            for excerpt, about in excerpts.items():
                margins |= zip(about, await self._score(excerpt, about), strict=True)
        except ModelError as error:
            raise JudgeError(f"the judge failed: {error}") from error
        return [margins[pair] for pair in pairs]

    def as_teacher(self, sampling: GenerationOptions) -> LocalTeacher:
        """Return its model as a teacher, not yet prepared, called as the judge is."""
        teacher = LocalTeacher(
            self.local_model.name,
            sampling,
            adapter=self.local_model.adapter,
            device=self.local_model.device,
        )
        teacher.name += "+adapter" if self.local_model.adapter else ""
        return teacher

    async def aclose(self) -> None:
        """Let the worker be: it ends with the event loop, and the teacher may still need it."""

    async def _characters(self, prose: str) -> int:
        """Return how many characters of `prose` fit into the window."""
        if not self.number_type:
            self.number_type = await self.local_model.load()
        # No tokenizer makes more tokens than bytes, so most prose need not be counted.
        if len(prose.encode("utf-8", "replace")) <= self._window:
            return len(prose)
        (tokens,) = await self.local_model.count([Prompt(prose)])
        fits = tokens <= self._window
        return len(prose) if fits else int(_SAFE_SHARE * len(prose) * self._window / tokens)

    async def _score(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return sway_margins(
            await self.local_model.score(scoring_prefix(prose), scoring_rows(pairs))
        )


class _NoJudge:
    """Stands in where a document names no model."""

    name = "sway"
    calibration: Calibration | None = None
    number_type = ""

    async def prepare(self) -> None:
        raise JudgeError(
            "nobody can judge: the document names no base_model; name a "
            "model as judge, or take the filter dedup-only"
        )

    async def margins(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        raise JudgeError("nobody can judge")

    async def aclose(self) -> None:
        return


def excerpt_around(prose: str, answer: str, most: int) -> str:
    """Return up to `most` characters of `prose`, whole words, around what is most like `answer`."""
    if len(prose) <= most:
        return prose
    alignment = fuzz.partial_ratio_alignment(answer[:_LONGEST_ALIGNED], prose)
    middle = (alignment.dest_start + alignment.dest_end) // 2 if alignment else 0
    start = max(0, min(middle - most // 2, len(prose) - most))
    cut = prose[start : start + most]
    if start and not prose[start - 1].isspace():
        cut = cut.partition(" ")[2] or cut
    if start + most < len(prose) and not prose[start + most].isspace():
        cut = cut.rpartition(" ")[0] or cut
    return cut
