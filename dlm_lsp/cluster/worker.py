"""Model worker: holds teachers and judges on a machine of a cluster, and asks them.

It gets text and requests, and gives replies and margins: it knows no document and no store.
"""

import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from dlm_lsp import __version__
from dlm_lsp.cluster.messages import (
    Answers,
    Failed,
    JudgeSpec,
    ModelSpec,
    PreparedJudge,
    Shipment,
    TeacherSpec,
    WorkerVersion,
)
from dlm_lsp.document.base_models import HUB_PREFIX
from dlm_lsp.errors import DlmError, JudgeError, ModelError, TeacherError
from dlm_lsp.local.fetch import fetch_model, plan_fetch
from dlm_lsp.local.weights import missing_model
from dlm_lsp.store.home import store_home
from dlm_lsp.synth.judge import Judge, VerifyingJudge, sway_judge
from dlm_lsp.synth.model_loading import UsesLocalModel
from dlm_lsp.teachers.protocol import (
    MovableTeacher,
    Reply,
    Request,
    Teacher,
    TellingTeacher,
)
from dlm_lsp.teachers.registry import check_selector, select


@dataclass(slots=True)
class _Held:
    """A teacher or judge; while it is made and prepared, other calls wait."""

    lock: anyio.Lock = field(default_factory=anyio.Lock)
    model: Any = None


class ModelWorker:
    """Keeps each teacher and judge from its first call on, until it is to forget it.

    Every method is called with plain data and returns plain data; `Failed` stands for an error.
    All run on one event loop.
    """

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}
        self._notices: list[str] = []
        self._noticed = anyio.Event()

    async def version(self) -> WorkerVersion:
        """Return which release this is."""
        return WorkerVersion(__version__, os.getpid())

    async def notices(self) -> tuple[str, ...]:
        """Return what teachers said since the last call, waiting for the first line."""
        await self._noticed.wait()
        self._noticed = anyio.Event()
        lines, self._notices = tuple(self._notices), []
        return lines

    async def prepare(self, spec: ModelSpec) -> Any:
        """Prepare a teacher and return its findings, or a judge and return what it says of itself.

        A model of the hub that may be downloaded is.
        """
        return await _failing(lambda: self._prepare(spec))

    async def answer(self, spec: TeacherSpec, requests: Sequence[Request]) -> Any:
        """Have a teacher answer requests; see `Answers`."""
        return await _failing(lambda: self._answer(spec, requests))

    async def count_tokens(self, spec: TeacherSpec, requests: Sequence[Request]) -> Any:
        """Return what `Teacher.count_tokens` does."""

        async def count() -> list[int] | None:
            teacher: Any = await self._get(spec)
            counts: list[int] | None = await teacher.count_tokens(requests)
            return counts

        return await _failing(count)

    async def margins(self, spec: JudgeSpec, prose: str, pairs: Sequence[tuple[str, str]]) -> Any:
        """Return what `Judge.margins` does."""

        async def judge() -> list[float]:
            held: Judge = await self._get(spec)
            return await held.margins(prose, pairs)

        return await _failing(judge)

    async def forget(self, spec: ModelSpec) -> None:
        """Let go of a teacher or judge that is not asked any more."""
        held = self._held.pop(spec.number, None)
        if held and held.model is not None:
            await held.model.aclose()

    async def close(self) -> None:
        """Let go of them all."""
        while self._held:
            _, held = self._held.popitem()
            if held.model is not None:
                await held.model.aclose()

    async def wants_folder(self, shipment: Shipment) -> bool:
        """Tell whether a folder is to be sent: it is not here from an earlier run."""
        shutil.rmtree(_unfinished(shipment), ignore_errors=True)
        return not _place(shipment).is_dir()

    async def receive(self, shipment: Shipment, name: str, part: bytes) -> None:
        """Put the next part of a file into a folder that is being sent."""
        file = _unfinished(shipment) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as opened:
            opened.write(part)

    async def finish_folder(self, shipment: Shipment) -> None:
        """Take note that a folder has been sent whole."""
        place, unfinished = _place(shipment), _unfinished(shipment)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.replace(place)
        except OSError:
            # Another worker of this machine was sent it, too.
            if not place.is_dir():
                raise
            shutil.rmtree(unfinished, ignore_errors=True)

    async def _prepare(self, spec: ModelSpec) -> Any:
        model = await self._get(spec)
        if isinstance(spec, TeacherSpec):
            return _findings(model)
        return PreparedJudge(
            model.name,
            model.calibration,
            getattr(model, "parameters", 0),
            getattr(model, "chat", False),
        )

    async def _answer(self, spec: TeacherSpec, requests: Sequence[Request]) -> Answers:
        teacher = await self._get(spec)
        outcomes: list[Reply | TeacherError | None] = [None] * len(requests)
        ended = None
        try:
            async with aclosing(teacher.answer(requests)) as results:
                async for result in results:
                    outcomes[result.index] = result.outcome
        except TeacherError as error:
            ended = error
        return Answers(tuple(outcomes), _findings(teacher), ended)

    async def _get(self, spec: ModelSpec) -> Any:
        held = self._held.setdefault(spec.number, _Held())
        async with held.lock:
            if held.model is None:
                await anyio.to_thread.run_sync(_fetch_models, spec)
                model = _make(spec)
                if isinstance(model, TellingTeacher):
                    model.tell_to(self._notice)
                await model.prepare()
                if isinstance(spec, TeacherSpec):
                    await _load(model)
                held.model = model
        return held.model

    def _notice(self, line: str) -> None:
        self._notices.append(line)
        self._noticed.set()


async def _load(teacher: Teacher) -> None:
    """Load the model of a teacher, so that where it cannot be, that is told before it is asked."""
    if isinstance(teacher, UsesLocalModel):
        try:
            await teacher.local_model.load()
        except ModelError as error:
            raise TeacherError(str(error)) from error


def _findings(teacher: Teacher) -> Any:
    if isinstance(teacher, MovableTeacher):
        return teacher.findings
    raise TeacherError(f"{teacher.name} cannot be asked on another machine; ask it from this one")


def _make(spec: ModelSpec) -> Any:
    if isinstance(spec, JudgeSpec):
        adapter = _place(spec.adapter) if spec.adapter else None
        return sway_judge(_model(spec.base_model), adapter, _model(spec.judge), spec.device)
    if spec.of_judge:
        judge = _make(spec.of_judge)
        if not isinstance(judge, VerifyingJudge):
            raise JudgeError("this judge has no model to verify with")
        return judge.as_teacher(spec.sampling)
    return select(
        f"{HUB_PREFIX}{_place(spec.model)}" if spec.model else spec.selector,
        spec.sampling,
        concurrency=spec.concurrency,
        timeout=spec.timeout,
        adapter=_place(spec.adapter) if spec.adapter else None,
        base_model=_model(spec.base_model),
        options=spec.options,
        window=spec.window,
        device=spec.device,
    )


def _model(model: str | Shipment | None) -> str | None:
    return str(_place(model)) if isinstance(model, Shipment) else model


def _fetch_models(spec: ModelSpec) -> None:
    """Download models of the hub that are not here: of the registry, or named by the user."""
    if isinstance(spec, JudgeSpec):
        by_user = spec.judge is not None
        named = spec.judge if by_user else spec.base_model
    elif spec.of_judge or spec.model:
        return
    else:
        kind, target = check_selector(spec.selector)
        if not kind.is_local or not (kind.needs_adapter or spec.selector.startswith(HUB_PREFIX)):
            return
        by_user = not kind.needs_adapter
        named = target if by_user else spec.base_model
    if not isinstance(named, str):
        return
    try:
        missing = missing_model(named)
        if missing and (missing.registered or by_user) and (planned := plan_fetch(named)):
            fetch_model(planned)
    except ModelError:
        # Whoever needs it says what is to be done.
        return


def _place(shipment: Shipment) -> Path:
    return store_home() / "shipped" / shipment.digest / shipment.name


def _unfinished(shipment: Shipment) -> Path:
    return store_home() / "shipped" / f"{shipment.digest}.{os.getpid()}.part"


async def _failing(work: Callable[[], Awaitable[Any]]) -> Any:
    """Return what `work` returns, or the error that it raises as a value."""
    try:
        return await work()
    except DlmError as error:
        return Failed(error.with_traceback(None))
