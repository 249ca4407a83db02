"""`dlm show`: a document at a glance, in every state that its store can be in."""

import json
import os
import pty
import subprocess
import sys

import pytest
from support import trainable_documents as trainable
from support.document_stores import make_adapter, make_manifest, make_store, training_run, tree
from support.teacher_server import DLM, HEAD, town

from dlm_lsp.store.lock import document_lock

ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"


@pytest.fixture
def store(home):
    return home / "store" / ID


def test_a_document_that_was_never_worked_on_says_so_in_words(dlm, document, store, tmp_path):
    path = document()
    path.write_text(path.read_text().replace("smollm2-135m", "./model"))
    before = tree(tmp_path)
    run = dlm("show", path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == (
        f"""{path}
  id          {ID}
  problems    0 errors, 1 warning; `dlm check` prints them
  store       {store}
              not there yet: nothing was synthesized or trained
  base model  ./model
              there is no file or folder ./model
  adapter     not trained yet
  trainings   none yet
  prose       2 sections, none with pairs in the document
  pairs       none in the document yet
  staged      nothing
  batches     none under way
  replies     none
"""
    )
    assert tree(tmp_path) == before


def test_what_a_run_has_staged_and_then_applied_is_shown(dlm, staged, teacher):
    shown = dlm("show", staged).stdout
    assert (
        f"staged      4; `dlm synth apply` puts them in\n              4 by {teacher.selector}\n"
        in shown
    )
    assert "2 sections, none with pairs in the document, 2 with staged ones alone" in shown
    assert "replies     2\n" in shown
    assert "              0 of 4 reviewed\n" in shown
    dlm("synth", "apply", staged)
    staged.write_text(staged.read_text().replace("has 11 mills and", "has 12 mills and"))
    shown = dlm("show", staged).stdout
    assert f"pairs       4\n              4 by {teacher.selector}\n              2 stale" in shown
    assert "2 sections, 1 with pairs in the document\n" in shown
    assert "staged      nothing\n" in shown


def test_what_a_training_has_made_is_shown(dlm, tmp_path, home, llama):
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(llama))
    assert dlm("train", path, "--max-steps", 2).returncode == 0
    before = tree(home)
    run = dlm("show", path)
    assert (run.returncode, run.stderr) == (0, "")
    assert f"base model  hf:{llama}, on this machine\n" in run.stdout
    assert "adapter     v0001, trained " in run.stdout
    assert "2 steps, mean loss " in run.stdout
    assert "trainings   #1 " in run.stdout
    assert "v0001 completed, 2 steps, mean loss " in run.stdout
    assert "new or changed" not in run.stdout
    assert tree(home) == before
    path.write_text(path.read_text() + "::prose::\nOne more.\n")
    assert "1 section new or changed since\n" in dlm("show", path).stdout


def test_the_latest_trainings_are_shown_and_how_many_there_were_before(dlm, document, store):
    make_manifest(store, *(training_run(number) for number in range(1, 9)))
    shown = dlm("show", document()).stdout
    assert [line.split("#")[1][0] for line in shown.splitlines() if "#" in line] == [*"87654"]
    assert "and 3 before; `--json` has all" in shown


def test_a_training_that_nobody_runs_any_more_may_have_been_killed(dlm, document, store):
    run = training_run(1, status="running", ended_at=None, steps=0)
    make_manifest(store, run)
    assert "v0001 running or killed\n" in dlm("show", document()).stdout
    with document_lock(store, "dlm train", pytest.fail):
        shown = dlm("show", document()).stdout
    assert "v0001 running\n" in shown
    assert f"in use by `dlm train` (process {os.getpid()}, since " in shown


def test_named_adapters_are_shown_each(dlm, tmp_path, store):
    path = tmp_path / "named.dlm"
    path.write_text(
        HEAD.removesuffix("---\n")
        + f"training:\n  adapters:\n    facts: {{}}\n    tone: {{}}\n---\n{town(0)}\n"
    )
    make_adapter(store, 1, "tone")
    make_manifest(store, training_run(1, adapter_name="tone"))
    shown = dlm("show", path).stdout
    assert "adapters    facts: not trained yet\n              tone: v0001, trained " in shown
    assert "tone v0001 completed" in shown


def test_a_batch_under_way_is_shown(dlm, document, store):
    path = document()
    make_store(store, path)
    assert "batches     3 requests to openai:gpt-5-mini, submitted " in dlm("show", path).stdout


def test_a_broken_part_is_one_line_and_the_rest_is_shown(dlm, document, store):
    path = document()
    make_store(store, path)
    (store / "manifest.json").write_text("{")
    run = dlm("show", path)
    assert run.returncode == 1
    (line,) = [line for line in run.stdout.splitlines() if "cannot be read" in line]
    assert line.startswith("  trainings   cannot be read: ")
    assert "move it away" in line
    assert "adapter     v0002" in run.stdout
    assert "replies     1\n" in run.stdout
    (value,) = json.loads(dlm("show", path, "--json").stdout)["documents"]
    assert list(value["unreadable"]) == ["trainings"]


def test_of_several_documents_none_stops_the_next(dlm, document, tmp_path):
    first, last = document(name="a.dlm"), document(name="c.dlm")
    (tmp_path / "b.dlm").write_text("no frontmatter\n")
    run = dlm("show", tmp_path)
    assert run.returncode == 1
    assert "b.dlm" in run.stderr
    assert f"{first}\n" in run.stdout
    assert f"\n\n{last}\n" in run.stdout
    # The first and the last have one id, which a check of both tells.
    assert run.stdout.count("0 errors, 1 warning") == 2
    values = json.loads(dlm("show", tmp_path, "--json").stdout)["documents"]
    assert [list(value)[1] for value in values] == ["dlm_id", "error", "dlm_id"]


def test_a_name_that_steers_the_terminal_is_shown_as_escapes(dlm, document, store):
    path = document()
    marker = (
        '::instruction::\n<!-- dlm-auto-synth: synth_teacher="t\x1b[31m" '
        'synth_strategy="extraction" synth_at="2026-01-31T09:30:00Z" '
        'source_section_id="0123456789abcdef" -->\n### Q\nWhat?\n### A\nIt.\n'
    )
    path.write_text(path.read_text() + marker)
    assert "1 by t\\x1b[31m\n" in dlm("show", path).stdout


@pytest.mark.posix
def test_on_a_narrow_terminal_lines_are_broken_between_words(document, store, home):
    path = document()
    make_store(store, path)
    (store / "manifest.json").write_text("{")
    main, side = pty.openpty()
    environment = {**os.environ, "DLM_HOME": str(home), "COLUMNS": "50", "TERM": "xterm"}
    with subprocess.Popen([str(DLM), "show", str(path)], stdout=side, env=environment) as process:
        os.close(side)
        shown = b""
        while True:
            try:
                part = os.read(main, 10**5)
            except OSError:  # What Linux says at the end.
                break
            if not part:
                break
            shown += part
    os.close(main)
    assert process.returncode == 1
    wide = [line for line in shown.decode().splitlines() if len(line) > 50]
    # Paths alone, which have no place to be broken at.
    assert all(len(line.split()) == 1 or str(store) in line for line in wide), wide
    assert "the next training begins a new one" in " ".join(shown.decode().split())


def test_nothing_heavy_is_imported(document, home):
    script = (
        "import sys\nfrom dlm_lsp.cli.show import show_documents\n"
        f"show_documents([{str(document())!r}], as_json=True)\n"
        "print(sorted({'torch', 'transformers', 'peft', 'openai', 'anthropic'} & {*sys.modules}))"
    )
    environment = {**os.environ, "DLM_HOME": str(home)}
    printed = subprocess.check_output([sys.executable, "-c", script], text=True, env=environment)
    assert printed.endswith("[]\n")
