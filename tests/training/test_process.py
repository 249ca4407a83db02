"""Training process: a process of its own for one long work."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from support import process_jobs as jobs
from support.memory_errors import MEMORY_ERRORS

from dlm_lsp.errors import ModelError
from dlm_lsp.training.process import explain_failure, stream_events


def test_what_is_told_comes_in_order():
    assert list(stream_events(jobs.count, 3)) == [0, 1, 2]


def test_the_process_ends_with_the_iterator():
    events = stream_events(jobs.tell_pid, None)
    pid = next(events)
    assert pid != os.getpid()
    events.close()
    assert not psutil.pid_exists(pid)


def test_a_killed_process_is_one_clear_line():
    events = stream_events(jobs.be_killed, None)
    assert next(events) == 1
    with pytest.raises(ModelError, match=r"died.*memory"):
        next(events)


def test_a_foreseen_failure_comes_back_as_it_is_and_noise_does_not(capfd):
    with pytest.raises(ModelError, match=r"^no model; name another$"):
        list(stream_events(jobs.refuse, None))
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_reaches_whoever_iterates_and_not_the_process():
    events = stream_events(jobs.tell_pid, None)
    process = psutil.Process(next(events))
    process.send_signal(signal.SIGINT)
    assert process.is_running()
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    events.close()


def test_it_dies_with_its_parent_and_does_first_what_is_to_be_done_then(tmp_path):
    pipe = tmp_path / "pid"
    os.mkfifo(pipe)
    script = (
        "import functools, sys\n"
        "from support import process_jobs\n"
        "from dlm_lsp.training.process import stream_events\n"
        "if __name__ == '__main__':\n"
        "    last = functools.partial(process_jobs.leave_word, sys.argv[1])\n"
        "    list(stream_events(process_jobs.pid_into, sys.argv[1], last))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", script, pipe], env=environment)
    child = psutil.Process(int(Path(pipe).read_text()))
    parent.kill()
    parent.wait()
    assert pipe.read_text() == "orphaned"
    child.wait(timeout=5)
    assert not child.is_running()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        *((error, "micro_batch_size") for error in MEMORY_ERRORS.values()),
        (OSError(28, "No space left on device"), "the disk of the store is full"),
        (OSError(122, "Disk quota exceeded"), "is full"),
        (RuntimeError("PytorchStreamWriter failed writing file data/0"), "is full"),
        (
            RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0"),
            "is full",
        ),
        (ZeroDivisionError("division\nby zero"), "ZeroDivisionError: division\\)"),
    ],
)
def test_each_failure_is_one_line_with_what_to_do(error, advice):
    message = explain_failure(error)
    assert re.search(advice, message)
    assert "\n" not in message
