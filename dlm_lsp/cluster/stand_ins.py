"""Model stand-ins: teachers and judges here whose work is done by workers elsewhere.

What can be said without asking is said by a teacher of this process that is never connected, so
that names and fingerprints, and with them the replies on disk, are those of a run on one machine.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from dlm_lsp.cluster.messages import Answers, Failed, JudgeSpec, ModelSpec, Shipment, TeacherSpec
from dlm_lsp.cluster.pool import (
    Called,
    Lane,
    NoWorkerError,
    RemoteWorker,
    WorkerLostError,
    WorkerPool,
    divide,
)
from dlm_lsp.cluster.shipping import ship_folder
from dlm_lsp.document.base_models import model_path
from dlm_lsp.errors import DlmError, JudgeError, ModelError, TeacherError
from dlm_lsp.local.inspect import model_identity
from dlm_lsp.local.weights import resolve_weights
from dlm_lsp.synth.judge import Judge, VerifyingJudge, sway_judge
from dlm_lsp.synth.run_models import ModelSource
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.concurrency import map_concurrently, places
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    MovableTeacher,
    PairRequest,
    Request,
    Teacher,
    TeacherLimits,
    TeacherResult,
    limits_of,
)
from dlm_lsp.teachers.registry import check_selector, select
from dlm_lsp.teachers.request_limit import FIRST
from dlm_lsp.teachers.unanswered import Unanswered

_E = TypeVar("_E", bound=DlmError)
_GOODBYE = 5.0
"""Seconds that a worker has to let go of a model."""
_JUDGED_AT_ONCE = 2
"""Calls of a judge that are with a worker, so that its model never waits for the next."""
_BUNDLE = 8
"""Requests that a worker with an instruct model is sent at once: few enough to share them out."""
_PROBE = PairRequest(prose="", strategy="extraction", count=1)


class ClusterModels:
    """Makes the teachers and judges of a run, whose work the workers of a pool do.

    `put` is as in `ship_folder`.
    """

    def __init__(self, pool: WorkerPool, put: Callable[[bytes], Any]) -> None:
        self.pool = pool
        self._put = put
        self._numbers = count()
        self._shipments: dict[Path, Shipment] = {}
        self._shipping = anyio.Lock()

    @property
    def source(self) -> ModelSource:
        """What `RunModels` takes."""
        return ModelSource(self.teacher, self.judge, at_once=self.pool.size)

    def teacher(
        self,
        selector: str,
        sampling: GenerationOptions,
        *,
        concurrency: int | None,
        timeout: float,
        adapter: Path | None = None,
        base_model: str | None = None,
        options: Mapping[str, Any] | None = None,
        window: int | None = None,
        device: str = "auto",
    ) -> "RemoteTeacher":
        """Return a stand-in for what `registry.select` returns, not yet prepared.

        `concurrency` is divided among the workers; where it is None, it does not grow, for none of
        them sees what the server bears.

        Raises:
            OptionError, SelectorError, TeacherError: as `select`; or no worker can be it.
        """
        at_once = concurrency or FIRST
        like = select(
            selector,
            sampling,
            concurrency=at_once,
            timeout=timeout,
            adapter=adapter,
            base_model=base_model,
            options=options,
            window=window,
            device=device,
        )
        if isinstance(like, ApiTeacher) and like.has_secret_in(selector):
            raise TeacherError(
                f"the address of {like.name} holds a secret, and none is sent to a cluster; set it "
                f"as {like.key_variable} in the environment of each node"
            )
        kind, target = check_selector(selector)
        shares = [1] * self.pool.size if kind.is_local else divide(at_once, self.pool.size)
        number = next(self._numbers)

        async def describe() -> _Described:
            model = target if kind.is_local and not kind.needs_adapter else None
            named = base_model if kind.needs_adapter else model
            sent, identity = await self.ship_model(named, adapter if kind.needs_adapter else None)
            is_sent = isinstance(sent, Shipment)
            spec = TeacherSpec(
                number,
                f"{kind.name}:" if model and is_sent else selector,
                sampling,
                max(shares),
                timeout,
                model=sent if model and isinstance(sent, Shipment) else None,
                adapter=await self.ship(adapter) if kind.needs_adapter and adapter else None,
                base_model=sent if kind.needs_adapter else base_model,
                options=options,
                window=window,
                device=device,
            )
            return _Described(spec, identity)

        return RemoteTeacher(self.pool, like, Lane(self.pool, shares), describe)

    def judge(
        self, base_model: str | None, adapter: Path | None, judge: str | None, device: str = "auto"
    ) -> Judge:
        """Return a stand-in for what `sway_judge` returns."""
        like = sway_judge(base_model, adapter, judge, device)
        if not isinstance(like, VerifyingJudge):
            return like
        number = next(self._numbers)

        async def describe() -> JudgeSpec:
            own = adapter if judge is None else None
            sent, _ = await self.ship_model(judge or base_model, None)
            return JudgeSpec(
                number,
                base_model=None if judge else sent,
                adapter=await self.ship(own) if own else None,
                judge=sent if judge else None,
                device=device,
            )

        def as_teacher(sampling: GenerationOptions) -> RemoteTeacher:
            teacher = next(self._numbers)

            async def described() -> _Described:
                own = adapter if judge is None else None
                _, identity = await self.ship_model(judge or base_model, own)
                spec = TeacherSpec(teacher, "", sampling, 1, 0.0, of_judge=await describe())
                return _Described(spec, identity)

            lane = Lane(self.pool, [1] * self.pool.size)
            return RemoteTeacher(self.pool, like.as_teacher(sampling), lane, described)

        return RemoteJudge(self.pool, like, describe, as_teacher)

    async def ship_model(
        self, model: str | None, adapter: Path | None
    ) -> tuple[str | Shipment | None, str | None]:
        """Return how workers know a model, and what tells it from others if its path did so here.

        Raises:
            ModelError: there is none at this path.
        """
        if model is None or model_path(model) is None:
            return model, None
        weights = await anyio.to_thread.run_sync(resolve_weights, model)
        identity = await anyio.to_thread.run_sync(model_identity, weights, adapter)
        return await self.ship(weights.folder), identity

    async def ship(self, folder: Path) -> Shipment:
        """Send a folder to the workers, once in a run."""
        async with self._shipping:
            if folder not in self._shipments:
                workers = tuple(self.pool.workers)
                self._shipments[folder] = await ship_folder(folder, workers, self._put)
        return self._shipments[folder]


@dataclass(frozen=True, slots=True)
class _Described:
    """What workers are to hold, and the identity of its weights where theirs would be another."""

    spec: TeacherSpec
    identity: str | None


class RemoteTeacher:
    """A teacher whose requests are answered by the workers of a cluster.

    `like` is the same teacher in this process, which says what it is and is never asked.
    """

    def __init__(
        self,
        pool: WorkerPool,
        like: Teacher,
        lane: Lane,
        describe: Callable[[], Awaitable[_Described]],
    ) -> None:
        if not isinstance(like, MovableTeacher):
            raise TeacherError(
                f"{like.name} cannot be asked on another machine, for its plugin does not say what "
                "it has found out; run it in this process"
            )
        self._movable: MovableTeacher = like
        self._like: Any = like
        self._pool = pool
        self._lane = lane
        self._places = places(lane.most)
        self.unanswered = Unanswered()
        self._describe = describe
        self._described: _Described | None = None
        self._bundle = 1
        self._is_prepared = False

    @property
    def name(self) -> str:
        """What the marker records."""
        return str(self._like.name)

    @property
    def remote_host(self) -> str | None:
        """The host that the workers send the prose to."""
        host: str | None = self._like.remote_host
        return host

    @property
    def window(self) -> int | None:
        """How many tokens of prose fit into one request."""
        window: int | None = self._like.window
        return window

    @property
    def examples(self) -> Sequence[tuple[str, str]]:
        """The pairs that its prompts show."""
        examples: Sequence[tuple[str, str]] = self._like.examples
        return examples

    @property
    def limits(self) -> TeacherLimits:
        """What it cannot do."""
        return limits_of(self._like)

    @property
    def why_no_verdicts(self) -> str:
        """Why it can give none; empty where it can."""
        return str(self._like.why_no_verdicts)

    @property
    def parameters(self) -> int | None:
        """How many parameters it has."""
        parameters: int | None = self._like.parameters
        return parameters

    @property
    def by_likelihood(self) -> bool:
        """Whether verdicts are log-probabilities."""
        return bool(self._like.by_likelihood)

    @property
    def one_by_one(self) -> bool:
        """Whether it is asked about one pair at a time."""
        return bool(self._like.one_by_one)

    @property
    def tokens_per_verdict(self) -> int:
        """About how many tokens a verdict takes that is given in words."""
        return int(self._like.tokens_per_verdict)

    async def prepare(self) -> None:
        """Have every worker prepare its own.

        Raises:
            TeacherError: one cannot, with its node and the remedy; or they would not all answer by
                the same model.
        """
        if self._is_prepared:
            return
        try:
            self._described = await self._describe()
        except ModelError as error:
            raise TeacherError(str(error)) from error
        said: list[tuple[str, str]] = []
        for node, findings in await _prepare_all(self._pool, self._described.spec, TeacherError):
            try:
                self._adopt(findings)
            except TeacherError as error:
                raise _on_node(error, node) from error
            said.append((node, self._like.fingerprint(_PROBE)))
        for node, fingerprint in said:
            if fingerprint != said[0][1]:
                raise TeacherError(
                    f"on the node {node} {self.name} is not the same model as on {said[0][0]}; "
                    "bring both to the same version"
                )
        # What a local model answers in one go; a base model goes from one to the next.
        chats = not isinstance(self._like, ApiTeacher) and not self.why_no_verdicts
        self._bundle = _BUNDLE if chats else 1
        self._is_prepared = True

    def fingerprint(self, request: Request) -> str:
        """Return everything that decides the reply to the request."""
        return str(self._like.fingerprint(request))

    def tell_to(self, on_notice: Callable[[str], None]) -> None:
        """Call `on_notice` with what the teachers of the workers say, and of workers that die."""
        self._pool.on_notice = on_notice

    async def count_tokens(self, requests: Sequence[Request]) -> list[int] | None:
        """Return the prompt tokens of each request, or None where they cannot be counted."""
        if isinstance(self._like, ApiTeacher):
            return await self._like.count_tokens(requests)
        counts: list[int] | None = (await self._call("count_tokens", requests)).value
        return counts

    async def answer(self, requests: Sequence[Request]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, as they come back; what a dead worker was asked is repeated.

        Raises:
            TeacherError: a worker makes no further request, or none is left.
        """
        ended: list[TeacherError] = []
        starts = range(0, len(requests), self._bundle)

        async def ask(start: int) -> list[TeacherResult]:
            bundle = requests[start : start + self._bundle]
            for request in bundle:
                self.unanswered.add(request)
            called = await self._call("answer", bundle)
            for request in bundle:
                self.unanswered.take(request)
            answers: Answers = called.value
            self._adopt(answers.findings)
            if answers.ended:
                ended.append(_on_node(answers.ended, called.node))
            return [
                TeacherResult(index, outcome, called.repeats)
                for index, outcome in enumerate(answers.outcomes, start)
                if outcome is not None
            ]

        left = len(requests)
        answered = map_concurrently(ask, starts, self._places, lambda: not ended)
        async with aclosing(answered) as finished:
            async for _, results in finished:
                for result in results:
                    left -= 1
                    yield result
        if left and ended:
            raise ended[0]

    async def aclose(self) -> None:
        """Have the workers let go of it."""
        if self._described:
            await _forget(self._pool, self._described.spec)

    def _adopt(self, findings: Any) -> None:
        identity = self._described.identity if self._described else None
        self._movable.adopt(replace(findings, identity=identity) if identity else findings)

    async def _call(self, method: str, requests: Sequence[Request]) -> Called:
        if self._described is None:
            raise TeacherError(f"{self.name} was asked before it was prepared")
        try:
            called = await self._lane.call(method, self._described.spec, tuple(requests))
        except NoWorkerError as error:
            raise TeacherError(str(error)) from None
        if isinstance(called.value, Failed):
            raise _on_node(called.value.error, called.node)
        return called


class RemoteJudge:
    """A judge whose margins the workers of a cluster compute; see `RemoteTeacher`."""

    def __init__(
        self,
        pool: WorkerPool,
        like: VerifyingJudge,
        describe: Callable[[], Awaitable[JudgeSpec]],
        as_teacher: Callable[[GenerationOptions], RemoteTeacher],
    ) -> None:
        self.name = like.name
        self.calibration = like.calibration
        # Each worker computes in what its processor is good at.
        self.number_type = ""
        self.parameters = 0
        self.chat = False
        self._pool = pool
        self._lane = Lane(pool, [_JUDGED_AT_ONCE] * pool.size)
        self._describe = describe
        self._spec: JudgeSpec | None = None
        self._is_prepared = False
        self._as_teacher = as_teacher

    async def prepare(self) -> None:
        """Have every worker see that its model is there.

        Raises:
            JudgeError: with the node and the remedy.
        """
        if self._is_prepared:
            return
        try:
            self._spec = await self._describe()
        except ModelError as error:
            raise JudgeError(f"the judge is not at hand: {error}") from error
        for _, prepared in await _prepare_all(self._pool, self._spec, JudgeError):
            self.parameters, self.chat = prepared.parameters, prepared.chat
        self._is_prepared = True

    async def margins(self, prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return how far each answer stands above the empty ones, per token, in nats.

        Raises:
            JudgeError: the model failed, or no worker is left.
        """
        if self._spec is None:
            raise JudgeError(f"{self.name} was asked before it was prepared")
        try:
            called = await self._lane.call("margins", self._spec, prose, tuple(pairs))
        except NoWorkerError as error:
            raise JudgeError(str(error)) from None
        if isinstance(called.value, Failed):
            raise _on_node(called.value.error, called.node)
        margins: list[float] = called.value
        return margins

    def as_teacher(self, sampling: GenerationOptions) -> RemoteTeacher:
        """Return its model as a teacher, not yet prepared."""
        return self._as_teacher(sampling)

    async def aclose(self) -> None:
        """Have the workers let go of it."""
        if self._spec:
            await _forget(self._pool, self._spec)


async def _prepare_all(
    pool: WorkerPool, spec: ModelSpec, kind: type[TeacherError] | type[JudgeError]
) -> list[tuple[str, Any]]:
    """Have each worker prepare a model; return what it says of itself, with the nodes."""
    said: list[tuple[str, Any]] = []

    async def prepare(worker: RemoteWorker) -> None:
        try:
            value = await worker.call("prepare", spec)
        except WorkerLostError:
            pool.lose(worker)
            return
        said.append((worker.node, value))

    while not pool.workers and not pool.is_hopeless():
        await pool.wait_for_change()
    pool.listen()
    async with anyio.create_task_group() as tasks:
        for worker in tuple(pool.workers):
            tasks.start_soon(prepare, worker)
    said.sort(key=lambda each: each[0])
    for node, value in said:
        if isinstance(value, Failed):
            raise _on_node(value.error, node)
    if not said:
        raise kind(str(pool.no_worker()))
    return said


async def _forget(pool: WorkerPool, spec: ModelSpec) -> None:
    with anyio.move_on_after(_GOODBYE, shield=True):
        for worker in tuple(pool.workers):
            with suppress(WorkerLostError):
                await worker.call("forget", spec)


def _on_node(error: _E, node: str) -> _E:
    """Return an error that also says on which node it came up."""
    return type(error)(f"{error} (on the node {node})")
