"""GPU check: every path that computes on a device, each in a process of its own, as one table.

    python -m bench.gpu                         # on a machine with a GPU
    python -m bench.gpu --device cpu            # a rehearsal: what needs CUDA says so by name
    python -m bench.gpu "train in fp16" judge   # some rows only

It ends with 1 where a row failed. Rows that need the 270M model want `pip install '.[tiny]'`, those
for qlora and 8-bit optimizers `pip install bitsandbytes`.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROW_LIMIT = 900.0
"""Seconds after which a row counts as failed."""

Outcome = Literal["ok", "failed", "not possible here"]


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one path, and what is to be said of it: figures, or the reason."""

    name: str
    outcome: Outcome
    seconds: float
    words: str


def main(arguments: Sequence[str]) -> int:
    """Check the rows that are named, or all; return the exit code."""
    from bench.gpu_rows import ROWS, machine

    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    options = parser.parse_args(arguments)
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    if options.device == "cpu":
        # Models are loaded onto a GPU wherever one is seen.
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    words, has_cuda = machine()
    if options.device == "cuda" and not has_cuda:
        print("there is no GPU with CUDA here; `--device cpu` rehearses", file=sys.stderr)
        return 2
    print(f"{words}\n", flush=True)
    print("| path | outcome | seconds | |\n|---|---|---:|---|", flush=True)
    rows = []
    for name in options.rows or ROWS:
        # Code without a file: a model's worker process runs the file of its parent once more.
        code = f"from bench.gpu_rows import run; run({name!r}, {options.device!r})"
        rows.append(run_row(name, [sys.executable, "-c", code]))
        print(line(rows[-1]), flush=True)
    return int(any(row.outcome == "failed" for row in rows))


def run_row(name: str, command: Sequence[str], limit: float = ROW_LIMIT) -> Row:
    """Run a row in a process, which writes its outcome as JSON into the file in `$ROW`.

    Whatever ends it costs this row alone; what it leaves running is ended with it.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer, log = Path(folder) / "answer.json", Path(folder) / "log"
        start = time.monotonic()
        with log.open("w", encoding="utf-8") as written:
            process = subprocess.Popen(
                command,
                env=os.environ | {"ROW": str(answer)},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = process.wait(limit)
                ended = _ending(code)
            except subprocess.TimeoutExpired:
                ended = f"took more than {limit:g} s"
            _end(process)
        seconds = time.monotonic() - start
        try:
            said = json.loads(answer.read_text(encoding="utf-8"))
            return Row(name, said["outcome"], seconds, said["words"])
        except FileNotFoundError:
            last = (log.read_text(encoding="utf-8", errors="replace").split("\n") or [""])[-2:]
            return Row(name, "failed", seconds, f"{ended}: {' '.join(last).strip()}")


def line(row: Row) -> str:
    """Return a row as one of a Markdown table."""
    outcome = f"**{row.outcome}**" if row.outcome == "failed" else row.outcome
    words = " ".join(row.words.split()).replace("|", "\\|")
    return f"| {row.name} | {outcome} | {row.seconds:.0f} | {words} |"


def _ending(code: int) -> str:
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
