"""Second attempts: a request that came to nothing is made once more, behind all the others."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

from dlm_lsp.errors import TeacherError, UnusableReplyError
from dlm_lsp.synth.reply_faults import reply_fault
from dlm_lsp.teachers.protocol import PairRequest, Replier, Reply, TeacherResult, VerdictRequest

_R = TypeVar("_R", PairRequest, VerdictRequest)


async def answer_twice(
    teacher: Replier[_R], requests: Sequence[_R], may_repeat: Callable[[], bool]
) -> AsyncGenerator[TeacherResult, None]:
    """Answer each request as the teacher does; an empty, broken or useless reply is an error.

    Such a request is made once more if `may_repeat` allows it, which counts it then. What the first
    reply cost is added to the second.

    Raises:
        TeacherError: as the teacher; what failed before is told first.
    """
    failed: dict[int, tuple[UnusableReplyError, Reply | None]] = {}
    try:
        async with aclosing(teacher.answer(requests)) as results:
            async for result in results:
                outcome = _checked(teacher, requests[result.index], result.outcome)
                if isinstance(outcome, UnusableReplyError):
                    wasted = result.outcome if isinstance(result.outcome, Reply) else None
                    failed[result.index] = outcome, wasted
                else:
                    yield result
    except TeacherError:
        for index, (error, _) in failed.items():
            yield TeacherResult(index, error)
        raise
    again = [index for index in sorted(failed) if may_repeat()]
    for index in sorted(failed.keys() - set(again)):
        yield TeacherResult(index, failed[index][0])
    if not again:
        return
    async with aclosing(teacher.answer([requests[index] for index in again])) as results:
        async for result in results:
            index = again[result.index]
            outcome = _checked(teacher, requests[index], result.outcome)
            wasted = failed[index][1]
            if isinstance(outcome, Reply) and wasted:
                outcome = replace(
                    outcome,
                    tokens_in=_sum(wasted.tokens_in, outcome.tokens_in),
                    tokens_out=_sum(wasted.tokens_out, outcome.tokens_out),
                )
            yield TeacherResult(index, outcome)


def _checked(
    teacher: Replier[_R], request: _R, outcome: Reply | TeacherError
) -> Reply | TeacherError:
    """Return the outcome, or the error that it amounts to."""
    if isinstance(outcome, Reply) and (fault := reply_fault(request, outcome)):
        return UnusableReplyError(f"the reply of {teacher.name} {fault}")
    return outcome


def _sum(first: int | None, second: int | None) -> int | None:
    return second if first is None else first + (second or 0)
