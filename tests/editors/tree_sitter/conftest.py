"""Grammar tools: the command line, and the grammar as its committed files make it."""

import os
from pathlib import Path

import pytest
from editors.tree_sitter.grammar import ROOT


@pytest.fixture(scope="session")
def tree_sitter() -> Path:
    """The command line of tree-sitter."""
    tool = Path(os.environ.get("DLM_TREE_SITTER") or ROOT / ".cache/tree-sitter/tree-sitter")
    if not tool.is_file():
        install = "editors/tree-sitter-dlm/install-cli.sh .cache/tree-sitter"
        pytest.fail(f"no tree-sitter at {tool}: run `{install}` first")
    return tool
