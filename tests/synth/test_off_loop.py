"""Off the loop: what is small is computed at once, what is large in a thread."""

import threading

import anyio
import pytest

from dlm_lsp.synth.off_loop import run_off_loop


@pytest.mark.parametrize(("size", "is_here"), [(10, True), (10**6, False)])
async def test_only_what_is_large_goes_to_a_thread(size, is_here):
    found = await run_off_loop(threading.get_ident, size=size)
    assert (found == threading.get_ident()) is is_here


async def test_what_may_be_abandoned_is_not_waited_for():
    release = threading.Event()
    with anyio.move_on_after(0.01) as scope:
        await run_off_loop(release.wait, size=10**6, abandon=True)
    release.set()
    assert scope.cancelled_caught
