"""Request cost benchmark: processor time of a request, from the plan to the parsed pairs.

A server in a process of its own answers after a wait, so that what is measured is ours. The time of
a request is that by which a long run takes more than a short one, beside what the client library
takes that sends the same request and makes models of the answer. Of several runs the least counts,
for others compute on the same machine.
"""

import asyncio
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
from bench.river_teacher import (
    HEAD,
    MODEL,
    PAIRS_PER_SECTION,
    TeacherRequest,
    river_document,
    teacher_server,
)
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest
from dlm_lsp.teachers.registry import select

DELAY = 0.05
CONCURRENCIES = (8, 32)
SHORT, LONG = 5, 405
RUNS = 3
_EACH = 50
MOST = 2
"""How many times what the client library takes; it was seven times before this was measured."""
_LOADED = re.compile(r"import time: +\d+ \| +\d+ \| +(\S+)")
_PACKAGE = Path(__file__).parents[1] / "dlm_lsp"


def measure() -> list[Figure]:
    """Run `dlm synth instructions --filter dedup-only` on a short and on a long document."""
    compileall.compile_dir(_PACKAGE, quiet=1)
    with _server() as url:
        library = min(_library_milliseconds(url) for _ in range(RUNS))
        short = min(_seconds(url, SHORT, CONCURRENCIES[0]) for _ in range(RUNS))
        figures = []
        for at_once in CONCURRENCIES:
            long = min(_seconds(url, LONG, at_once) for _ in range(RUNS))
            milliseconds = 1000 * (long - short) / (LONG - SHORT)
            figures.append(
                Figure(
                    f"processor time of a request, {at_once} at once (beside: the SDK alone)",
                    "ms",
                    milliseconds,
                    library,
                    f"at most {MOST} times",
                    met=milliseconds <= MOST * library,
                )
            )
        modules = _modules(url)
        imports = min(_import_seconds(modules) for _ in range(RUNS))
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
        Figure("of that, imports", "s", imports, None, "as little as can be", met=True),
    ]


def serve() -> None:
    """Answer requests until the input ends; the address is the first line of the output."""
    with teacher_server(_LateRequest) as url:
        print(url, flush=True)
        sys.stdin.read()


def ask_by_library(url: str, body: str) -> None:
    """Print how many milliseconds of processor time the client library takes for a request."""
    from openai import AsyncOpenAI

    async def ask() -> float:
        async with AsyncOpenAI(api_key="none", base_url=url) as client:

            async def several(count: int) -> None:
                for _ in range(count):
                    await client.chat.completions.create(**json.loads(body))

            await several(1)
            began = time.process_time()
            await asyncio.gather(*(several(_EACH) for _ in range(CONCURRENCIES[0])))
            return time.process_time() - began

    print(1000 * asyncio.run(ask()) / (_EACH * CONCURRENCIES[0]))


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


def _library_milliseconds(url: str) -> float:
    prose = river_document(1).removeprefix(HEAD)
    teacher = select(f"vllm-server:{url}#{MODEL}", GenerationOptions(), concurrency=1, timeout=60)
    assert isinstance(teacher, ApiTeacher)
    body = json.dumps(teacher.body(PairRequest(prose, "extraction", PAIRS_PER_SECTION, 1)))
    code = "import sys; from bench import request_cost; request_cost.ask_by_library(*sys.argv[1:])"
    command = [sys.executable, "-c", code, url, body]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _seconds(url: str, sections: int, at_once: int) -> float:
    """Return the processor time of one run on a fresh document and store.

    Raises:
        SystemExit: the run did not find the pairs of every section.
    """
    return _run(url, sections, at_once, ())[0]


def _modules(url: str) -> list[str]:
    """Return the modules that a short run loads, in their order."""
    return _LOADED.findall(_run(url, SHORT, CONCURRENCIES[0], ("-X", "importtime"))[1])


def _import_seconds(modules: Sequence[str]) -> float:
    """Return the processor time of a process that loads these modules and does no more."""
    code = (
        "import contextlib, gc, importlib, sys, time\n"
        "gc.set_threshold(50_000, 20, 20)\n"
        "for name in sys.stdin.read().split():\n"
        "    with contextlib.suppress(Exception): importlib.import_module(name)\n"
        "print(time.process_time())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(modules),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


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
        log = errors.read_text(encoding="utf-8")
        staged = next(Path(folder).rglob("pending.json"), None)
        found = json.loads(staged.read_text(encoding="utf-8"))["sections"] if staged else ()
        if len(found) != sections * PAIRS_PER_SECTION:
            raise SystemExit(f"{' '.join(command)} staged {len(found)} pairs: {log[-2000:]}")
        return usage.ru_utime + usage.ru_stime, log


if __name__ == "__main__":
    from bench.run import table

    print(table(measure()), end="")
