"""What the package offers to programs, and how little its import costs."""

import subprocess
import sys

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
