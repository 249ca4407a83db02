import json
import re
import tomllib
from pathlib import Path

import pytest

from dlm_lsp import __version__

ROOT = Path(__file__).resolve().parent.parent


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "version",
    [
        json.loads(text("vscode-client/package.json"))["version"],
        json.loads(text("vscode-client/package-lock.json"))["version"],
        json.loads(text("vscode-client/package-lock.json"))["packages"][""]["version"],
        json.loads(text("editors/tree-sitter-dlm/package.json"))["version"],
        json.loads(text("editors/tree-sitter-dlm/tree-sitter.json"))["metadata"]["version"],
        tomllib.loads(text("editors/zed/extension.toml"))["version"],
        tomllib.loads(text("editors/zed/Cargo.toml"))["package"]["version"],
        re.findall(r"^;; Version: (.*)$", text("editors/emacs/dlm-mode.el"), re.MULTILINE)[0],
        re.findall(r"^## (\d\S*)", text("CHANGELOG.md"), re.MULTILINE)[0],
        re.findall(r"^## (\d\S*)", text("vscode-client/CHANGELOG.md"), re.MULTILINE)[0],
    ],
)
def test_every_part_has_the_same_version(version: str):
    assert version == __version__
