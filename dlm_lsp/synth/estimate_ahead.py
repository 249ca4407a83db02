"""Estimate ahead: about what a run will ask, before any text is sent or a model loaded."""

from collections.abc import Hashable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dlm_lsp.document.document import Document
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import TeacherError
from dlm_lsp.store.adapters import current_adapter, first_adapter
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.choose_verifier import is_large, named_verifier, verifier_selector
from dlm_lsp.synth.cost import check_max_cost, find_prices
from dlm_lsp.synth.estimate import Estimate, estimate_run
from dlm_lsp.synth.options import plain_verify
from dlm_lsp.synth.run_notes import RunNotes, run_notes
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import Teacher, Verifier
from dlm_lsp.teachers.registry import check_selector, select


@dataclass(frozen=True, slots=True)
class _Asked:
    """A teacher, whether it is ready to be asked, and why it could not be got ready."""

    teacher: Teacher
    is_ready: bool
    problem: str = ""


class Estimator:
    """Estimates the runs over one document after the other; each teacher is got ready once.

    No text is sent, no model downloaded or loaded (a GGUF file is converted once), and no judge
    needed. A server is asked which model it has; not if `offline`. Where a teacher cannot be made
    ready the estimate is made without, and says why; of a model on this machine all is then taken
    to be asked anew. An async context manager.
    """

    def __init__(self, *, offline: bool = False) -> None:
        self._offline = offline
        self._shared: dict[Hashable, _Asked] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def estimate(
        self,
        document: Document,
        frontmatter: Frontmatter,
        folder: Path,
        request: SynthRequest,
        sections: Sequence[str] | None = None,
    ) -> tuple[Estimate, RunNotes]:
        """Return about what a run will ask, and what is to be told of it.

        `folder` is the document's store; `sections` limits the run to these section ids.

        Raises:
            TeacherError, StoreError, OptionError: as `open_session`.
        """
        options = request.options
        async with AsyncExitStack() as own:
            asked, named = await self._ask(own, frontmatter, folder, request)
            verifier = _verifier(options, asked, named)
            prices = find_prices(asked.teacher, verifier)
            everybody = (asked, named) if named else (asked,)
            # Who is not ready may not have the name that has a price.
            if all(each.is_ready for each in everybody):
                check_max_cost(options, prices)
            is_local = check_selector(request.teacher)[0].is_local
            with ReplyCache(folder) as cache:
                expected = await estimate_run(
                    document,
                    asked.teacher,
                    cache,
                    replace(options, fresh=options.fresh or (is_local and not asked.is_ready)),
                    sections=sections,
                    verifier=verifier,
                    prices=prices,
                )
            problems = [*(each.problem for each in everybody), prices.problem]
            notes = run_notes(folder, request, asked.teacher, expected, [*filter(None, problems)])
        return expected, notes

    async def _ask(
        self, own: AsyncExitStack, frontmatter: Frontmatter, folder: Path, request: SynthRequest
    ) -> tuple[_Asked, _Asked | None]:
        """Return who writes, and who verifies if that is named; `own` lets go of the document's."""
        options = request.options
        selector = verifier_selector(options.verify) if options.filter == "sway" else None
        needs_adapter = any(
            check_selector(each)[0].needs_adapter for each in (request.teacher, selector) if each
        )
        adapter = current_adapter(folder, first_adapter(frontmatter)) if needs_adapter else None

        async def get(name: str, **more: Any) -> _Asked:
            is_own = check_selector(name)[0].needs_adapter
            key = (name, options.sampling, options.device, *more.values())
            if not is_own and key in self._shared:
                return self._shared[key]
            teacher = select(
                name,
                options.sampling,
                concurrency=options.concurrency,
                timeout=options.timeout,
                adapter=adapter,
                base_model=frontmatter.base_model,
                device=options.device,
                **more,
            )
            (own if is_own else self._stack).push_async_callback(teacher.aclose)
            asked = await self._prepared(teacher)
            if not is_own:
                self._shared[key] = asked
            return asked

        asked = await get(request.teacher, options=options.teacher_options, window=options.window)
        return asked, await get(selector) if selector else None

    async def _prepared(self, teacher: Teacher) -> _Asked:
        if self._offline:
            return _Asked(teacher, is_ready=False)
        try:
            await teacher.prepare()
        except TeacherError as error:
            return _Asked(teacher, is_ready=False, problem=str(error))
        return _Asked(teacher, is_ready=True)


def _verifier(options: SynthOptions, asked: _Asked, named: _Asked | None) -> Verifier | None:
    """Return who will verify, as far as that is known without the judge.

    Raises:
        TeacherError: the one that is named cannot verify.
    """
    if named and named.is_ready:
        return named_verifier(named.teacher)
    if named:
        return named.teacher if isinstance(named.teacher, Verifier) else None
    teacher = asked.teacher
    if options.filter != "sway" or plain_verify(options.verify) != "auto":
        return None
    if not isinstance(teacher, Verifier):
        return None
    return teacher if is_large(teacher) else None
