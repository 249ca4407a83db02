import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dlm_lsp.install_hint import DISTRIBUTION, install_hint

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose distributions are found before all others."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an environment that is active."""
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))
    (tmp_path / "env").mkdir()
    return tmp_path / "env"


def install(site: Path, origin: dict[str, Any] | None, name: str = "dlm_synth") -> None:
    info = site / f"{name}-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
    if origin:
        (info / "direct_url.json").write_text(json.dumps(origin))


CLONE = {"url": "file:///home/me/my%20notes", "dir_info": {}}
GIT = {"url": "https://host/o/n", "vcs_info": {"vcs": "git", "requested_revision": "v1.0.0"}}


def test_the_name_is_that_of_the_distribution():
    assert PROJECT["name"] == DISTRIBUTION


@pytest.mark.posix
@pytest.mark.parametrize(
    ("origin", "source"),
    [
        (CLONE, '"/home/me/my notes[openai]"'),
        (
            {"url": "file:///home/me/n", "dir_info": {"editable": True}},
            '--editable "/home/me/n[openai]"',
        ),
        ({"url": "file:///home/me/d.whl", "archive_info": {}}, '"/home/me/d.whl[openai]"'),
        (
            {"url": "https://host/d.whl", "archive_info": {}},
            '"dlm-synth[openai] @ https://host/d.whl"',
        ),
        (GIT, '"dlm-synth[openai] @ git+https://host/o/n@v1.0.0"'),
        (None, '"dlm-synth[openai]"'),
    ],
    ids=["clone", "editable", "wheel", "address", "git", "index"],
)
def test_an_extra_comes_from_where_the_package_came_from(
    origin: dict[str, Any] | None, source: str, site: Path, environment: Path
):
    install(site, origin)
    assert install_hint("openai", environment=environment) == f"pip install {source}"


@pytest.mark.posix
def test_a_plugin_comes_from_where_it_came_from(site: Path, environment: Path):
    install(site, {"url": "file:///home/me/cards", "dir_info": {}}, name="dlm_cards")
    (environment / "dlm-installed.json").touch()
    hint = install_hint("reader", "dlm-cards", environment=environment)
    assert hint == 'pip install "/home/me/cards[reader]"'


def test_without_an_extra_it_is_the_package(site: Path, environment: Path):
    install(site, None, name="dlm_cards")
    assert install_hint(None, "dlm-cards", environment=environment) == 'pip install "dlm-cards"'


def test_what_is_not_installed_comes_from_its_checkout(
    environment: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "path", [])
    assert f'"{ROOT}[openai]"' in install_hint("openai", environment=environment)


def test_an_environment_that_is_not_active_is_named_by_its_python(site: Path, tmp_path: Path):
    install(site, CLONE)
    hint = install_hint("openai", environment=tmp_path / "other")
    assert hint.startswith(f'"{sys.executable}" -m pip install "')


def test_an_environment_without_pip_is_for_uv(
    site: Path, environment: Path, monkeypatch: pytest.MonkeyPatch
):
    install(site, CLONE)
    monkeypatch.setattr(sys, "path", [str(site)])
    hint = install_hint("openai", environment=environment)
    assert hint.startswith(f'uv pip install --python "{environment}" "')


@pytest.mark.posix
def test_a_tool_of_uv_is_installed_anew_with_all_its_extras(site: Path, environment: Path):
    install(site, CLONE)
    (environment / "uv-receipt.toml").write_text(
        "[tool]\nrequirements = [\n"
        '  { name = "dlm-cards", extras = ["reader"] },\n'
        '  { name = "dlm-synth", extras = ["tiny", "local"], directory = "/home/me/my notes" },\n'
        "]\n"
    )
    hint = install_hint("openai", environment=environment)
    assert hint == 'uv tool install "/home/me/my notes[local,openai,tiny]"'


@pytest.mark.posix
@pytest.mark.parametrize(
    ("asked", "extras"),
    [("/home/me/my notes[tiny, local]", "local,openai,tiny"), ("/home/me/my notes", "openai")],
)
def test_a_tool_of_pipx_is_installed_anew_with_all_its_extras(
    asked: str, extras: str, site: Path, environment: Path
):
    install(site, CLONE)
    metadata = {"main_package": {"package_or_url": asked}}
    (environment / "pipx_metadata.json").write_text(json.dumps(metadata))
    hint = install_hint("openai", environment=environment)
    assert hint == f'pipx install --force "/home/me/my notes[{extras}]"'


def test_in_the_environment_of_vs_code_its_command_is_named(site: Path, environment: Path):
    install(site, CLONE)
    (environment / "dlm-installed.json").touch()
    hint = install_hint("openai", environment=environment)
    assert hint == "the command *dlm: Install Language Server* in VS Code"


def test_every_extra_that_is_hinted_at_exists():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "dlm_lsp").rglob("*.py")]
    hinted = re.findall(r"install_hint\(['\"](\w+)['\"]\)", "\n".join(sources))
    assert hinted
    assert set(hinted) <= set(PROJECT["optional-dependencies"])
