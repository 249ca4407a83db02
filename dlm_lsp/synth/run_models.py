"""Run models: the teachers, judges and verifiers that the documents of a run have in common."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import anyio

from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import DlmError
from dlm_lsp.store.adapters import current_adapter, first_adapter
from dlm_lsp.synth.choose_verifier import ChosenVerifier, choose_verifier, verifier_selector
from dlm_lsp.synth.cost import RunPrices, check_max_cost, find_prices
from dlm_lsp.synth.judge import Judge, sway_judge
from dlm_lsp.synth.notices import Notices
from dlm_lsp.synth.reply_intake import ReplyRoom
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher
from dlm_lsp.teachers.registry import check_selector, select
from dlm_lsp.teachers.request_limit import FIRST
from dlm_lsp.teachers.self_teacher import check_adapter


class _Preparable(Protocol):
    async def prepare(self) -> None: ...

    async def aclose(self) -> None: ...


_P = TypeVar("_P", bound=_Preparable)


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where teachers and judges come from, called as `registry.select` and `sway_judge` are.

    `at_once` is how many local models work side by side.
    """

    teacher: Callable[..., Teacher]
    judge: Callable[[str | None, Path | None, str | None, str], Judge]
    at_once: int = 1


THIS_MACHINE = ModelSource(select, sway_judge)
"""Servers are asked, and local models run, from here."""


@dataclass(frozen=True, slots=True)
class DocumentModels:
    """Who writes, judges and verifies the pairs of a document, all prepared, and their prices."""

    teacher: Teacher
    judge: Judge | None
    verification: ChosenVerifier
    prices: RunPrices


@dataclass(slots=True)
class _Shared:
    """One for all documents; while it is made and prepared, the others wait."""

    lock: anyio.Lock = field(default_factory=anyio.Lock)
    found: Any = None
    is_ready: bool = False
    failure: DlmError | None = None


class RunModels:
    """Makes and prepares each teacher and judge once, and lets go of them all at the end.

    What speaks with a document's own adapter is made for that document, and let go of with it: its
    weights are those of the base model, which stay in memory. An async context manager.

    `notices` and `room` are where the models of all documents are heard, and their replies counted.
    """

    def __init__(self, source: ModelSource = THIS_MACHINE) -> None:
        self.notices = Notices()
        self.room = ReplyRoom()
        self.source = source
        self._shared: dict[Hashable, _Shared] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await _close([shared.found for shared in self._shared.values()])

    @property
    def requests_at_once(self) -> int:
        """How many requests go to a server at once now, where nobody names a number."""
        found = [shared.found for shared in self._shared.values()]
        return max((getattr(each, "at_once", FIRST) for each in found), default=FIRST)

    @asynccontextmanager
    async def for_document(
        self, request: SynthRequest, frontmatter: Frontmatter, folder: Path
    ) -> AsyncIterator[DocumentModels]:
        """Give who works on a document, whose store is `folder`.

        What could not be prepared for one document is not tried again for the next.

        Raises:
            TeacherError, JudgeError, StoreError: with the remedy.
            OptionError: costs are to be limited and no price is known.
        """
        options, base_model = request.options, frontmatter.base_model
        sway = options.filter == "sway"
        selectors = [request.teacher, verifier_selector(options.verify) or request.teacher]
        own_teacher = any(check_selector(selector)[0].needs_adapter for selector in selectors)
        # A broken pointer is no matter to a run that does without the adapter.
        needs_adapter = own_teacher or (sway and request.judge is None)
        adapter = current_adapter(folder, first_adapter(frontmatter)) if needs_adapter else None
        if check_selector(request.teacher)[0].needs_adapter:
            check_adapter(adapter)
        own: list[_Preparable] = []

        def get(selector: str, sampling: GenerationOptions, **more: Any) -> Awaitable[Teacher]:
            def make() -> Teacher:
                teacher = self.source.teacher(
                    selector,
                    sampling,
                    concurrency=options.concurrency,
                    timeout=options.timeout,
                    adapter=adapter,
                    base_model=base_model,
                    device=options.device,
                    **more,
                )
                self.notices.hear(teacher)
                return teacher

            needs_own = check_selector(selector)[0].needs_adapter
            return self._get(
                own if needs_own else None, ("teacher", selector, sampling, *more), make
            )

        async def get_second(made: Teacher, model: Hashable) -> Teacher:
            return await self._get(own if adapter else None, ("second", model), lambda: made)

        try:
            judge = None
            if sway:
                named = request.judge
                judge = await self._get(
                    own if adapter and named is None else None,
                    ("judge", named or base_model, named is None),
                    lambda: self.source.judge(base_model, adapter, named, options.device),
                )
            teacher = await get(
                request.teacher,
                options.sampling,
                options=options.teacher_options,
                window=options.window,
            )
            chosen = ChosenVerifier()
            if judge:
                chosen = await choose_verifier(options, teacher, judge, get, get_second)
            prices = find_prices(teacher, chosen.verifier)
            check_max_cost(options, prices)
            yield DocumentModels(teacher, judge, chosen, prices)
        finally:
            await _close(own)

    async def _get(
        self, own: list[_Preparable] | None, key: Hashable, make: Callable[[], _P]
    ) -> _P:
        """Return what `make` makes, prepared: for the list of a document's own, or for all."""
        if own is not None:
            made = make()
            own.append(made)
            await made.prepare()
            return made
        shared = self._shared.setdefault(key, _Shared())
        async with shared.lock:
            if shared.failure:
                # Each time it is raised it would grow by a traceback.
                raise shared.failure.with_traceback(None)
            if not shared.is_ready:
                try:
                    shared.found = shared.found or make()
                    await shared.found.prepare()
                except DlmError as error:
                    shared.failure = error
                    raise
                shared.is_ready = True
        found: _P = shared.found
        return found


async def _close(made: list[Any]) -> None:
    with anyio.CancelScope(shield=True):
        for each in reversed(made):
            if each is not None:
                await each.aclose()
