"""Selector completion: what a shell is offered, in the words of its own protocol."""

import os
import subprocess

import pytest
from support.teacher_server import DLM

from dlm_lsp.cli.complete_selector import complete_judge, complete_teacher, complete_verifier
from dlm_lsp.teachers.registry import TEACHER_KINDS, check_selector


def offered(words: str) -> list[str]:
    """Return what bash is offered for the last of these words."""
    env = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    env["_DLM_COMPLETE"] = "complete_bash"
    done = subprocess.run(
        [DLM], env=os.environ | env, stdout=subprocess.PIPE, text=True, check=False
    )
    return done.stdout.split()


def test_a_shell_is_offered_the_models_that_are_known_of_a_kind():
    models = offered("dlm synth instructions --teacher anthropic:claude-h")
    assert "anthropic:claude-haiku-4-5" in models
    assert all(model.startswith("anthropic:claude-h") for model in models)


def test_without_a_beginning_every_kind_is_offered():
    names = {selector.partition(":")[0] for selector in complete_teacher("")}
    assert names >= {kind.name for kind in TEACHER_KINDS}


@pytest.mark.parametrize("beginning", ["self", "hf:s", "openai:g", "anthropic:c"])
def test_what_is_offered_names_a_teacher(beginning):
    assert complete_teacher(beginning)
    for selector in complete_teacher(beginning):
        check_selector(selector)


def test_a_judge_is_a_local_model():
    assert "hf:smollm2-135m" in complete_judge("hf:smollm")
    assert not complete_judge("openai:")


def test_a_verifier_may_be_nobody():
    assert complete_verifier("o")[0] == "off"


def test_a_table_of_prices_that_cannot_be_read_is_no_matter(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    (tmp_path / "prices.toml").write_text("[")
    assert "self" in complete_teacher("s")


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ('[teachers.lab]\nselector = "openai:gpt-5-mini"\n', ["lab"]),
        ("[", []),
        (None, []),
    ],
    ids=["sound", "broken", "none"],
)
def test_the_teachers_of_the_users_profile_are_offered_by_name(
    tmp_path, monkeypatch, profile, names
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if profile is not None:
        (tmp_path / "dlm").mkdir()
        (tmp_path / "dlm" / "dlm.toml").write_text(profile)
    assert complete_teacher("la") == names
