"""Contract test for teachers: the protocol's promises, checked on a teacher of yours.

Any test runner can run it; nothing of pytest is imported:

    async def test_my_teacher_keeps_the_contract():
        await check_teacher(lambda: select("cards:pairs.txt", ...))

The teacher gets real requests, for a few pairs each: give it a server of your own or a fake one.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import get_args

from dlm_lsp.errors import TeacherError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.synth.reply_faults import read_pairs
from dlm_lsp.teachers.kind import TeacherContext, TeacherKind, row_fault
from dlm_lsp.teachers.protocol import (
    GenerationOptions,
    PairRequest,
    Reply,
    Teacher,
    TeacherLimits,
    TeacherResult,
    limits_of,
)

__all__ = [
    "DEFAULT_REQUESTS",
    "ContractError",
    "GenerationOptions",
    "PairRequest",
    "Reply",
    "Teacher",
    "TeacherContext",
    "TeacherKind",
    "TeacherLimits",
    "TeacherResult",
    "check_kind",
    "check_missing_package",
    "check_teacher",
]

_PROSE = "Oslo is the capital of Norway. The city lies at the head of the Oslofjord."
DEFAULT_REQUESTS = (
    PairRequest(_PROSE, "extraction", 1),
    PairRequest(_PROSE, "expansion", 2),
    PairRequest("The bridge of Harrow was built in 1899.", "extraction", 1),
)
"""The requests that `check_teacher` makes unless it is given others."""
_UNFIT_FOR_MARKER = re.compile(r'["\r\n]|-->')


class ContractError(AssertionError):
    """A promise of the protocol that a teacher does not keep."""


def check_kind(kind: TeacherKind) -> None:
    """Check the row of a plugin: its name, its description and its needs.

    Raises:
        ContractError: naming what is wrong.
    """
    _check(
        re.fullmatch(r"[a-z][a-z0-9-]{0,30}", kind.name) is not None,
        f"the name {kind.name!r} is not of lower-case letters, digits and hyphens",
    )
    fault = row_fault(kind)
    _check(fault is None, fault or "")


async def check_missing_package(kind: TeacherKind, context: TeacherContext) -> None:
    """Check that a teacher whose package is missing says so; call it where it cannot be imported.

    Raises:
        ContractError: it fails in another way, or not at all.
    """
    try:
        await kind.create(context).prepare()
    except TeacherError as error:
        _check("pip install" in str(error), f"no remedy is named: {error}")
    except ImportError as error:
        raise ContractError(f"an ImportError and no TeacherError: {error}") from error
    else:
        raise ContractError("prepare succeeded although a package is missing")


async def check_teacher(
    create: Callable[[], Teacher],
    *,
    requests: Sequence[PairRequest] = DEFAULT_REQUESTS,
    secrets: Collection[str] = (),
    unanswerable: PairRequest | None = None,
    needs_pairs: bool = False,
) -> None:
    """Check that the teachers that `create` returns keep every promise of the protocol.

    `requests` are two or more that differ, without those by a strategy that the teacher refuses;
    `secrets` are the keys that may stand in no name and no fingerprint; `unanswerable` is a request
    that this teacher fails at, which may cost no other; `needs_pairs` demands a pair in the first
    reply, which random weights would not write.

    Raises:
        ContractError: naming the promise that is broken.
    """
    teacher = create()
    try:
        await teacher.prepare()
        refused = _checked_limits(teacher).refused
        requests = [request for request in requests if request.strategy not in refused]
        _check(
            len(set(requests)) >= 2,
            "the contract needs two different requests by what the teacher writes",
        )
        identity = _identity(teacher, requests)
        await teacher.prepare()
        _check(_identity(teacher, requests) == identity, "preparing again changes the teacher")
        _check_name(teacher)
        _check_fingerprints(teacher, requests, secrets)
        await _check_counts(teacher, requests)
        await _check_answers(teacher, requests, needs_pairs=needs_pairs)
        if unanswerable:
            await _check_failure(teacher, requests, unanswerable)
        _check(await _answers(teacher, []) == {}, "no request has an answer")
        await _check_cancelling(teacher, requests)
    finally:
        await teacher.aclose()
    await teacher.aclose()
    again = create()
    try:
        await again.prepare()
        _check(
            _identity(again, requests) == identity, "another run has other names or fingerprints"
        )
    finally:
        await again.aclose()


def _check(holds: bool, violation: str) -> None:  # noqa: FBT001
    if not holds:
        raise ContractError(violation)


def _identity(teacher: Teacher, requests: Sequence[PairRequest]) -> object:
    prints = [teacher.fingerprint(request) for request in requests]
    return teacher.name, teacher.remote_host, teacher.window, limits_of(teacher), prints


def _checked_limits(teacher: Teacher) -> TeacherLimits:
    limits = limits_of(teacher)
    _check(isinstance(limits, TeacherLimits), f"its limits are no TeacherLimits: {limits!r}")
    lines = [*limits.refused.values(), limits.warning or "none"]
    _check(
        all(line.strip() and "\n" not in line for line in lines),
        "a strategy is refused without a reason, or a reason or warning is more than one line",
    )
    strategies = get_args(Strategy)
    _check(not set(strategies) <= set(limits.refused), f"it refuses every strategy: {strategies}")
    return limits


def _check_name(teacher: Teacher) -> None:
    name = teacher.name
    _check(
        bool(name) and name.isprintable() and not _UNFIT_FOR_MARKER.search(name),
        f"the name {name!r} does not fit into a marker: no quote, line break or end of a comment",
    )
    window = teacher.window
    _check(window is None or window > 0, f"a window of {window} tokens holds no prose")


def _check_fingerprints(
    teacher: Teacher, requests: Sequence[PairRequest], secrets: Collection[str]
) -> None:
    first = requests[0]
    others = [
        replace(first, prose=f"{first.prose} It is so."),
        replace(first, count=first.count + 1),
        # A second request names both, and a teacher heeds whichever it has a use for.
        replace(first, sentences=(first.prose,), have=(("Is it so?", "It is."),)),
    ]
    prints = [teacher.fingerprint(request) for request in (first, *others)]
    _check(
        len(set(prints)) == len(prints),
        "requests that differ in prose, in count, or in sentences and pairs at hand have one "
        "fingerprint",
    )
    for text in (teacher.name, *prints):
        _check(
            not any(secret in text for secret in secrets),
            "a key stands in the name or in a fingerprint",
        )


async def _check_counts(teacher: Teacher, requests: Sequence[PairRequest]) -> None:
    counts = await teacher.count_tokens(requests)
    _check(
        counts is None or (len(counts) == len(requests) and min(counts) >= 0),
        f"count_tokens gives {counts} for {len(requests)} requests",
    )


async def _answers(
    teacher: Teacher, requests: Sequence[PairRequest]
) -> dict[int, Reply | TeacherError]:
    outcomes: dict[int, Reply | TeacherError] = {}
    async with aclosing(teacher.answer(requests)) as results:
        async for result in results:
            _check(result.index not in outcomes, f"request {result.index} is answered twice")
            outcomes[result.index] = result.outcome
    return outcomes


async def _check_answers(
    teacher: Teacher, requests: Sequence[PairRequest], *, needs_pairs: bool
) -> None:
    outcomes = await _answers(teacher, requests)
    _check(
        sorted(outcomes) == list(range(len(requests))),
        f"{len(requests)} requests have answers for {sorted(outcomes)}",
    )
    for outcome in outcomes.values():
        if isinstance(outcome, TeacherError):
            _check("\n" not in str(outcome), "an error is more than one line")
            continue
        _check(isinstance(outcome, Reply), f"an outcome is neither reply nor error: {outcome!r}")
        _check(isinstance(outcome.text, str), "the text of a reply is no text")
    if needs_pairs:
        first = outcomes[0]
        _check(isinstance(first, Reply), f"the first request failed: {first}")
        if isinstance(first, Reply):
            _check(
                bool(read_pairs(first).pairs),
                f"the reply holds no pair: {first.text[:200]!r}",
            )


async def _check_failure(
    teacher: Teacher, requests: Sequence[PairRequest], unanswerable: PairRequest
) -> None:
    outcomes = await _answers(teacher, [requests[0], unanswerable, requests[1]])
    failed = sorted(at for at, outcome in outcomes.items() if isinstance(outcome, TeacherError))
    _check(
        sorted(outcomes) == [0, 1, 2] and failed == [1],
        f"one request of three cannot be answered, and those that fail are {failed}",
    )


async def _check_cancelling(teacher: Teacher, requests: Sequence[PairRequest]) -> None:
    before = asyncio.all_tasks()
    async with aclosing(teacher.answer(requests)) as results:
        async for _ in results:
            break
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    _check(not left, f"{len(left)} tasks still run after the answers were closed")
