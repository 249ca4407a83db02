"""Slow server benchmark: 50 sections beside a server that answers in 0.2 s, 1 where at once."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figure import Figure, compared
from bench.reference import reference_python
from bench.river_teacher import PAIRS_PER_SECTION, TeacherRequest, river_document, teacher_server

SECTIONS = 50
DELAY = 0.2
RUNS = 3


def measure() -> list[Figure]:
    """Run `dlm synth instructions` of both packages, from the shell to the staged plan.

    None among the concurrencies is the default, which grows while the server keeps up.
    """
    figures = []
    for delay, sections, kind, concurrencies, at_most in (
        (0.0, 1, TeacherRequest, (None,), 1.0),
        (DELAY, SECTIONS, _SlowRequest, (None, 32), 1 / 8),
    ):
        with teacher_server(kind) as url:
            reference, ours = _in_turns(url, sections, concurrencies)
        for concurrency, seconds in ours.items():
            at_once = f", {concurrency} at once" if concurrency else ""
            plural = "section" if sections == 1 else f"sections{at_once}"
            answers = f"in {delay:g} s" if delay else "at once"
            what = f"`dlm synth`, {sections} {plural}, a server that answers {answers}"
            figures.append(compared(what, "ms", seconds * 1000, reference * 1000, at_most))
    return figures


def _in_turns(
    url: str, sections: int, concurrencies: Sequence[int | None]
) -> tuple[float, dict[int | None, float]]:
    """Return the median seconds of the reference, and ours by how many requests go at once."""
    references: list[float] = []
    runs: dict[int | None, list[float]] = {concurrency: [] for concurrency in concurrencies}
    # In turns, for others compute on the same machine.
    for _ in range(RUNS):
        references.append(_seconds(reference_python().with_name("dlm"), url, sections, ()))
        for concurrency in concurrencies:
            arguments = ["--concurrency", str(concurrency)] if concurrency else []
            ours = Path(sys.executable).with_name("dlm")
            runs[concurrency].append(_seconds(ours, url, sections, arguments))
    medians = {concurrency: statistics.median(seconds) for concurrency, seconds in runs.items()}
    return statistics.median(references), medians


def _seconds(dlm: Path, url: str, sections: int, arguments: Sequence[str]) -> float:
    """Return the wall time of one run on a fresh document and store.

    Raises:
        SystemExit: the run failed, or did not find the three pairs of every section.
    """
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "fifty.dlm"
        document.write_text(river_document(sections), encoding="utf-8")
        command = [str(dlm), "synth", "instructions", str(document), "--filter", "dedup-only"]
        command += ["--teacher", f"vllm-server:{url}", *arguments]
        environment = os.environ | {"DLM_HOME": str(Path(folder) / "home")}
        start = time.perf_counter()
        done = subprocess.run(
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - start
        pairs = next(Path(folder).rglob("pending.json"), None)
        if done.returncode or pairs is None:
            raise SystemExit(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
        found = len(json.loads(pairs.read_text(encoding="utf-8"))["sections"])
        if found != sections * PAIRS_PER_SECTION:
            raise SystemExit(f"{' '.join(command)} staged only {found} pairs")
        return seconds


class _SlowRequest(TeacherRequest):
    def answer(self, request: dict[str, Any]) -> None:
        time.sleep(DELAY)
        super().answer(request)


if __name__ == "__main__":
    print(*measure(), sep="\n")
