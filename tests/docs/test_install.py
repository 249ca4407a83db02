"""What the repository tells a user to install, and from where."""

import re
import subprocess
import tomllib
from pathlib import Path

from dlm_lsp import __version__

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/install.md").read_text("utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]

INSTALL = r"(?:\bpip3?|\bpipx|\buv(?: tool| pip)?)\s+(?:install|add|run|inject)\b|\buvx\b"
OURS = r"""[ "'=](?:dlm-synth|dlm_synth|dlm-lsp|dlm_lsp)(?:\[[^]]*\])?(?=[\s"'`,;)<>=]|$)"""
BY_NAME = re.compile(rf"(?:{INSTALL})[^\n`]*?{OURS}")


def test_by_name_is_told_from_by_file():
    for line in [
        "pip install dlm-lsp",
        'pip install "dlm-synth[local]"',
        "python -m pip install --upgrade dlm-synth>=1.0",
        "uv tool install dlm-synth",
        "uvx dlm-synth check",
    ]:
        assert BY_NAME.search(line), line
    for line in [
        "uv tool install '.[local,tiny]'",
        "~/.local/share/dlm-synth/bin/pip install .",
        "pip install './dlm_synth-1.0.0-py3-none-any.whl[local]'",
        "uv tool uninstall dlm-synth",
        "uv tool install --reinstall-package dlm-synth '.[tiny]'",
    ]:
        assert not BY_NAME.search(line.replace("--reinstall-package dlm-synth", "")), line


def test_nothing_says_to_fetch_us_from_an_index_by_name():
    files = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in (".md", ".py", ".ts", ".json", ".lua", ".rs", ".el", ".txt", ".toml"):
            if name.startswith("tests/") or not path.is_file():
                continue
            text = path.read_text("utf-8").replace("--reinstall-package dlm-synth", "")
            assert not (found := BY_NAME.search(text)), f"{name}: {found and found[0]}"


def test_the_table_has_every_extra():
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)) == sorted(EXTRAS)


def test_the_commands_name_extras_that_there_are_and_files_of_this_version():
    named = re.findall(r"\[([a-z,]+)\]'", PAGE) + re.findall(r"--extra (\w+)", PAGE)
    assert len(named) > 8
    assert {extra for names in named for extra in names.split(",")} <= set(EXTRAS)
    versions = re.findall(r"(?:dlm_synth|dlm)-(\d[\d.]*\d)(?:-py3|\.vsix)", PAGE)
    assert len(versions) > 3
    assert set(versions) == {__version__}
