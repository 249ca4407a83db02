"""The kinds of teachers, as the extension has to know them before a server runs."""

import re
from pathlib import Path

from dlm_lsp.teachers.registry import TEACHER_KINDS

SOURCE = (Path(__file__).parents[1] / "vscode-client" / "src" / "logic" / "teacher.ts").read_text(
    "utf-8"
)


def test_the_extension_keeps_the_keys_of_the_table():
    keys = re.findall(r'kind: "([^"]+)", name: "[^"]+", variable: "([^"]+)"', SOURCE)
    assert keys == [(kind.name, kind.key_variable) for kind in TEACHER_KINDS if kind.key_variable]


def test_the_extension_asks_before_text_goes_to_a_kind_that_is_not_local():
    (names,) = re.findall(r"LOCAL_KINDS = \[(.*?)\]", SOURCE)
    assert re.findall(r'"([^"]+)"', names) == [kind.name for kind in TEACHER_KINDS if kind.is_local]


def test_the_extension_tells_a_kind_from_a_name_before_a_password():
    (names,) = re.findall(r"\(\?!\(\?:([\w|-]+)\):\)", SOURCE)
    assert names.split("|") == [kind.name for kind in TEACHER_KINDS if kind.target]
