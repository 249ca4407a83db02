"""Second attempts: a request that came to nothing is made once more, behind all the others."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

import anyio

from dlm_lsp.errors import CrowdedError, LateError, TeacherError, UnusableReplyError
from dlm_lsp.synth.off_loop import run_off_loop
from dlm_lsp.synth.reply_faults import reply_fault
from dlm_lsp.teachers.protocol import (
    CheckRequest,
    PairRequest,
    Replier,
    Reply,
    Request,
    TeacherResult,
)

_R = TypeVar("_R", PairRequest, CheckRequest)


async def answer_twice(
    teacher: Replier[_R],
    requests: Sequence[_R],
    may_repeat: Callable[[_R, int], bool],
    on_wasted: Callable[[_R, Reply | None], None],
) -> AsyncGenerator[TeacherResult, None]:
    """Answer each request as the teacher does; an empty reply, or one cut to nothing, is an error.

    Such a request, and one that others kept from its answer, is made once more if `may_repeat`
    allows it, which counts it then; it is told how many requests are still to be yielded. What was
    of no use is handed to `on_wasted`, for it has its cost; None is a reply that did not come.

    Raises:
        TeacherError: as the teacher; what failed before is told first, as before a cancellation.
    """
    failed: dict[int, TeacherResult] = {}
    try:
        async with aclosing(_checked(teacher, requests, on_wasted)) as results:
            async for result in results:
                if isinstance(result.outcome, UnusableReplyError | CrowdedError):
                    failed[result.index] = result
                else:
                    yield result
    except (TeacherError, anyio.get_cancelled_exc_class()):
        for result in failed.values():
            yield result
        raise
    again = [index for index in sorted(failed) if may_repeat(requests[index], len(failed))]
    for index in sorted(failed.keys() - set(again)):
        yield failed[index]
    if again:
        repeated = [requests[index] for index in again]
        async with aclosing(_checked(teacher, repeated, on_wasted)) as results:
            async for result in results:
                before = failed[again[result.index]]
                repeats = before.repeats + result.repeats
                yield replace(result, index=before.index, repeats=repeats)


async def _checked(
    teacher: Replier[_R], requests: Sequence[_R], on_wasted: Callable[[_R, Reply | None], None]
) -> AsyncGenerator[TeacherResult, None]:
    """Answer as the teacher does, with the error that a reply amounts to in its place."""
    async with aclosing(teacher.answer(requests)) as results:
        async for result in results:
            reply = result.outcome
            if isinstance(reply, LateError):
                on_wasted(requests[result.index], None)
            if isinstance(reply, Reply) and (fault := await _fault(requests[result.index], reply)):
                on_wasted(requests[result.index], reply)
                error = UnusableReplyError(f"the reply of {teacher.name} {fault}")
                yield replace(result, outcome=error)
            else:
                yield result


async def _fault(request: Request, reply: Reply) -> str:
    # Somebody may be typing. It was paid for, whoever ends the run.
    with anyio.CancelScope(shield=True):
        fault = await run_off_loop(reply_fault, request, reply, size=len(reply.text))
    return fault  # noqa: RET504 (mypy takes it that a scope may swallow the return)
