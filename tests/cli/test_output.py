import pytest

from dlm_lsp.cli.output import counted


@pytest.mark.parametrize(("count", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_a_count_has_its_noun_in_the_right_number(count, said):
    assert counted(count, "file") == said


def test_long_lines_are_not_wrapped(dlm, tmp_path):
    path = tmp_path / ("x" * 200 + ".dlm")
    path.write_text("no frontmatter\n")
    (line,) = dlm("check", path).stdout.splitlines()
    assert line.startswith(f"{path}:1:1: error")


def test_nothing_but_the_object_is_on_stdout(dlm, document, teacher):
    import json

    from towns import plain

    run = dlm("synth", "instructions", document(), *plain(teacher), "--json")
    assert json.loads(run.stdout)["documents"]
    assert run.stderr
