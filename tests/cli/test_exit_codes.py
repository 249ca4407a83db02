import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.teacher_server import DLM

from dlm_lsp.cli.exit_codes import run_command
from dlm_lsp.errors import (
    DlmError,
    JudgeError,
    ModelError,
    OptionError,
    SelectorError,
    StoreError,
    TeacherError,
    UsageError,
)
from dlm_lsp.store.lock import document_lock


def failing(error: BaseException):
    def command(**_: object) -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreError("x is missing; look again"), 1),
        (TeacherError("x is missing; look again"), 1),
        (JudgeError("x is missing; look again"), 1),
        (ModelError("x is missing; look again"), 1),
        (DlmError("x is missing; look again"), 1),
        (SelectorError("x is missing; look again"), 2),
        (UsageError("x is missing; look again"), 2),
    ],
)
def test_an_expected_error_is_one_line_and_an_exit_code(error, code, capsys):
    with pytest.raises(SystemExit) as ended:
        run_command(failing(error))
    assert ended.value.code == code
    assert capsys.readouterr().err == "dlm: x is missing; look again\n"


@pytest.mark.parametrize(
    "args", [["synth", "list"], ["synth", "nosuch"], ["check", "x", "--output-format", "xml"]]
)
def test_a_usage_error_is_json_too_where_that_was_asked_for(dlm, args):
    refused = dlm(*args, "--json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--strategy", "bth"], "'--strategy': 'bth' is not one of 'extraction', 'expansion', "),
        (["--max-cost", "much"], "'--max-cost': it takes a number ("),
        (["--per-section", "many"], "'--per-section': it takes a whole number ("),
    ],
)
def test_a_value_that_cannot_be_is_told_in_plain_words(dlm, flags, words):
    refused = dlm("synth", "instructions", "x.dlm", *flags)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"dlm: Invalid value for {words}")


@pytest.mark.posix
@pytest.mark.parametrize(("flags", "shown"), [([], ""), (["--json"], '{"error": "interrupted"}\n')])
def test_an_interrupt_while_waiting_for_the_lock_is_told_with_exit_code_130(
    command, staged, home, flags, shown
):
    (folder,) = home.glob("store/*")
    with document_lock(folder, "a test", lambda _: None):
        process = command("synth", "apply", staged, *flags)
        assert "a test" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err) == (shown, "dlm: interrupted\n")


def test_an_interrupt_outside_of_any_command_is_told_as_well(capsys):
    with pytest.raises(SystemExit) as ended:
        run_command(failing(KeyboardInterrupt()))
    assert ended.value.code == 130
    assert capsys.readouterr().err == "dlm: interrupted\n"


def test_an_option_is_told_by_its_flag(capsys):
    error = OptionError("temperature", 3.0, "takes what {other} takes", other="top_p")
    with pytest.raises(SystemExit) as ended:
        run_command(failing(error))
    assert ended.value.code == 2
    assert capsys.readouterr().err == "dlm: --temp is 3.0; it takes what --top-p takes\n"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError(), "ZeroDivisionError"),
        (ValueError("first\nsecond"), "ValueError: first"),
        (FileNotFoundError(2, "No such file", "a.txt"), "FileNotFoundError: [Errno 2] No such"),
        (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left on device"),
    ],
)
def test_a_defect_of_ours_is_told_as_one(error, words, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["dlm", "check", "x", "--json"])
    with pytest.raises(SystemExit) as ended:
        run_command(failing(error))
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert line.startswith(f"dlm: a defect of dlm, not of what you did: {words}")
    assert "second" not in line
    assert json.loads(out)["error"] == line.removeprefix("dlm: ")
    log = tmp_path / "logs" / "defects.log"
    assert str(log) in line
    assert "in command" in log.read_text("utf-8")


DEFECT = """
import sys
from dlm_lsp.store import plan
from dlm_lsp.cli.app import main

def fail(*_):
    raise {error}

plan._entries = plan.load_plan = fail
import dlm_lsp.cli.listing
dlm_lsp.cli.listing.load_plan = fail
main()
"""


@pytest.mark.parametrize(
    "error",
    [
        "OSError(5, 'it broke')",
        "BrokenPipeError(32, 'it broke')",
        "EOFError('it broke')",
        "KeyError('it broke')",
    ],
)
def test_a_defect_deep_in_a_command_is_told_and_logged(document, tmp_path, home, error):
    done = subprocess.run(
        [sys.executable, "-c", DEFECT.format(error=error), "synth", "list", document()],
        env={**os.environ, "DLM_HOME": str(home)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(
        f"dlm: a defect of dlm, not of what you did: {error.partition('(')[0]}: "
    )
    assert "it broke" in line
    assert "in fail" in (home / "logs" / "defects.log").read_text("utf-8")


@pytest.mark.posix
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "args",
    [["synth", "list", "."], ["synth", "list", ".", "--json"], ["nosuch", "--json"], ["--version"]],
)
def test_an_output_that_takes_no_more_is_one_line_and_exit_code_1(
    document, tmp_path, args, unbuffered
):
    document()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [DLM, *args],
            cwd=tmp_path,
            env={**os.environ, "DLM_HOME": str(tmp_path), "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    line = "dlm: cannot write the output: No space left on device; make room for it"
    assert done.stderr.splitlines()[-1] == line
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.posix
@pytest.mark.parametrize(
    ("args", "closed", "code"),
    [
        (["--version"], ">&-", 0),
        (["check", "."], ">&-", 0),
        (["nosuch"], ">&- 2>&-", 2),
        (["prompt", "towns.dlm"], "<&-", 2),
        (["synth", "review", "towns.dlm"], "<&-", 2),
        (["synth", "discard", "towns.dlm"], "<&-", 0),
    ],
)
def test_a_closed_stream_takes_and_gives_nothing(document, tmp_path, home, args, closed, code):
    document()
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {closed}', DLM, *args],
        cwd=tmp_path,
        env={**os.environ, "DLM_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_read_enough_is_no_error(command, tmp_path, document):
    for number in range(200):
        (tmp_path / f"{number}.dlm").write_text("no frontmatter\n" * 50)
    process = command("check", ".")
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    assert process.wait(30) == 1
