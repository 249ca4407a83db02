from types import SimpleNamespace

import anyio
import pytest

from dlm_lsp.teachers.error_messages import OutOfTimeError
from dlm_lsp.teachers.transport import begin_attempt, end_attempt, with_deadline


def head(status: int) -> SimpleNamespace:
    return SimpleNamespace(status_code=status)


async def test_what_ends_in_time_is_handed_on():
    async def work():
        await begin_attempt(None)
        await end_attempt(head(200))
        return "fine"

    assert await with_deadline(work, 60) == "fine"


async def test_what_takes_too_long_is_cancelled():
    ended = []

    async def work():
        try:
            await begin_attempt(None)
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    with pytest.raises(OutOfTimeError):
        await with_deadline(work, 0.01)
    assert ended


async def test_the_body_of_a_reply_has_to_come_in_time_too():
    async def work():
        await begin_attempt(None)
        await end_attempt(head(200))
        await anyio.sleep_forever()

    with pytest.raises(OutOfTimeError):
        await with_deadline(work, 0.01)


async def test_every_attempt_has_the_whole_time():
    deadlines = []

    async def work():
        for _ in range(2):
            await begin_attempt(None)
            deadlines.append(anyio.current_effective_deadline())
            await anyio.sleep(0.01)

    await with_deadline(work, 60)
    assert deadlines[1] - deadlines[0] >= 0.01


async def test_the_pause_that_a_refusal_asks_for_does_not_count():
    async def work():
        await begin_attempt(None)
        await end_attempt(head(429))
        return anyio.current_effective_deadline() - anyio.current_time()

    assert await with_deadline(work, 0.5) > 120


async def test_a_request_outside_is_left_alone():
    await begin_attempt(None)
    await end_attempt(head(500))
    assert anyio.current_effective_deadline() == float("inf")
