"""Progress bar on a terminal."""

import io

from rich.console import Console

from dlm_lsp.cli import output, progress_line
from dlm_lsp.cli.progress_line import ProgressLine


def _shown(monkeypatch, *, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    for module in (output, progress_line):
        monkeypatch.setattr(module, "err", lambda: console)
    with ProgressLine("synth", "waiting") as line:
        line.update(total=3)
        line.update(completed=2, state="2 accepted")
        line.update(completed=3)
    return console.file.getvalue()


def test_a_terminal_shows_what_is_done_and_the_last_word_on_its_state(monkeypatch):
    shown = _shown(monkeypatch, terminal=True)
    assert "3/3" in shown
    assert "2 accepted" in shown


def test_elsewhere_nothing_is_shown(monkeypatch):
    assert _shown(monkeypatch, terminal=False) == ""
