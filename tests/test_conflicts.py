import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "dlm_lsp"
SHELL = "from dlm_lsp.cli.app import main; main()"
SERVER = "from dlm_lsp.server.main import main; main()"
REFERENCE_SERVER = "from dlm_lsp.server import main; main()"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder like `site-packages`, with this package in it."""
    (tmp_path / "dlm_lsp").symlink_to(PACKAGE, target_is_directory=True)
    (tmp_path / "dlm_synth-1.0.0.dist-info").mkdir()
    return tmp_path


def version(code: str, environment: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, "--version"],
        cwd=environment,
        env={**os.environ, "PYTHONPATH": str(environment)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("code", "command"), [(SHELL, "dlm"), (SERVER, "dlm-lsp")])
def test_alone_in_an_environment_nothing_is_said(code: str, command: str, environment: Path):
    run = version(code, environment)
    assert run.returncode == 0
    assert run.stdout.startswith(command)
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("code", "command"), [(SHELL, "dlm"), (SERVER, "dlm-lsp"), (REFERENCE_SERVER, "dlm-lsp")]
)
def test_beside_the_reference_server_no_command_starts(code: str, command: str, environment: Path):
    (environment / "dlm_lsp-0.1.1.dist-info").mkdir()
    run = version(code, environment)
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"{command}: dlm-lsp 0.1.1 is in the same environment ({environment})")
    assert "install dlm-synth anew in an environment of its own" in line


def test_beside_the_reference_the_shell_warns_and_goes_on(environment: Path):
    (environment / "document_language_model-0.10.0.dist-info").mkdir()
    run = version(SHELL, environment)
    assert run.returncode == 0
    assert run.stdout.startswith("dlm (dlm-synth) ")
    (line,) = run.stderr.splitlines()
    assert line.startswith("dlm: document-language-model 0.10.0 is in the same environment")


def test_beside_the_reference_the_server_has_nothing_to_say(environment: Path):
    (environment / "document_language_model-0.10.0.dist-info").mkdir()
    assert version(SERVER, environment).stderr == ""


def test_what_is_only_named_alike_is_no_conflict(environment: Path):
    (environment / "dlm_lsp_extras-0.1.dist-info").mkdir()
    (environment / "document_language_models-0.1.dist-info").mkdir()
    assert version(SHELL, environment).stderr == ""
