"""Full disk: files cannot grow beyond a limit, wherever that strikes."""

import random
from pathlib import Path

from bench.chaos.campaign import BrokenPromiseError, Scenario
from bench.chaos.workshop import MARKER, Workshop, check_reverted, plain_run
from bench.river_teacher import TeacherRequest, teacher_server

SECTIONS = 6


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Run, with every file limited to a size, then without a limit."""
    workshop = Workshop(folder, SECTIONS)
    limit = int(2 ** rng.uniform(8, 17))

    with teacher_server(TeacherRequest) as url:
        workshop.run("instructions", *plain_run(url), codes=(0, 1, 3), limit=f"--fsize={limit}")
        count = workshop.read().count(MARKER)
        if count not in (0, workshop.pairs) or (not count and workshop.read() != workshop.text):
            raise BrokenPromiseError(f"the document is half written: {workshop.read()!r}")
        workshop.run("instructions", *plain_run(url), codes=(0, 3))
    if workshop.read().count(MARKER) != workshop.pairs:
        raise BrokenPromiseError(f"{workshop.read().count(MARKER)} pairs of {workshop.pairs}")
    check_reverted(workshop)
    return ("enough room" if count else "too little room",)


SCENARIO = Scenario(
    "disk", "the document is as before or whole, and the next run with room finds every pair", play
)
