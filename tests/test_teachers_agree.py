"""The kinds of teachers, as the extension has to know them before a server runs."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from dlm_lsp.teachers.registry import TEACHER_KINDS

EXTENSION = Path(__file__).parents[1] / "vscode-client"
SOURCE = (EXTENSION / "src" / "logic" / "teacher.ts").read_text("utf-8")


def test_the_extension_keeps_the_keys_of_the_table():
    keys = re.findall(r'kind: "([^"]+)", name: "[^"]+", variable: "([^"]+)"', SOURCE)
    assert keys == [(kind.name, kind.key_variable) for kind in TEACHER_KINDS if kind.key_variable]


def test_the_extension_asks_before_text_goes_to_a_kind_that_is_not_local():
    (names,) = re.findall(r"LOCAL_KINDS = \[(.*?)\]", SOURCE)
    assert re.findall(r'"([^"]+)"', names) == [kind.name for kind in TEACHER_KINDS if kind.is_local]


def test_the_extension_tells_a_kind_from_a_name_before_a_password():
    (names,) = re.findall(r"\(\?!\(\?:([\w|-]+)\):\)", SOURCE)
    assert names.split("|") == [kind.name for kind in TEACHER_KINDS if kind.target]


@pytest.mark.parametrize("kind", TEACHER_KINDS, ids=lambda kind: kind.name)
def test_the_setting_and_the_walkthrough_name_each_kind(kind):
    manifest = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    blocks = manifest["contributes"]["configuration"]
    (setting,) = (
        b["properties"]["dlm.teacher"] for b in blocks if "dlm.teacher" in b["properties"]
    )
    begins = f"`{kind.name}{':' if kind.target else ''}"
    assert begins in setting["markdownDescription"]
    assert begins in (EXTENSION / "walkthrough/teacher.md").read_text("utf-8")


def test_the_installation_offers_what_every_kind_needs():
    source = (EXTENSION / "src" / "logic" / "installChoices.ts").read_text("utf-8")
    offered = {
        label: re.findall(r'"([^"]+)"', extras)
        for label, extras in re.findall(r'label: "([^"]+)".*?extras: \[(.*?)\]', source, re.DOTALL)
    }
    words = {
        "self": "on this machine",
        "hf": "on this machine",
        "openai": "OpenAI",
        "anthropic": "Anthropic",
        "vllm-server": "servers with its protocol",
    }
    assert {kind.name: [kind.extra] for kind in TEACHER_KINDS} == {
        name: [extras[0] for label, extras in offered.items() if word in label]
        for name, word in words.items()
    }
    project = tomllib.loads((EXTENSION.parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert set().union(*offered.values()) <= set(project["optional-dependencies"])
