"""Saves: an editor saves the document again and again while `dlm synth apply` writes it."""

import random
import threading
import time
from pathlib import Path

from bench.chaos.campaign import BrokenPromiseError, Scenario
from bench.chaos.workshop import MARKER, Workshop, plain_run
from bench.river_teacher import TeacherRequest, teacher_server

SECTIONS = 3
PERIOD = 0.002


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Stage pairs, then apply them beside an editor that saves every 2 ms."""
    workshop = Workshop(folder, SECTIONS)
    with teacher_server(TeacherRequest) as url:
        flags = [flag for flag in plain_run(url) if flag != "--apply"]
        workshop.run("instructions", *flags)
    done = threading.Event()
    lost: list[int] = []
    editor = threading.Thread(target=_save_on, args=(workshop, done, lost, rng.random()))
    editor.start()
    workshop.run("apply", codes=(0, 1))
    done.set()
    editor.join()
    if lost:
        raise BrokenPromiseError(f"the saves {lost} were overwritten")
    return ("applied" if MARKER in workshop.read() else "gave way",)


def _save_on(workshop: Workshop, done: threading.Event, lost: list[int], phase: float) -> None:
    """Save what is there with one more line, and look whether the save before is still in it."""
    time.sleep(phase * PERIOD)
    number = 0
    while not done.is_set():
        text = workshop.read()
        if number and f"Saved {number}." not in text:
            lost.append(number)
        number += 1
        workshop.write(f"{text}Saved {number}.\n")
        time.sleep(PERIOD)


SCENARIO = Scenario("saves", "no save of the editor is overwritten", play)
