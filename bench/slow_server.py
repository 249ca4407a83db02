"""Slow server benchmark: 50 sections against a server that answers each request in 0.2 s."""

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

from bench.figure import Figure
from bench.reference import reference_python
from bench.river_teacher import PAIRS_PER_SECTION, TeacherRequest, river_document, teacher_server

SECTIONS = 50
DELAY = 0.2
RUNS = 3
CONCURRENCIES = (None, 8, 32)
"""How many requests at once; None is the default, which grows."""


def measure() -> list[Figure]:
    """Run `dlm synth instructions` of both packages, from the shell to the staged plan."""
    with teacher_server(_SlowRequest) as url:
        # In turns, for others compute on the same machine.
        references: list[float] = []
        runs: dict[int | None, list[float]] = {concurrency: [] for concurrency in CONCURRENCIES}
        for _ in range(RUNS):
            references.append(_seconds(reference_python().with_name("dlm"), url))
            for concurrency in CONCURRENCIES:
                arguments = ["--concurrency", str(concurrency)] if concurrency else []
                dlm = Path(sys.executable).with_name("dlm")
                runs[concurrency].append(_seconds(dlm, url, arguments))
        reference = statistics.median(references)
        figures = []
        for concurrency in CONCURRENCIES:
            ours = statistics.median(runs[concurrency])
            at_once = f"{concurrency} at once" if concurrency else "by default"
            what = f"{SECTIONS} sections, a server that answers in {DELAY} s, {at_once}"
            # Eight at once take 1.4 s of waiting alone.
            asked = "at most 1/5" if concurrency == 8 else "at most 1/8"
            met = ours * (5 if concurrency == 8 else 8) <= reference
            figures.append(Figure(what, "s", ours, reference, asked, met=met))
    return figures


def _seconds(dlm: Path, url: str, arguments: Sequence[str] = ()) -> float:
    """Return the wall time of one run on a fresh document and store.

    Raises:
        SystemExit: the run failed, or did not find the three pairs of every section.
    """
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "fifty.dlm"
        document.write_text(river_document(SECTIONS), encoding="utf-8")
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
        if found != SECTIONS * PAIRS_PER_SECTION:
            raise SystemExit(f"{' '.join(command)} staged only {found} pairs")
        return seconds


class _SlowRequest(TeacherRequest):
    def answer(self, request: dict[str, Any]) -> None:
        time.sleep(DELAY)
        super().answer(request)


if __name__ == "__main__":
    print(*measure(), sep="\n")
