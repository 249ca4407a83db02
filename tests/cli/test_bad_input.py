"""Bad input: one clear line each, nothing lost, no half-written file."""

import os
import subprocess

import pytest
from support.teacher_server import DLM, HEAD, plain

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"", "starts with a line that is exactly `---`"),
        (b"just prose\n", "starts with a line that is exactly `---`"),
        (b"---\ndlm_id: x\n", "not closed"),
        (f"---\n{BOMB}---\n".encode(), "more values than a frontmatter can have"),
        (b"---\na: " + b"[" * 3000 + b"]" * 3000 + b"\n---\n", "nested"),
        (HEAD.replace("base_model", "dlm_version: 99\nbase_model").encode(), "newer"),
        (b"---\n" + b"x" * 50_000_000 + b"\n---\n", "50 MB"),
    ],
    ids=["not utf-8", "empty", "no frontmatter", "unclosed", "bomb", "deep", "version 99", "50 MB"],
)
def test_a_document_that_cannot_be_read_is_named_and_left_alone(
    dlm, tmp_path, teacher, content, remedy
):
    path = tmp_path / "bad.dlm"
    path.write_bytes(content)
    run = dlm("synth", "instructions", path, *plain(teacher), "--apply")
    assert run.returncode == 1
    assert str(path) in run.stderr
    assert remedy in run.stderr
    assert path.read_bytes() == content
    assert teacher.asked == []


def test_a_document_that_cannot_be_written_stays_and_its_pairs_stay_staged(
    staged, dlm, tmp_path, home
):
    before = staged.read_bytes()
    # A file size limit stands in for a full disk: the kernel refuses the write halfway.
    size = len(before) // 512
    run = subprocess.run(
        ["bash", "-c", f'ulimit -f {size}; exec "$0" synth apply "$1"', DLM, staged],
        env={**os.environ, "DLM_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("dlm: ")
    assert "Traceback" not in run.stderr
    assert staged.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["home", "towns.dlm"]
    assert "staged pending:     4" in dlm("synth", "list", staged).stdout


@pytest.mark.parametrize("name", ["store.sqlite", "replies.sqlite", "ledger.sqlite"])
@pytest.mark.parametrize("content", [b"not a database", b""], ids=["foreign", "empty"])
def test_a_foreign_database_is_named_and_never_overwritten(
    staged, dlm, home, teacher, name, content
):
    (synth,) = home.rglob("synth")
    database = synth / name
    (synth / "store.sqlite").unlink()
    database.write_bytes(content)
    run = dlm("synth", "instructions", staged, *plain(teacher))
    if content:
        assert run.returncode == 1
        assert str(database) in run.stderr
        assert database.read_bytes() == content
    listed = dlm("synth", "list", staged)
    assert "staged pending:     4" in listed.stdout
    assert (str(database) in listed.stderr) is bool(content and name != "replies.sqlite")


@pytest.mark.parametrize("of_self", [True, False], ids=["self", "judge"])
def test_an_adapter_pointer_that_leaves_the_store_is_refused(staged, dlm, home, teacher, of_self):
    (synth,) = home.rglob("synth")
    pointer = synth.parent / "adapter" / "current.txt"
    pointer.parent.mkdir()
    pointer.write_text("../../../elsewhere\n")
    flags = ["--filter", "none"] if of_self else ["--teacher", teacher.selector]
    run = dlm("synth", "instructions", staged, *flags)
    assert run.returncode == 1
    assert str(pointer) in run.stderr
    assert "outside the store" in run.stderr


def test_an_adapter_that_is_gone_is_no_matter_to_a_run_without_it(staged, dlm, home, teacher):
    (synth,) = home.rglob("synth")
    pointer = synth.parent / "adapter" / "current.txt"
    pointer.parent.mkdir()
    pointer.write_text("adapter/versions/v0001\n")
    assert dlm("synth", "instructions", staged, *plain(teacher)).returncode == 0
    flags = ["--teacher", teacher.selector, "--judge", "hf:org/not-there"]
    assert "the judge is not at hand" in dlm("synth", "instructions", staged, *flags).stderr
    assert str(pointer) in dlm("synth", "instructions", staged, *flags[:2]).stderr


def test_a_home_that_is_a_file_is_named(document, dlm, teacher, home):
    home.write_text("")
    run = dlm("synth", "instructions", document(), *plain(teacher))
    assert run.returncode == 1
    assert str(home) in run.stderr
    assert teacher.asked == []
