import pytest

from dlm_lsp.cli.output import escape_controls, pluralize


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (3000, "3,000 files")]
)
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
