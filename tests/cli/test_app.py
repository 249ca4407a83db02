import json

import pytest
from typer.core import TyperGroup

from dlm_lsp.cli.app import main
from dlm_lsp.teachers.registry import forms


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["check", "--help"],
        ["train", "--help"],
        ["prompt", "--help"],
        ["synth", "--help"],
        ["synth", "instructions", "--help"],
        ["show", "--help"],
        ["synth", "list", "--help"],
        ["synth", "apply", "--help"],
        ["synth", "discard", "--help"],
        ["synth", "revert", "--help"],
    ],
)
def test_every_command_explains_itself(dlm, args):
    shown = dlm(*args)
    assert shown.returncode == 0
    assert shown.stdout.startswith("Usage: dlm")


@pytest.mark.parametrize("args", [[], ["train"], ["synth"], ["synth", "batch", "status"]])
def test_a_short_flag_asks_for_help_everywhere(dlm, args):
    assert dlm(*args, "-h").stdout == dlm(*args, "--help").stdout != ""


def test_quiet_hides_how_far_a_run_is_and_nothing_else(dlm, document, teacher):
    run = "synth", "instructions", document(), "--teacher", teacher.selector
    loud = dlm(*run, "--filter", "dedup-only", "--fresh")
    quiet = dlm("-q", *run, "--filter", "dedup-only", "--fresh")
    assert "of 2 sections" in loud.stderr
    assert (quiet.returncode, "of 2 sections" in quiet.stderr) == (0, False)
    assert [line.split(":")[0] for line in quiet.stdout.splitlines()] == [
        line.split(":")[0] for line in loud.stdout.splitlines()
    ]
    assert "there is no file" in dlm("--quiet", "check", "nosuch.dlm").stderr


@pytest.mark.parametrize("option", ["-q", "--verbose"])
def test_an_option_of_every_command_that_stands_behind_one_is_told_its_place(dlm, option):
    run = dlm("check", "notes.dlm", option)
    assert run.returncode == 2
    assert f"it stands before the command: `dlm {option} ...`" in run.stderr


def test_help_imports_nothing_heavy(dlm):
    shown = dlm("--help", env={"PYTHONPROFILEIMPORTTIME": "1"})
    imported = {line.rsplit("|", 1)[-1].strip() for line in shown.stderr.splitlines()}
    assert "typer" in imported
    assert not imported & {
        "torch",
        "transformers",
        "pydantic",
        "yaml",
        "rapidfuzz",
        "openai",
        "rich",
    }
    assert not {name for name in imported if name.startswith("dlm_lsp.teachers")}


def test_help_names_every_kind_of_teacher(dlm):
    # Lines are broken at hyphens too.
    shown = "".join(dlm("synth", "instructions", "--help").stdout.split())
    assert f"Who writes the pairs: {forms()}.".replace(" ", "") in shown


def test_the_version_is_told(dlm):
    assert dlm("--version").stdout.startswith("dlm (dlm-synth) ")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--apply", "--dry-run"], "--dry-run"),
        (["--threshold", "0.2", "--filter", "none"], "--threshold"),
        (["--threshold", "nan"], "--threshold"),
        (["--per-section", "-1"], "--per-section"),
        (["--max-pairs", "0"], "--max-pairs"),
        (["--top-p", "2"], "--top-p"),
        (["--concurrency", "0"], "--concurrency"),
        (["--filter", "best"], "--filter"),
        (["--nosuch"], "--nosuch"),
    ],
)
def test_a_choice_that_cannot_be_is_a_usage_error_that_names_its_flag(dlm, document, flags, named):
    refused = dlm("synth", "instructions", document(), *flags)
    assert refused.returncode == 2
    assert named in refused.stderr


def test_an_error_is_json_too_where_that_was_asked_for(dlm, document):
    refused = dlm("synth", "instructions", document(), "--per-section", "0", "--json")
    assert refused.returncode == 2
    assert "--per-section" in json.loads(refused.stdout)["error"]


@pytest.mark.parametrize("step", ["parse_args", "invoke"])
def test_an_interrupt_is_told_however_early_it_comes(monkeypatch, capsys, step):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TyperGroup, step, interrupted)
    monkeypatch.setattr("sys.argv", ["dlm", "synth", "list", "x", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr() == ('{"error": "interrupted"}\n', "dlm: interrupted\n")
