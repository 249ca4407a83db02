"""Tutorial: its commands for the shell, word for word, in a clean home, about its own notes."""

import json
import os
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest
from support.http_servers import chat_completion, pairs_json
from support.pty_process import PtyProcess
from support.teacher_server import DLM, TeacherServer
from werkzeug import Response

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")
IN_A_SHELL = PAGE.partition("## In a shell\n")[2].partition("\n## In VS Code")[0]
NOTES, *BLOCKS = [
    dedent(block) for block in re.findall(r"(?:^    .*\n|^\n)+", IN_A_SHELL, re.M) if block.strip()
]
COMMANDS = re.findall(r"^(?:\$ )?(dlm .+)$", "\n".join(BLOCKS), re.MULTILINE)
PAIRS = {
    "orchard wall": [
        ("Where do the six hives stand?", "Behind the orchard wall.", "The six hives stand behind"),
        ("How much honey does each colony need?", "Twelve kilograms.", "Each colony needs twelve"),
    ],
    "oxalic acid": [
        ("What are the colonies treated with?", "Oxalic acid.", "with oxalic acid"),
        ("How long does one treatment take?", "Three minutes.", "One treatment takes three"),
    ],
}


def answer(prompt: str) -> Response:
    """A reply about the section that the prompt ends with, or a verdict that nobody can read."""
    word = max(PAIRS, key=prompt.rfind)
    reply = chat_completion(pairs_json(*PAIRS[word]))
    return Response(json.dumps(reply), content_type="application/json")


@pytest.fixture
def clean_home(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has never used it, but has the model."""
    unset = ("DLM_HOME", "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "VISUAL", "EDITOR")
    usual = {name: value for name, value in os.environ.items() if name not in unset}
    # A model is not downloaded or converted again, which takes a minute.
    cache = os.environ.get("XDG_CACHE_HOME", str(Path("~/.cache").expanduser()))
    caches = {
        "HF_HOME": os.environ.get("HF_HOME", f"{cache}/huggingface"),
        "XDG_CACHE_HOME": cache,
    }
    home = tmp_path / "somebody"
    home.mkdir()
    path = f"{DLM.parent}{os.pathsep}{usual['PATH']}"
    return (
        usual
        | caches
        | {"HOME": str(home), "PATH": path, "TERM": "xterm-256color", "HF_HUB_OFFLINE": "1"}
    )


def test_a_stranger_comes_from_notes_to_reviewed_exported_and_learned_pairs(
    httpserver, clean_home, tmp_path
):
    teacher = TeacherServer(httpserver)
    teacher.answer = answer
    (tmp_path / "bees.md").write_text(NOTES.strip() + "\n", encoding="utf-8")
    address = teacher.selector.removeprefix("vllm-server:http://").partition("#")[0]
    for command in COMMANDS:
        words = command.replace("localhost:8080", address)
        if "review" in command:
            with PtyProcess.running(["bash", "-c", words], clean_home, tmp_path) as terminal:
                terminal.answer("q ?] ", "A")
                assert terminal.end() == 0
            continue
        done = subprocess.run(
            ["bash", "-c", words], cwd=tmp_path, env=clean_home, text=True, check=False,
            stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    assert (tmp_path / "bees.dlm").read_text("utf-8").count("<!-- dlm-auto-synth: ") == 4
    rows = [json.loads(line) for line in (tmp_path / "bees.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == 4 and all(row["reviewed"] for row in rows)


def test_the_way_has_every_step():
    steps = ("init", "synth instructions", "synth review", "synth export", "train", "prompt")
    for step in steps:
        assert any(command.startswith(f"dlm {step} ") for command in COMMANDS), step
