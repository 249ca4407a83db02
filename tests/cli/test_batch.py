"""One command over several documents."""

import json
from pathlib import Path

import pytest

from dlm_lsp.cli.batch import for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED


def staged_in(dlm, path):
    (document,) = json.loads(dlm("synth", "list", path, "--json").stdout)["documents"]
    return [section["section_id"] for section in document["staged"]]


@pytest.mark.parametrize("name", ["apply", "discard"])
def test_a_plan_that_cannot_be_read_is_told_and_not_the_id_blamed(dlm, staged, home, name):
    (plan,) = home.rglob("pending.json")
    plan.write_text("[]")
    run = dlm("synth", name, staged, "--section", "0" * 16)
    assert run.returncode == 1
    assert run.stderr == (
        f"dlm: {plan} is no staged plan (not an object): remove it with `dlm synth discard`, "
        "or move it away\n"
    )
    assert plan.read_text() == "[]"


@pytest.mark.parametrize("name", ["apply", "discard", "revert"])
def test_a_document_without_frontmatter_is_told_and_not_the_id_blamed(dlm, tmp_path, name):
    path = tmp_path / "bad.dlm"
    path.write_text("no frontmatter\n")
    run = dlm("synth", name, path, "--section", "0" * 16)
    assert run.returncode == 1
    assert run.stderr.startswith(f"dlm: {path}:1:1: a document starts with")


def test_a_document_that_cannot_be_read_is_let_be_where_another_holds_the_id(dlm, staged, tmp_path):
    (tmp_path / "bad.dlm").write_text("no frontmatter\n")
    first, *rest = staged_in(dlm, staged)
    run = dlm("synth", "apply", tmp_path / "bad.dlm", staged, "--section", first)
    assert (run.returncode, run.stderr) == (0, "")
    assert staged_in(dlm, staged) == rest


def test_a_defect_costs_the_document_that_it_is_met_in(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))

    def work(path):
        if path.name == "bad.dlm":
            raise ZeroDivisionError
        return DONE, {}

    assert for_each([Path("bad.dlm"), Path("good.dlm")], work, as_json=True) == [FAILED, DONE]
    shown = capsys.readouterr()
    bad, good = json.loads(shown.out)["documents"]
    assert "a defect of dlm" in bad["error"]
    assert good == {"path": "good.dlm"}
    assert "ZeroDivisionError" in shown.err
