"""Process liveness: asked without harm, of processes that run and that are gone."""

import os
import subprocess
import sys

from dlm_lsp.store.process_alive import is_alive


def test_a_process_is_alive_until_it_has_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert is_alive(process.pid)
        assert process.poll() is None
        process.communicate(b"\n")
    assert not is_alive(process.pid)


def test_this_process_is_alive():
    assert is_alive(os.getpid())


def test_a_number_that_no_process_can_have_is_of_none():
    assert not is_alive(2**70)
