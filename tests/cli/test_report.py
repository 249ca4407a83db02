"""Report command: what the last run on a document came to, in the shell."""

import json
import os
import re
from pathlib import Path

import pytest
from support.kept_runs import keep_run
from support.pty_process import PtyProcess
from support.teacher_server import DLM, pairs_about, town

from dlm_lsp.api.documents import load_document
from dlm_lsp.document import Pair
from dlm_lsp.synth.report import Candidate, Refusal, Skip

HOSTILE = "\x1b[2J<script>alert(1)</script> **bold**"


@pytest.fixture
def path(document, home, monkeypatch) -> Path:
    """A document after a run that accepted, refused and skipped."""
    monkeypatch.setenv("DLM_HOME", str(home))
    made = document()
    first, second = (section.id for section in load_document(made).document.sections)
    question, answer, evidence = pairs_about(1)[0]
    accepted = [Candidate(Pair(question, answer), first, "extraction", evidence, 0.75)]
    refused = [
        Refusal("Is it?", HOSTILE, second, "extraction", "not_self_contained", "names it", 0.1),
        Refusal("What?", "That.", second, "extraction", "looping", HOSTILE),
    ]
    skipped = [Skip(second, "expansion", "request_failed", "the server is away")]
    keep_run(made, accepted, refused, skipped)
    return made


def test_the_last_run_is_shown_grouped_and_in_words(dlm, path):
    shown = dlm("synth", "report", path).stdout
    assert f"### {town(1)}, line 5 (1)\n" in shown
    assert "### not understood without its section (1)" in shown
    assert "- Accepted ones now: 1 staged" in shown
    assert "**the request failed**, the server is away" in shown
    for code in ("not_self_contained", "request_failed"):
        assert code not in shown
    assert "\x1b" not in shown


def test_json_has_codes_and_words(dlm, path):
    (document,) = json.loads(dlm("synth", "report", path, "--json").stdout)["documents"]
    report = document["report"]
    assert report["accepted"][0]["heading"] == town(1)
    assert [r["reason"] for r in report["refused"]] == ["not_self_contained", "looping"]
    assert report["refused"][1]["reason_in_words"] == "repeats itself"
    assert report["refused"][0]["answer"] == HOSTILE
    assert report["cause"] is None
    assert report["at"] == "2026-01-31T09:30:00Z"


def test_a_document_without_a_run_has_no_report(dlm, document):
    path = document()
    assert dlm("synth", "report", path).stdout == "no run on it is known yet\n"
    (value,) = json.loads(dlm("synth", "report", path, "--json").stdout)["documents"]
    assert value["report"] is None
    page = dlm("synth", "report", path, "--html", "page.html")
    assert page.returncode == 1
    assert "no run on it is known yet" in page.stderr


def test_the_page_is_written(dlm, path, tmp_path):
    written = dlm("synth", "report", path, "--html", "page.html")
    assert (written.returncode, written.stdout) == (0, "")
    page = (tmp_path / "page.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "<script" not in page


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("name", ["towns.dlm", "other.DLM", "new.dlm", "link.html", "hard.html"])
def test_a_page_never_takes_the_place_of_a_document(name, force, dlm, path, tmp_path):
    before = path.read_bytes()
    (tmp_path / "other.DLM").write_text("mine")
    (tmp_path / "link.html").symlink_to(path)
    (tmp_path / "hard.html").hardlink_to(path)
    refused = dlm("synth", "report", path, "--html", name, *force)
    assert refused.returncode == 2
    assert "that is a document" in refused.stderr
    assert path.read_bytes() == before
    assert (tmp_path / "other.DLM").read_text() == "mine"
    assert not (tmp_path / "new.dlm").exists()


def test_a_page_takes_the_place_of_another_file_only_by_force(dlm, path, tmp_path):
    notes = tmp_path / "notes.md"
    notes.write_text("mine, not <!DOCTYPE html>")
    refused = dlm("synth", "report", path, "--html", notes)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert notes.read_text() == "mine, not <!DOCTYPE html>"
    assert dlm("synth", "report", path, "--html", notes, "--force").returncode == 0
    assert notes.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("there", ["", "\n<html><body>old</body></html>", "\ufeff<!doctype HTML>"])
def test_a_page_takes_the_place_of_a_page(there, dlm, path, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(there)
    assert dlm("synth", "report", path, "--html", page).returncode == 0
    assert dlm("synth", "report", path, "--html", page).returncode == 0
    assert "Synthesis report" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--force"], "--html"),
        (["--json", "--html", "x"], "exclude each other"),
        (["other.dlm", "--html", "x"], "one document"),
    ],
)
def test_what_a_page_cannot_be_is_a_usage_error(arguments, why, dlm, path):
    refused = dlm("synth", "report", path, *arguments)
    assert refused.returncode == 2
    assert why in refused.stderr


def test_at_a_terminal_it_is_laid_out_and_nothing_in_it_steers_that(path, home, tmp_path):
    env = {**os.environ, "DLM_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    env.pop("COLUMNS", None)
    command = [str(DLM), "synth", "report", str(path)]
    with PtyProcess.running(command, env, tmp_path, (40, 60)) as terminal:
        assert terminal.end() == 0
    plain = re.sub("\x1b\\[[0-9;]*m", "", terminal.shown)
    assert "\x1b" not in plain
    assert "Synthesis report" in plain
    assert "\n#" not in plain
    assert "\\x1b[2J<script>alert(1)</script> **bold**" in plain
