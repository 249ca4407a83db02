"""Start-up benchmark: how long a command takes that asks no model, and how much memory it needs."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure, compared
from bench.reference import reference_python

RUNS = 9
SECTIONS = 1_000
_LIST = f"`dlm synth list`, {SECTIONS // 2} synthesized pairs"
MIB = 2**20
RSS_UNIT = 1 if sys.platform == "darwin" else 1024

_MEASURE = """
import os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start
print([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss])
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall time in seconds and peak resident memory in MiB, each the median of its runs."""

    seconds: float
    mebibytes: float


def measure() -> list[Figure]:
    """Run `dlm --help` and `dlm synth list` of both packages, taking turns."""
    commands = {
        "ours": Path(sys.executable).with_name("dlm"),
        "reference": reference_python().with_name("dlm"),
    }
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "thousand.dlm"
        document.write_text(_document(SECTIONS), encoding="utf-8")
        environment = os.environ | {"DLM_HOME": str(Path(folder) / "home")}
        helps = _costs(commands, ["--help"], environment)
        lists = _costs(commands, ["synth", "list", str(document)], environment)
    return [
        *(
            compared(what, "ms", costs["ours"].seconds * 1000, costs["reference"].seconds * 1000)
            for what, costs in (("`dlm --help`", helps), (_LIST, lists))
        ),
        compared(
            f"{_LIST}, peak memory", "MiB", lists["ours"].mebibytes, lists["reference"].mebibytes
        ),
    ]


def _costs(
    commands: dict[str, Path], arguments: Sequence[str], environment: dict[str, str]
) -> dict[str, Cost]:
    runs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            runs[name].append(_run([str(command), *arguments], environment))
    return {
        name: Cost(
            statistics.median(cost.seconds for cost in costs),
            statistics.median(cost.mebibytes for cost in costs),
        )
        for name, costs in runs.items()
    }


def _run(command: Sequence[str], environment: dict[str, str]) -> Cost:
    # The peak that wait4 gives begins with that of the process which starts the command, so a small
    # one does; getrusage would give the largest of all.
    measuring = [sys.executable, "-S", "-c", _MEASURE, *command]
    done = subprocess.run(
        measuring, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True
    )
    code, seconds, peak = json.loads(done.stdout)
    if code:
        raise SystemExit(f"{' '.join(command)} ended with exit code {code}")
    return Cost(seconds, peak * RSS_UNIT / MIB)


def _document(sections: int) -> str:
    """Return a document of which every second section is prose, the others synthesized."""
    head = "---\ndlm_id: 01K7XWBENCHSTART0P1N3V5Z7T\nbase_model: smollm2-135m\n---\n"
    marker = (
        '<!-- dlm-auto-synth: synth_teacher="hf:teacher" synth_strategy="extraction" '
        'synth_at="2026-01-01T00:00:00Z" source_section_id="0123456789abcdef" -->'
    )
    return head + "".join(
        f"::prose::\nTopic {n} has a sentence of its own, and the sentence names topic {n}.\n"
        f"::instruction::\n{marker}\n### Q\nWhat does sentence {n} name?\n### A\nTopic {n}.\n"
        for n in range(sections // 2)
    )
