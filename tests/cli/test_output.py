from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dlm_lsp.cli import output
from dlm_lsp.cli.output import escape_controls, pluralize


@pytest.mark.parametrize(("count", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_a_count_has_its_noun_in_the_right_number(count, words):
    assert pluralize(count, "file") == words


@pytest.mark.parametrize(
    "words", ["Où est-ce\u00a0?", "東京\u3000大阪", "می\u200cخواهم", "👩\u200d🚀", "two\nlines"]
)
def test_what_a_script_needs_is_shown_as_it_is(words):
    assert escape_controls(words) == words


@pytest.mark.parametrize("control", ["\x1b", "\r", "\t", "\x9b", "\u202e", "\u2028", "\ufeff"])
def test_what_could_steer_a_terminal_is_shown_as_an_escape(control):
    assert escape_controls(f"a{control}b").isprintable()


def test_long_lines_are_not_wrapped(dlm, tmp_path):
    path = tmp_path / ("x" * 200 + ".dlm")
    path.write_text("no frontmatter\n")
    (line,) = dlm("check", path).stdout.splitlines()
    assert line.startswith(f"{path}:1:1: error")


@pytest.fixture
def terminal(monkeypatch) -> StringIO:
    """What is seen at a terminal of 30 columns."""
    seen = StringIO()
    console = Console(file=seen, force_terminal=True, width=30, markup=False, emoji=False)
    monkeypatch.setattr(output, "out", lambda: console)
    return seen


def test_a_terminal_folds_pairs_at_words_and_keeps_their_indent(terminal):
    output.print_folded("Pending\n    - q: How many mills does Ville1 have?\n\n      a: 11 \x1b[2J")
    assert terminal.getvalue().splitlines() == [
        "Pending",
        "    - q: How many mills does",
        "      Ville1 have?",
        "",
        "      a: 11 \\x1b[2J",
    ]


@given(st.text(alphabet=" +-abc", max_size=90))
def test_folding_loses_no_word(line):
    seen = StringIO()
    console = Console(file=seen, force_terminal=True, width=30, markup=False, emoji=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output, "out", lambda: console)
        output.print_folded(line)
    shown = seen.getvalue()
    assert "".join(shown.split()) == "".join(line.split())
    assert all(len(part.rstrip()) <= 30 for part in shown.splitlines() if part.strip(" +-"))


def test_nothing_but_the_object_is_on_stdout(dlm, document, teacher):
    import json

    from support.teacher_server import plain

    run = dlm("synth", "instructions", document(), *plain(teacher), "--json")
    assert json.loads(run.stdout)["documents"]
    assert run.stderr


def test_a_line_break_in_a_path_does_not_split_a_message(dlm, tmp_path):
    path = tmp_path / "two\nlines.dlm"
    path.write_text("no frontmatter\n")
    shown = f"{tmp_path}/two\\nlines.dlm"
    (line,) = dlm("check", path).stdout.splitlines()
    assert line.startswith(f"{shown}:1:1: error")
    (line,) = dlm("synth", "apply", path).stderr.splitlines()
    assert line.startswith(f"dlm: {shown}:1:1: ")
    (line,) = dlm("check", f"{path}x").stderr.splitlines()
    assert f"{shown}x" in line


def test_a_line_break_in_a_path_does_not_split_a_result(dlm, staged, tmp_path):
    path = staged.rename(tmp_path / "two\nlines.dlm")
    shown = f"{tmp_path}/two\\nlines.dlm"
    assert dlm("synth", "list", path).stdout.splitlines()[0] == shown
    for name in ("apply", "revert", "discard"):
        assert dlm("synth", name, path).stdout.splitlines()[-1].endswith(f" {shown}")
