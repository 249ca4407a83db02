import subprocess

import pytest

from dlm_lsp.cli.failure import UsageError, run
from dlm_lsp.store.error import StoreError
from dlm_lsp.synth.options import OptionError
from dlm_lsp.teachers.protocol import TeacherError


def failing(error: BaseException):
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreError("x is missing; look again"), 1),
        (TeacherError("x is missing; look again"), 1),
        (OptionError("x is missing; look again"), 2),
        (UsageError("x is missing; look again"), 2),
    ],
)
def test_an_expected_error_is_one_line_and_an_exit_code(error, code, capsys):
    with pytest.raises(SystemExit) as ended:
        run(failing(error))
    assert ended.value.code == code
    assert capsys.readouterr().err == "dlm: x is missing; look again\n"


def test_an_interrupt_is_exit_code_130(capsys):
    with pytest.raises(SystemExit) as ended:
        run(failing(KeyboardInterrupt()))
    assert ended.value.code == 130


def test_a_defect_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))


def test_a_reader_that_has_read_enough_is_no_error(command, tmp_path, document):
    for number in range(200):
        (tmp_path / f"{number}.dlm").write_text("no frontmatter\n" * 50)
    process = command("check", ".")
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    assert process.wait(30) == 1
    assert isinstance(process, subprocess.Popen)
