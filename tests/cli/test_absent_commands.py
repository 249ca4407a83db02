"""Absent commands: each command of the reference is here, or says where it is."""

import json
import subprocess

import pytest

from dlm_lsp.cli.absent_commands import ABSENT_COMMANDS

COMMANDS = """
import json
from dlm.cli.app import app
from typer.main import get_command
commands = get_command(app).commands
print(json.dumps([list(commands), list(commands["synth"].commands)]))
"""


def test_no_command_of_the_reference_is_unknown_here(dlm, reference_python):
    run = subprocess.run(
        [reference_python, "-c", COMMANDS], capture_output=True, text=True, check=True
    )
    top, synth = json.loads(run.stdout)
    theirs = {f"dlm {name}" for name in top} | {f"dlm synth {name}" for name in synth}
    here = {
        f"{group} {line.split()[0]}"
        for group in ("dlm", "dlm synth")
        for line in dlm(*group.split()[1:], "--help").stdout.partition("Commands:")[2].splitlines()
        if line.strip()
    }
    assert theirs - here == set(ABSENT_COMMANDS)


@pytest.mark.parametrize("absent", ABSENT_COMMANDS)
def test_an_absent_command_says_where_it_is_in_one_line_whatever_its_arguments(dlm, absent):
    run = dlm(*absent.split()[1:], "notes.dlm", "--target", "ollama", "--help")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"dlm: `{absent}` is not in this package; see {ABSENT_COMMANDS[absent]}\n"


def test_absent_commands_are_not_in_the_help_and_others_are_unknown(dlm):
    assert "export" not in dlm("--help").stdout.split()
    assert "No such command 'nosuch'" in dlm("nosuch").stderr


def test_an_absent_command_is_told_in_json_where_that_was_asked_for(dlm):
    assert "not in this package" in json.loads(dlm("metrics", "a.dlm", "--json").stdout)["error"]
