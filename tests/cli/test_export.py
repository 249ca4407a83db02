"""Export command: what `dlm synth export` writes, and to where."""

import json

import pytest
from support.teacher_server import HEAD

from dlm_lsp.cli.export import parse_share
from dlm_lsp.errors import UsageError

PAIRS = "".join(
    f"::instruction::\n### Q\nWhich mill is number {n}?\n### A\nThe „{n}“ of 水 mills.\n"
    for n in range(30)
)


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def pairs(tmp_path):
    """A document with thirty pairs that somebody wrote."""
    path = tmp_path / "mills.dlm"
    path.write_text(f"{HEAD}Mills.\n{PAIRS}", "utf-8")
    return path


def test_pairs_go_to_stdout_in_utf_8_and_nothing_else_does(dlm, pairs):
    run = dlm("synth", "export", "mills.dlm", env={"PYTHONIOENCODING": "ascii"})
    assert (run.returncode, run.stderr) == (0, "")
    assert [row["answer"] for row in rows(run.stdout)] == [
        f"The „{n}“ of 水 mills." for n in range(30)
    ]
    assert {row["document"] for row in rows(run.stdout)} == {"mills.dlm"}


def test_what_a_teacher_wrote_comes_with_its_evidence_and_can_be_had_alone(dlm, staged):
    assert dlm("synth", "apply", staged).returncode == 0
    with staged.open("a") as text:
        text.write(PAIRS)
    everything, synthesized = (
        rows(dlm("synth", "export", staged, *flags).stdout) for flags in ((), ("--synthesized",))
    )
    assert (len(everything), len(synthesized)) == (34, 4)
    assert {row["origin"] for row in synthesized} == {"synthesized"}
    for row in synthesized:
        assert row["evidence"] == row["source_text"].strip()
        assert row["heading"].startswith("The town of Ville")


@pytest.mark.parametrize("format_", ["alpaca", "chatml", "sharegpt"])
def test_a_file_has_what_stdout_would_get(dlm, pairs, tmp_path, format_):
    run = dlm("synth", "export", pairs, "--format", format_, "-o", "pairs.jsonl")
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr == "30 pairs written to pairs.jsonl\n"
    text = dlm("synth", "export", pairs, "--format", format_).stdout
    assert (tmp_path / "pairs.jsonl").read_text("utf-8") == text


def test_a_share_is_held_out_in_a_second_file(dlm, pairs, tmp_path):
    run = dlm("synth", "export", pairs, "-o", "pairs.parquet", "--format", "parquet",
              "--held-out", "30%")  # fmt: skip
    assert run.returncode == 0
    train, held = (int(line.split()[0]) for line in run.stderr.splitlines())
    assert train + held == 30
    assert {path.name for path in tmp_path.glob("pairs*")} == {
        "pairs.train.parquet",
        "pairs.held-out.parquet",
    }


def test_a_file_that_is_there_is_replaced_by_force_alone(dlm, pairs, tmp_path):
    (tmp_path / "pairs.held-out.jsonl").write_text("mine")
    export = "synth", "export", pairs, "-o", "pairs.jsonl", "--held-out", ".3"
    run = dlm(*export)
    message = "dlm: pairs.held-out.jsonl is there already; --force replaces it\n"
    assert (run.returncode, run.stderr) == (1, message)
    assert [path.name for path in tmp_path.glob("pairs*")] == ["pairs.held-out.jsonl"]
    assert dlm(*export, "--force").returncode == 0
    assert (tmp_path / "pairs.held-out.jsonl").read_text() != "mine"


def test_a_dash_is_stdout(dlm, pairs, tmp_path):
    run = dlm("synth", "export", pairs, "-o", "-")
    assert len(rows(run.stdout)) == 30
    assert not (tmp_path / "-").exists()


def test_a_document_is_not_replaced_even_by_force(dlm, pairs):
    before = pairs.read_bytes()
    run = dlm("synth", "export", pairs, "-o", pairs, "--force")
    assert (run.returncode, pairs.read_bytes()) == (2, before)
    assert "is the name of a document" in run.stderr


def test_a_folder_is_no_file_to_write(dlm, pairs, tmp_path):
    run = dlm("synth", "export", pairs, "-o", tmp_path)
    assert run.returncode == 2
    assert run.stderr == f"dlm: --output {tmp_path}: that is a folder; name a file in it\n"


def test_a_document_that_cannot_be_read_costs_itself(dlm, pairs, tmp_path):
    (tmp_path / "broken.dlm").write_text("no frontmatter\n")
    run = dlm("synth", "export", "broken.dlm", "mills.dlm")
    assert run.returncode == 1
    assert len(rows(run.stdout)) == 30
    assert run.stderr.startswith("dlm: broken.dlm:1:1: ")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("flags", [(), ("-o", "pairs.jsonl")])
def test_without_a_pair_nothing_is_written(dlm, document, tmp_path, flags):
    run = dlm("synth", "export", document(), *flags)
    assert (run.returncode, run.stdout) == (1, "")
    assert "there is no pair to export; `dlm synth instructions` writes some" in run.stderr
    assert not (tmp_path / "pairs.jsonl").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--format", "parquet"), "--format parquet needs a file to write"),
        (("--held-out", "10%"), "--held-out needs a file to write"),
        (("--held-out", "10", "-o", "a"), "--held-out is '10'; it takes a share such as 10% or"),
        (("--held-out", "0.000001", "-o", "a"), "all 30 pairs would fall to one side"),
        (("-o", ""), "that names no file"),
        (("--format", "csv"), "'csv'"),
    ],
)
def test_what_cannot_be_meant_is_one_line(dlm, pairs, flags, message):
    run = dlm("synth", "export", pairs, *flags)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.posix
def test_a_folder_that_cannot_be_written_is_one_line(dlm, pairs):
    run = dlm("synth", "export", pairs, "-o", "nowhere/pairs.jsonl")
    assert run.returncode == 1
    assert run.stderr.startswith("dlm: cannot write nowhere/pairs.jsonl: ")


@pytest.mark.parametrize(("text", "share"), [("10%", 0.1), (" 2.5 % ", 0.025), (".2", 0.2)])
def test_a_share_is_a_percentage_or_a_fraction(text, share):
    assert parse_share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "0", "0%", "100%", "1.0", "-5%", "nan", "1e-3", "١٠%", "0.0"])
def test_anything_else_is_no_share(text):
    with pytest.raises(UsageError, match="it takes a share such as 10%"):
        parse_share(text)
