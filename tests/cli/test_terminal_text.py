"""Terminal text: colour and width in a real terminal, plain text in a pipe."""

import os
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from support.pty_process import PtyProcess
from support.teacher_server import DLM

from dlm_lsp.cli import terminal_text

STYLE = re.compile("\x1b\\[([0-9;]*)m")


def environment(home: Path, **more: str) -> Mapping[str, str]:
    unset = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR")
    usual = {name: value for name, value in os.environ.items() if name not in unset}
    return {**usual, "TERM": "xterm-256color", "LANG": "C.UTF-8", "DLM_HOME": str(home), **more}


def shown(home: Path, *command: object, columns: int = 100, **more: str) -> str:
    """Return all that a command writes to a terminal so wide."""
    words = [str(DLM), *map(str, command)]
    env = environment(home, **more)
    with PtyProcess.running(words, env, home.parent, (40, columns)) as process:
        process.end()
        return process.shown.replace("\r\n", "\n")


@pytest.fixture
def listed(staged, home, dlm):
    """What a pipe gets of a document with staged pairs."""
    return staged, dlm("synth", "list", staged).stdout


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_no_line_is_wider_than_the_terminal_and_no_letter_is_lost(listed, home, columns):
    path, piped = listed
    text = STYLE.sub("", shown(home, "synth", "list", path, columns=columns))
    words = [line for line in text.splitlines() if str(path) not in line]
    assert max(map(cell_len, words)) <= columns
    assert "".join(text.split()) == "".join(piped.split())


def test_what_goes_on_below_begins_under_its_words(listed, home):
    path, _ = listed
    lines = STYLE.sub("", shown(home, "synth", "list", path, columns=40)).splitlines()
    at = next(n for n, line in enumerate(lines) if line.lstrip().startswith("- q: "))
    answer = next(n for n, line in enumerate(lines) if line.lstrip().startswith("a: "))
    assert {line[:6].isspace() for line in lines[at + 1 : answer]} <= {True}


def test_a_terminal_shows_colours_unless_they_are_unwanted(home, tmp_path):
    path = tmp_path / "slip.dlm"
    path.write_text("no frontmatter\n")
    assert "31" in STYLE.findall(shown(home, "check", path))
    assert not STYLE.findall(shown(home, "check", path, NO_COLOR="1"))
    assert not STYLE.findall(shown(home, "check", path, TERM="dumb"))


def test_a_pipe_gets_no_style_and_no_break(listed):
    _, piped = listed
    assert "\x1b" not in piped


def test_a_problem_stands_in_one_line_however_long(home, tmp_path):
    path = tmp_path / "slip.dlm"
    path.write_text("no frontmatter\n")
    text = STYLE.sub("", shown(home, "check", path, columns=40))
    assert f"{path}:1:1: error missing-frontmatter: " in text.replace("\n", "", 0)


def test_what_could_steer_the_terminal_is_shown_as_an_escape(home, tmp_path):
    path = tmp_path / "sl\x1b[31mip.dlm"
    path.write_text("no frontmatter\n")
    assert "sl\\x1b[31mip.dlm" in shown(home, "check", path)


@given(st.text(alphabet=" +-abc\n", max_size=90))
def test_wrapping_always_keeps_every_letter_and_the_width(text):
    seen = StringIO()
    console = Console(file=seen, force_terminal=True, width=30, no_color=True, markup=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terminal_text, "out", lambda: console)
        terminal_text.print_lines([("plain", text)])
    assert "".join(seen.getvalue().split()) == "".join(text.split())
    assert all(len(line) <= 30 for line in seen.getvalue().splitlines() if line.strip(" +-"))
