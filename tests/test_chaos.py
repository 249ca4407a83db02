"""Chaos campaign: each of its scenarios can be played, and holds for a few rounds."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.posix
@pytest.mark.parametrize("name", ["kills", "saves", "disk", "replies", "messages", "texts"])
def test_a_scenario_holds_for_a_few_rounds(name):
    command = [sys.executable, "-m", "bench.chaos", name, "--rounds", "3"]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stderr
    assert f"| {name} |" in played.stdout
