"""What the package offers to programs, and how little its import costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dlm_lsp


def test_the_names_of_the_package_are_these():
    assert sorted(dlm_lsp.__all__) == [
        "DlmError",
        "GenerationOptions",
        "SynthOptions",
        "__version__",
        "apply",
        "check",
        "revert",
        "synthesize",
        "train",
    ]


@pytest.mark.parametrize("name", dlm_lsp.__all__)
def test_each_name_is_there_and_shown(name):
    assert getattr(dlm_lsp, name) is not None
    assert name in dir(dlm_lsp)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = dlm_lsp.nothing


def test_importing_the_package_imports_none_of_its_modules():
    code = "import sys, dlm_lsp; print(*(name for name in sys.modules if name[:8] == 'dlm_lsp.'))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "\n"


ROOMS = Path(dlm_lsp.__file__).parent


@pytest.mark.parametrize("module", sorted(ROOMS.rglob("*.py")), ids=lambda path: path.stem)
def test_a_room_takes_nothing_but_the_version_from_the_package(module):
    # The package stands above its rooms, and hands out what is in the highest.
    names = {
        alias.name
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "dlm_lsp" and not node.level
        for alias in node.names
    }
    assert {name for name in names if not (ROOMS / name).with_suffix(".py").exists()} <= {
        "__version__"
    }
