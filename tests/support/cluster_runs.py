"""Cluster runs: documents, an environment and a teacher that holds its replies back."""

import os
import threading
from pathlib import Path
from typing import Any

import psutil
from support.teacher_server import HEAD, Town, town

KEY = "the-key-that-only-nodes-have"


class Gate:
    """Answers the first requests, and holds all others until it is opened."""

    def __init__(self, first: int, held: int) -> None:
        self.first: list[str] = []
        self.held: list[str] = []
        self.is_full = threading.Event()
        self.opened = threading.Event()
        self._most, self._awaited = first, held
        self._lock = threading.Lock()

    def answer(self, prompt: str) -> Town:
        with self._lock:
            passes = len(self.first) < self._most
            (self.first if passes else self.held).append(prompt)
            if len(self.held) == self._awaited:
                self.is_full.set()
        if not passes:
            self.opened.wait(60)
        return Town(prompt)


def cut_power(node: Any) -> None:
    """End all processes of a node at once, as when a machine is gone."""
    raylets = [psutil.Process(each.process.pid) for each in node.all_processes["raylet"]]
    processes = [*raylets, *(child for each in raylets for child in each.children(recursive=True))]
    for process in processes:
        process.suspend()
    for process in processes:
        process.kill()


def write_towns(folder: Path, count: int) -> Path:
    """Write documents about a town each."""
    folder.mkdir()
    for number in range(count):
        head = HEAD.replace("RHV8CE", f"R{number:05}")
        (folder / f"{number:03}.dlm").write_text(f"{head}{town(number)}\n", encoding="utf-8")
    return folder


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a driver: no key, and a store of its own."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_API_KEY") and name not in ("COLUMNS", "FORCE_COLOR", "RAY_ADDRESS")
    }
    return {**inherited, "DLM_HOME": str(home), "HF_HUB_OFFLINE": "1", **more}
