"""The installed `dlm` command, a folder and home of its own, and a teacher on this machine."""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.model_fixtures import chat_llama, llama
from support.python_processes import start
from support.teacher_server import DLM, HEAD, TeacherServer, plain, town

__all__ = ["chat_llama", "llama", "start"]


@pytest.fixture
def teacher(httpserver) -> TeacherServer:
    return TeacherServer(httpserver)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The $DLM_HOME of the command, not yet there."""
    return tmp_path / "home"


@pytest.fixture
def paid(teacher, httpserver, home) -> tuple[list[str], dict[str, str]]:
    """Flags and environment with which the teacher is behind a host that is elsewhere.

    A reply costs 0.07 there, and one of 1,000 tokens 10.
    """
    home.mkdir()
    own = '["models.example"]\nas_of = 2026-11-28\n'
    own += '["models.example".models]\n"towns" = { input = 0, output = 10_000 }\n'
    (home / "prices.toml").write_text(own, "utf-8")
    flags = [*plain(teacher), "--teacher", "vllm-server:http://models.example#towns"]
    proxy = {"HTTP_PROXY": httpserver.url_for("").rstrip("/"), "NO_PROXY": "", "no_proxy": ""}
    return [*flags, "--max-new-tokens", "1000"], proxy


@pytest.fixture
def command(tmp_path: Path, home: Path) -> Callable[..., subprocess.Popen]:
    """Start `dlm` in a folder of its own, without what a developer may have set."""

    def start(*args: object, env: dict[str, str] | None = None, **options) -> subprocess.Popen:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.endswith("_API_KEY")
            and name not in ("COLUMNS", "FORCE_COLOR", "PYTHONUNBUFFERED")
        }
        return subprocess.Popen(
            [str(DLM), *map(str, args)],
            cwd=tmp_path,
            env={
                **environment,
                "DLM_HOME": str(home),
                "HF_HUB_OFFLINE": "1",
                "XDG_CONFIG_HOME": str(tmp_path / "config"),
                **(env or {}),
            },
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                **options,
            },
        )

    return start


@pytest.fixture
def dlm(command) -> Callable[..., subprocess.CompletedProcess]:
    """Run `dlm` to its end."""

    def run(*args: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        process = command(*args, env=env)
        out, err = process.communicate(timeout=180)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    return run


@pytest.fixture
def document(tmp_path: Path) -> Callable[..., Path]:
    """Write a document with one prose section for each number."""

    def write(numbers: Sequence[int] = (1, 2), name: str = "towns.dlm") -> Path:
        path = tmp_path / name
        body = "\n::prose::\n".join(town(number) for number in numbers)
        path.write_bytes(f"{HEAD}{body}\n".encode())
        return path

    return write


@pytest.fixture
def staged(document, dlm, teacher) -> Path:
    """A document with two sections and the four pairs about them staged."""
    path = document()
    assert dlm("synth", "instructions", path, *plain(teacher)).returncode == 0
    return path
