import json
import os
import subprocess
from contextlib import suppress

import pytest
from support.kept_runs import keep_run
from support.teacher_server import DLM, plain, town

from dlm_lsp.api.documents import load_document
from dlm_lsp.document import Pair
from dlm_lsp.synth.report import Candidate


def listed(dlm, path):
    (document,) = json.loads(dlm("synth", "list", path, "--json").stdout)["documents"]
    return [s["section_id"] for s in document["applied"]], [
        s["section_id"] for s in document["staged"]
    ]


def test_apply_puts_every_staged_section_behind_its_source(dlm, staged, teacher):
    asked = len(teacher.asked)
    before = staged.read_text()
    done = dlm("synth", "apply", staged)
    assert done.returncode == 0
    assert "synth apply plan: 4 add, 0 skip" in done.stdout
    assert f"\n{town(1)}\n+ q: How many mills does Ville1 have?\n" in done.stdout
    assert f"  a: Ville1 has 11 mills.\n  evidence: “{town(1)}”\n  towns · " in done.stdout
    lines = staged.read_text().splitlines()
    assert lines[5] == "::instruction::"
    assert lines.index("How many mills does Ville1 have?") < lines.index("::prose::")
    assert dlm("check", staged).returncode == 0
    assert len(teacher.asked) == asked
    dlm("synth", "revert", staged)
    assert staged.read_text() == before


def test_apply_takes_the_sections_that_are_named(dlm, staged):
    _, waiting = listed(dlm, staged)
    dlm("synth", "apply", staged, "--section", waiting[1])
    assert listed(dlm, staged) == ([waiting[1]], [waiting[0], *waiting[2:]])


def test_an_id_that_is_not_staged_is_refused_and_nothing_is_written(dlm, staged):
    before = staged.read_bytes()
    refused = dlm("synth", "apply", staged, "--section", "0" * 16)
    assert refused.returncode == 2
    assert "0" * 16 in refused.stderr
    assert staged.read_bytes() == before


def test_a_section_whose_source_is_gone_stays_staged_and_is_said_so(dlm, staged):
    staged.write_text(staged.read_text().replace("has 11 mills and", "has 12 mills and"))
    done = dlm("synth", "apply", staged)
    assert done.returncode == 1
    assert done.stdout.count("left staged, its source section") == 2
    assert "is gone" in done.stdout
    applied, waiting = listed(dlm, staged)
    assert (len(applied), len(waiting)) == (2, 2)


def test_where_nothing_is_staged_it_is_said_who_writes_some(dlm, staged):
    assert dlm("synth", "apply", staged).stderr == ""
    again = dlm("synth", "apply", staged)
    assert again.returncode == 0
    assert again.stderr.startswith(f"dlm: nothing is staged for {staged}; `dlm synth instructions ")


def test_applying_again_adds_nothing(dlm, staged, home):
    (plan,) = home.rglob("pending.json")
    plan_before = plan.read_bytes()
    dlm("synth", "apply", staged)
    after = staged.read_bytes()
    plan.write_bytes(plan_before)
    done = dlm("synth", "apply", staged)
    assert done.stdout.count("already in the document") == 4
    assert staged.read_bytes() == after


@pytest.mark.posix
def test_apply_keeps_byte_order_mark_line_endings_mode_and_link(dlm, staged, tmp_path):
    staged.write_bytes(b"\xef\xbb\xbf" + staged.read_bytes().replace(b"\n", b"\r\n"))
    staged.chmod(0o640)
    link = tmp_path / "link.dlm"
    link.symlink_to(staged)
    before = staged.read_bytes()
    dlm("synth", "apply", link)
    after = staged.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf---\r\n")
    assert after.count(b"\n") == after.count(b"\r\n") > before.count(b"\n")
    assert (link.is_symlink(), staged.stat().st_mode & 0o777) == (True, 0o640)
    dlm("synth", "revert", link)
    assert staged.read_bytes() == before


def test_placement_end_puts_them_at_the_end(dlm, staged):
    before = staged.read_text()
    dlm("synth", "apply", staged, "--placement", "end")
    assert staged.read_text().startswith(before)


def test_discard_drops_what_is_named_or_all(dlm, staged):
    _, waiting = listed(dlm, staged)
    dlm("synth", "discard", staged, "--section", waiting[0])
    assert listed(dlm, staged) == ([], waiting[1:])
    shown = json.loads(dlm("synth", "discard", staged, "--json").stdout)
    assert shown["documents"][0]["discarded"] == waiting[1:]
    assert listed(dlm, staged) == ([], [])


@pytest.mark.parametrize("named", [True, False])
def test_what_was_discarded_is_put_back_over_a_folder_too(dlm, staged, named):
    _, waiting = listed(dlm, staged)
    chosen = ["--section", waiting[0]] if named else []
    done = dlm("synth", "discard", staged, *chosen)
    assert f"dlm: dlm synth discard --undo {staged} puts back what was dropped" in done.stderr
    undone = dlm("synth", "discard", "--undo", staged.parent)
    count = "1 staged section" if named else "4 staged sections"
    assert undone.stdout == f"synth: put back {count} of {staged}\n"
    assert listed(dlm, staged) == ([], waiting)
    (again,) = json.loads(dlm("synth", "discard", "--undo", staged, "--json").stdout)["documents"]
    assert again == {"path": str(staged), "restored": []}
    assert "nothing to put back" in dlm("synth", "discard", "--undo", staged).stdout


def test_an_undo_over_a_folder_puts_back_what_one_command_dropped(
    dlm, document, home, tmp_path, monkeypatch
):
    monkeypatch.setenv("DLM_HOME", str(home))
    pair = Pair("How many mills does Ville1 have?", "Ville1 has 11 mills.")
    paths = []
    for number in range(3):
        path = document((1, 2), f"{number}.dlm")
        path.write_text(path.read_text().replace("8CE", f"8C{number}"))
        loaded = load_document(path)
        keep_run(path, [Candidate(pair, loaded.document.sections[0].id, "extraction")])
        paths.append(path)
    dlm("synth", "discard", paths[0])
    dlm("synth", "discard", tmp_path)
    undone = dlm("synth", "discard", "--undo", tmp_path).stdout.splitlines()
    assert undone == [
        f"synth: an earlier command dropped what was staged of {paths[0]}; "
        f"dlm synth discard --undo {paths[0]} puts it back",
        *(f"synth: put back 1 staged section of {path}" for path in paths[1:]),
    ]
    assert "put back 1" in dlm("synth", "discard", "--undo", paths[0]).stdout


def test_an_undo_of_some_sections_alone_is_refused(dlm, staged):
    refused = dlm("synth", "discard", "--undo", staged, "--section", "0" * 16)
    assert refused.returncode == 2
    assert "leave --section out" in refused.stderr


@pytest.mark.posix
@pytest.mark.parametrize(("answer", "left"), [("n", 4), ("", 4), ("\x04", 4), ("y", 0), ("Yes", 0)])
def test_who_sits_at_a_terminal_is_asked_before_anything_is_dropped(
    command, dlm, staged, answer, left
):
    shown = at_terminal(command, answer, "synth", "discard", staged.parent)
    assert f"Discard 4 staged sections of {staged}? [y/N]" in shown
    assert ("nothing was dropped" in shown) == (left == 4)
    assert len(listed(dlm, staged)[1]) == left


@pytest.mark.posix
def test_a_ctrl_c_at_the_question_ends_the_command_and_drops_nothing(dlm, staged, home):
    # Windows has no such module.
    from support.pty_process import PtyProcess

    environment = {**os.environ, "DLM_HOME": str(home)}
    command = [str(DLM), "synth", "discard", str(staged)]
    with PtyProcess.running(command, environment, staged.parent) as terminal:
        terminal.answer("[y/N]: ", "\x03")
        assert terminal.end() == 130
    assert terminal.lines()[-2] == "dlm: interrupted"
    assert len(listed(dlm, staged)[1]) == 4


@pytest.mark.posix
def test_who_says_yes_beforehand_is_not_asked(command, dlm, staged):
    assert "[y/N]" not in at_terminal(command, "", "synth", "discard", "--yes", staged)
    assert listed(dlm, staged) == ([], [])


@pytest.mark.posix
def test_where_nothing_is_staged_nobody_is_asked(command, dlm, staged):
    dlm("synth", "discard", staged)
    assert "[y/N]" not in at_terminal(command, "", "synth", "discard", staged)


def at_terminal(command, answer: str, *args: object) -> str:
    """What somebody at a terminal sees of a command, who has typed this answer."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        terminal.write(f"{answer}\n".encode())
        process = command(*args, stdin=theirs, stderr=theirs)
        os.close(theirs)
        process.communicate(timeout=60)
        shown = b""
        # Linux tells the end of a terminal by an error.
        with suppress(OSError):
            while part := terminal.read(1024):
                shown += part
    return shown.decode()


def test_json_tells_what_became_of_each_section(dlm, staged):
    (before,) = json.loads(dlm("synth", "list", staged, "--json").stdout)["documents"]
    (done,) = json.loads(dlm("synth", "apply", staged, "--json").stdout)["documents"]
    assert done == {
        "path": str(staged),
        "added": before["staged"],
        "already_present": [],
        "left_staged": [],
    }
    first = done["added"][0]
    assert (first["question"], first["answer"], first["heading"], first["stale"]) == (
        "How many mills does Ville1 have?",
        "Ville1 has 11 mills.",
        town(1),
        False,
    )
    assert first["teacher"].endswith("#towns")


def test_json_shows_also_the_pairs_that_are_there_already_and_those_that_stay(dlm, staged, home):
    (plan,) = home.rglob("pending.json")
    before = plan.read_bytes()
    dlm("synth", "apply", staged)
    plan.write_bytes(before)
    staged.write_text(staged.read_text().replace("has 12 mills and", "has 13 mills and"))
    dlm("synth", "revert", staged, "--section", listed(dlm, staged)[0][-1])
    (done,) = json.loads(dlm("synth", "apply", staged, "--json").stdout)["documents"]
    assert done["added"] == []
    assert [pair["answer"] for pair in done["already_present"]] == [
        "Ville1 has 11 mills.",
        "In 1501.",
        "Ville2 has 12 mills.",
    ]
    (left,) = done["left_staged"]
    assert (left["answer"], left["stale"], left["heading"]) == ("In 1502.", True, "")
    assert left["reason"] == "its source section has changed or is gone"


def test_the_reference_lists_and_reads_what_we_staged_and_applied(
    dlm, staged, home, reference_python
):
    reference = reference_python.with_name("dlm")
    environment = {**os.environ, "DLM_HOME": str(home), "HOME": str(home), "COLUMNS": "400"}

    def shown() -> str:
        run = subprocess.run(
            [reference, "synth", "list", staged],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    assert "staged pending:     4" in shown()
    dlm("synth", "apply", staged)
    after = shown()
    assert "applied auto-synth: 4" in after
    assert "staged pending:     0" in after


@pytest.mark.parametrize("name", ["apply", "revert", "discard", "list"])
def test_a_document_without_a_sound_frontmatter_is_refused(dlm, tmp_path, name):
    path = tmp_path / "bad.dlm"
    path.write_text("no frontmatter\n")
    refused = dlm("synth", name, path)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"dlm: {path}:1:1: a document starts with")
    assert path.read_text() == "no frontmatter\n"


def test_a_document_that_fails_does_not_stop_the_next(dlm, staged, tmp_path):
    (tmp_path / "a.dlm").write_text("no frontmatter\n")
    done = dlm("synth", "apply", tmp_path / "a.dlm", staged, "--json")
    assert done.returncode == 1
    first, second = json.loads(done.stdout)["documents"]
    assert "starts with" in first["error"]
    assert len(second["added"]) == 4


def test_discard_drops_a_plan_that_cannot_be_read_and_says_so(dlm, staged, home):
    (plan,) = home.rglob("pending.json")
    plan.write_text("[]")
    done = dlm("synth", "discard", staged)
    assert done.returncode == 0
    assert "could not be read; it is dropped" in done.stderr
    assert not plan.exists()


def test_discard_says_nothing_is_dropped_where_that_cannot_be(dlm, staged, home):
    (plan,) = home.rglob("pending.json")
    plan.unlink()
    plan.mkdir()
    refused = dlm("synth", "discard", staged)
    assert refused.returncode == 1
    assert refused.stderr == f"dlm: cannot remove {plan}: Is a directory; remove it by hand\n"


@pytest.mark.posix
def test_what_a_killed_apply_left_beside_the_document_goes_with_the_next_command(
    dlm, staged, home, start, monkeypatch
):
    monkeypatch.setenv("DLM_HOME", str(home))
    before = sorted(staged.parent.iterdir())
    killed = start(
        "import os, sys\n"
        "from dlm_lsp import apply\n"
        "os.fsync = lambda _: (print('half', flush=True), sys.stdin.read())\n"
        "apply(sys.argv[1])\n",
        staged,
    )
    assert killed.stdout.readline() == "half\n"
    killed.kill()
    killed.wait()
    assert len(list(staged.parent.iterdir())) == len(before) + 1
    dlm("synth", "discard", staged)
    assert sorted(staged.parent.iterdir()) == before


@pytest.fixture
def copy(staged):
    """A copy of the document, id and all."""
    path = staged.with_name("zz-copy.dlm")
    path.write_bytes(staged.read_bytes())
    return path


@pytest.mark.parametrize("name", ["apply", "discard"])
def test_what_is_staged_for_another_file_with_the_id_is_left_alone(dlm, staged, copy, name):
    before = copy.read_bytes()
    refused = dlm("synth", name, copy)
    assert refused.returncode == 1
    assert str(staged) in refused.stderr
    assert str(copy) in refused.stderr
    assert "or force it with --force" in refused.stderr
    assert copy.read_bytes() == before
    assert len(listed(dlm, staged)[1]) == 4


def test_a_copy_gets_an_id_of_its_own_as_the_refusal_says(dlm, staged, copy):
    before = staged.read_bytes()
    assert "`dlm check --fix` with both files" in dlm("synth", "apply", copy).stderr
    assert dlm("check", "--fix", copy, staged).returncode == 0
    assert staged.read_bytes() == before
    assert "synth apply plan: 0 add" in dlm("synth", "apply", copy).stdout


def test_a_copy_that_is_forced_takes_what_is_staged(dlm, staged, copy):
    before = staged.read_bytes()
    assert dlm("synth", "apply", copy, "--force").returncode == 0
    assert copy.read_text().count("dlm-auto-synth") == 4
    assert staged.read_bytes() == before


def test_a_copy_that_is_forced_drops_what_is_staged(dlm, staged, copy):
    assert dlm("synth", "discard", copy, "--force").returncode == 0
    assert listed(dlm, staged) == ([], [])


def test_over_a_folder_a_copy_stops_no_other_document(dlm, staged, copy):
    first = copy.rename(copy.with_name("a-copy.dlm"))
    done = dlm("synth", "apply", staged.parent, "--json")
    assert done.returncode == 1
    refused, applied = json.loads(done.stdout)["documents"]
    assert (refused["path"], "--force" in refused["error"]) == (str(first), True)
    assert len(applied["added"]) == 4


def test_a_document_that_was_moved_takes_what_is_staged_along(dlm, staged):
    moved = staged.rename(staged.with_name("moved.dlm"))
    assert dlm("synth", "apply", moved).returncode == 0
    assert moved.read_text().count("dlm-auto-synth") == 4


def test_a_copy_is_listed_with_the_name_of_its_original(dlm, staged, copy):
    shown = dlm("synth", "list", copy, "--json")
    (document,) = json.loads(shown.stdout)["documents"]
    assert (document["staged_for"], len(document["staged"])) == (str(staged), 4)
    assert f"{copy} is a copy: these are staged for {staged}" in shown.stderr
    moved = staged.rename(staged.with_name("moved.dlm"))
    copy.unlink()
    shown = dlm("synth", "list", moved, "--json")
    assert json.loads(shown.stdout)["documents"][0]["staged_for"] == str(moved)
    assert "copy" not in shown.stderr


@pytest.mark.parametrize("flags", [[], ["--apply"]])
def test_nothing_is_asked_about_a_copy_whose_pairs_would_mix_with_those_of_its_original(
    dlm, staged, copy, teacher, flags
):
    copy.write_text(copy.read_text().replace("Ville1", "Ville7"))
    asked = len(teacher.asked)
    refused = dlm("synth", "instructions", copy, *plain(teacher), *flags)
    assert (refused.returncode, len(teacher.asked)) == (1, asked)
    assert f"{copy} is a copy of {staged}" in refused.stderr
    tried = dlm("synth", "instructions", copy, *plain(teacher), "--dry-run")
    assert tried.returncode == 0
    forced = dlm("synth", "instructions", copy, *plain(teacher), *flags, "--force")
    assert forced.returncode == 0
