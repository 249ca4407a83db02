"""Request cost benchmark: processor time of a request, from the plan to the parsed pairs.

A server in a process of its own answers after a wait, so that what is measured is ours. The time of
a request is that by which a long run takes more than a short one; of several runs the least counts,
for others compute on the same machine.
"""

import compileall
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figure import Figure
from bench.river_teacher import PAIRS_PER_SECTION, TeacherRequest, river_document, teacher_server

DELAY = 0.05
CONCURRENCIES = (8, 32)
SHORT, LONG = 5, 405
RUNS = 3
MOST_MILLISECONDS = 2.05
"""Half of what it was before this was measured: 4.1 ms."""
_SELF_TIME = re.compile(r"import time: +(\d+) \|")
_PACKAGE = Path(__file__).parents[1] / "dlm_lsp"


def measure() -> list[Figure]:
    """Run `dlm synth instructions --filter dedup-only` on a short and on a long document."""
    compileall.compile_dir(_PACKAGE, quiet=1)
    with _server() as url:
        short = min(_seconds(url, SHORT, CONCURRENCIES[0]) for _ in range(RUNS))
        figures = []
        for at_once in CONCURRENCIES:
            long = min(_seconds(url, LONG, at_once) for _ in range(RUNS))
            milliseconds = 1000 * (long - short) / (LONG - SHORT)
            figures.append(
                Figure(
                    f"processor time of a request, {at_once} at once",
                    "ms",
                    milliseconds,
                    None,
                    f"at most {MOST_MILLISECONDS} ms",
                    met=milliseconds <= MOST_MILLISECONDS,
                )
            )
        share = min(_import_share(url) for _ in range(RUNS))
    return [
        *figures,
        Figure(
            f"processor time of a run of {SHORT} sections",
            "s",
            short,
            None,
            "less than 1 s",
            met=short < 1,
        ),
        Figure("share of imports in it", "%", 100 * share, None, "as little as can be", met=True),
    ]


def serve() -> None:
    """Answer requests until the input ends; the address is the first line of the output."""
    with teacher_server(_LateRequest) as url:
        print(url, flush=True)
        sys.stdin.read()


class _LateRequest(TeacherRequest):
    def answer(self, request: dict[str, object]) -> None:
        time.sleep(DELAY)
        super().answer(request)


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Serve in a process of its own; yield the address."""
    command = [sys.executable, "-c", "from bench.request_cost import serve; serve()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def _seconds(url: str, sections: int, at_once: int) -> float:
    """Return the processor time of one run on a fresh document and store.

    Raises:
        SystemExit: the run did not find the pairs of every section.
    """
    return _run(url, sections, at_once, ())[0]


def _import_share(url: str) -> float:
    """Return which part of a short run its imports take, as Python itself tells."""
    seconds, told = _run(url, SHORT, CONCURRENCIES[0], ("-X", "importtime"))
    return sum(map(int, _SELF_TIME.findall(told))) / 1e6 / seconds


def _run(url: str, sections: int, at_once: int, options: Sequence[str]) -> tuple[float, str]:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "rivers.dlm"
        document.write_text(river_document(sections), encoding="utf-8")
        errors = Path(folder) / "errors"
        command = [sys.executable, *options, "-c", "from dlm_lsp.cli.app import main; main()"]
        command += ["synth", "instructions", str(document), "--filter", "dedup-only"]
        command += ["--teacher", f"vllm-server:{url}", "--concurrency", str(at_once)]
        with errors.open("w", encoding="utf-8") as written:
            process = subprocess.Popen(
                command,
                env=os.environ | {"DLM_HOME": str(Path(folder) / "home")},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=written,
            )
            # That of this one child, and not of the server beside it.
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told = errors.read_text(encoding="utf-8")
        staged = next(Path(folder).rglob("pending.json"), None)
        found = json.loads(staged.read_text(encoding="utf-8"))["sections"] if staged else ()
        if len(found) != sections * PAIRS_PER_SECTION:
            raise SystemExit(f"{' '.join(command)} staged {len(found)} pairs: {told[-2000:]}")
        return usage.ru_utime + usage.ru_stime, told


if __name__ == "__main__":
    from bench.run import table

    print(table(measure()), end="")
