"""Create commands: what `dlm init` and `dlm import` print and write."""

import json

from dlm_lsp.document import parse


def test_a_new_document_says_what_comes_next(dlm, tmp_path):
    run = dlm("init", "notes.dlm")
    assert run.returncode == 0
    assert "\n  dlm synth instructions notes.dlm --teacher TEACHER\n" in run.stdout
    assert parse((tmp_path / "notes.dlm").read_text()).problems == ()
    assert dlm("check", "notes.dlm").returncode == 0


def test_what_comes_next_can_be_typed_whatever_the_name(dlm):
    run = dlm("init", "a $(b).dlm")
    assert "\n  dlm synth instructions 'a $(b).dlm' --teacher TEACHER\n" in run.stdout


def test_what_comes_next_can_be_typed_of_a_name_that_begins_with_a_dash(dlm, tmp_path):
    (tmp_path / "-bees.md").write_text("They hum.\n")
    run = dlm("init", "--", "-bees.md")
    assert "\n  dlm synth instructions ./-bees.dlm --teacher TEACHER\n" in run.stdout


def test_only_sections_of_prose_are_counted_as_such(dlm, tmp_path):
    (tmp_path / "bees.md").write_text("They hum.\n::instruction::\n### Q\nWhy?\n### A\nSo.\n")
    assert "made bees.dlm with 1 section of prose" in dlm("init", "bees.md").stdout


def test_two_files_that_would_become_one_document_are_refused(dlm, tmp_path):
    for name in ("bees.md", "bees.txt"):
        (tmp_path / name).write_text("They hum.\n")
    run = dlm("init", "bees.md", "bees.txt", "--force")
    assert (run.returncode, run.stderr) == (
        2,
        "dlm: bees.md and bees.txt would both become bees.dlm; leave one out\n",
    )
    assert not (tmp_path / "bees.dlm").exists()


def test_what_is_left_out_of_a_text_is_told(dlm, tmp_path):
    (tmp_path / "bees.md").write_text("---\ntitle: Bees\n---\n# Bees\nThey hum.\n# Wasps\nNo.\n")
    run = dlm("init", "bees.md", "--split-headings", "--base", "hf:org/model")
    assert "made bees.dlm with 2 sections of prose" in run.stdout
    assert "left out of the frontmatter: title" in run.stderr
    document = parse((tmp_path / "bees.dlm").read_text())
    assert document.frontmatter.base_model == "hf:org/model"


def test_a_document_that_is_there_is_replaced_by_force_alone(dlm, tmp_path):
    (tmp_path / "bees.md").write_text("They hum.\n")
    (tmp_path / "bees.dlm").write_text("mine")
    run = dlm("init", "bees.md")
    assert (run.returncode, run.stderr) == (
        1,
        "dlm: bees.dlm is there already; move it away, or use --force\n",
    )
    assert (tmp_path / "bees.dlm").read_text() == "mine"
    assert dlm("init", "bees.md", "--force").returncode == 0


def test_several_files_are_imported_and_one_that_cannot_be_costs_itself(dlm, tmp_path):
    (tmp_path / "bees.html").write_text("<h1>Bees</h1><p>They hum.</p>")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04\x00")
    run = dlm("import", "bees.html", "broken.docx", "--json")
    assert run.returncode == 1
    made, failed = json.loads(run.stdout)["documents"]
    assert (made["document"], made["sections"]) == ("bees.dlm", 1)
    assert "broken.docx" in failed["error"]
