"""GPU check: a row costs itself and no other, and what cannot be done here says why."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench.gpu import Row, line, run_row

ROOT = Path(__file__).parents[2]


def python(code: str, limit: float = 60.0) -> Row:
    return run_row("row", [sys.executable, "-c", code], limit)


def answer(outcome: str) -> str:
    return (
        "import os, json; open(os.environ['ROW'], 'w')"
        f".write(json.dumps({{'outcome': {outcome!r}, 'words': 'why'}}))"
    )


@pytest.mark.parametrize("outcome", ["ok", "failed", "not possible here"])
def test_a_row_says_what_came_of_it(outcome: str) -> None:
    row = python(answer(outcome))
    assert (row.outcome, row.words) == (outcome, "why")


@pytest.mark.posix
def test_a_row_that_is_killed_has_failed() -> None:
    row = python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert row.outcome == "failed"
    assert row.words.startswith("ended by SIGKILL")


def test_a_row_that_ends_without_an_answer_has_failed_with_its_last_words() -> None:
    row = python("import sys; sys.exit('the driver is gone')")
    assert (row.outcome, row.words) == ("failed", "ended with 1: the driver is gone")


@pytest.mark.posix
def test_a_row_that_takes_too_long_has_failed_and_leaves_no_process(tmp_path: Path) -> None:
    fork = (
        f"import os, time; forked = os.fork(); open({str(tmp_path)!r} + f'/{{os.getpid()}}', 'w')"
    )
    row = python(f"{fork}; time.sleep(600)", limit=5.0)
    assert row.outcome == "failed"
    assert row.words.startswith("took more than 5 s")
    both = [int(path.name) for path in tmp_path.iterdir()]
    assert len(both) == 2
    # Whoever takes in the orphans may not have reaped them yet.
    _, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in both if psutil.pid_exists(pid)], 60
    )
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_row_of_the_table_is_one_line() -> None:
    shown = line(Row("train", "failed", 12.3, "a | b\nc"))
    assert shown == "| train | **failed** | 12 | a \\| b c |"


def check(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench.gpu", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


def test_a_rehearsal_runs_what_needs_no_gpu_and_names_what_needs_one() -> None:
    done = check("--device", "cpu", "train with qlora", "score beyond float16")
    assert done.returncode == 0, done.stdout + done.stderr
    qlora, score = done.stdout.splitlines()[-2:]
    assert "not possible here" in qlora
    assert "qlora needs a GPU with CUDA" in qlora
    assert score.startswith("| score beyond float16 | ok |")


def test_without_a_gpu_it_does_not_seem_to_have_checked_one() -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is one")
    assert check("train").returncode == 2
