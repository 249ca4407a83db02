"""Every example of docs/python-api.md runs as it stands, in a folder with a document."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.teacher_server import HEAD, TeacherServer, town

PAGE = Path(__file__).parents[2] / "docs" / "python-api.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
SERVER = "vllm-server:http://localhost:8000"
# A script that trains is started anew in the process that does the work.
SCRIPT = "if __name__ == '__main__':\n"


def _body(example: str) -> str:
    return SCRIPT + "".join(f"    {line}\n" for line in example.splitlines())


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    from support.tiny_model import tiny_llama

    return str(tiny_llama(tmp_path_factory.mktemp("base")))


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs(example: str, tmp_path: Path, httpserver, base: str):
    head = HEAD.replace("smollm2-135m", f"hf:{base}")
    (tmp_path / "notes.dlm").write_text(f"{head}{town(0)}\n")
    selector = TeacherServer(httpserver).selector
    (tmp_path / "example.py").write_text(_body(example.replace(SERVER, selector)))
    process = subprocess.run(
        [sys.executable, "example.py"],
        cwd=tmp_path,
        env=os.environ | {"DLM_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, "")


def test_each_function_has_an_example_of_five_lines():
    for name in ("check", "synthesize", "apply", "revert", "train"):
        example = next(e for e in EXAMPLES if re.search(rf"import .*\b{name}\b", e))
        assert len([line for line in example.splitlines() if line.strip()]) <= 5
