"""Kills: `dlm synth instructions --apply` and `revert` end by SIGKILL at any moment."""

import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.chaos.campaign import BrokenPromiseError, Scenario
from bench.chaos.workshop import MARKER, Workshop, check_reverted, plain_run
from bench.river_teacher import TeacherRequest, teacher_server

SECTIONS = 12
MOST_KILLS = 4


class _Counted(TeacherRequest):
    answered = 0

    def answer(self, request: dict[str, Any]) -> None:
        time.sleep(0.05)
        super().answer(request)
        type(self).answered += 1


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Kill a run some times, then let it end, then revert, killed as well."""
    workshop = Workshop(folder, SECTIONS)
    _Counted.answered = 0
    events = []
    with teacher_server(_Counted) as url:
        flags = plain_run(url)
        for _ in range(rng.randint(1, MOST_KILLS)):
            events.append(_kill(workshop, rng.uniform(0.1, 2.0), "instructions", *flags))
            _check_whole(workshop)
        workshop.run("instructions", *flags, codes=(0, 3))
    if workshop.read().count(MARKER) != workshop.pairs:
        raise BrokenPromiseError(f"{workshop.read().count(MARKER)} pairs of {workshop.pairs}")
    # What was answered and not yet on disk: eight in flight, and seven on their way to the disk.
    if _Counted.answered > SECTIONS + 15 * len(events):
        raise BrokenPromiseError(f"asked {_Counted.answered} times for {SECTIONS} sections")
    events.append(_kill(workshop, rng.uniform(0.1, 0.6), "revert"))
    _check_whole(workshop)
    check_reverted(workshop)
    return tuple(events)


def _kill(workshop: Workshop, after: float, *arguments: str) -> str:
    process = workshop.start(*arguments)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.communicate()
    return "killed" if process.returncode == -signal.SIGKILL else "was done before"


def _check_whole(workshop: Workshop) -> None:
    text = workshop.read()
    if text != workshop.text and text.count(MARKER) != workshop.pairs:
        raise BrokenPromiseError(f"the document is half written: {text!r}")


SCENARIO = Scenario(
    "kills",
    "the document is as before or whole; no paid reply is asked for again but those in flight or"
    " on their way to the disk; nothing is left beside it",
    play,
)
