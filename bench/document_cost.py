"""Document cost benchmark: where the processor time of a document of one section goes.

Beside what a run takes for each stands what no run can do without: the client library that sends
one request and reads its answer, the parser, and the bytes that have to reach the disk. A server in
a process of its own answers after a wait; of several runs the least counts.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure
from bench.many_documents import run_cost
from bench.prompt_server import prompt_server
from bench.river_teacher import HEAD, MODEL, PAIRS_PER_SECTION, river_document, river_section
from dlm_lsp.document import parse
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest
from dlm_lsp.teachers.registry import select

DELAY = 0.05
AT_ONCE = 32
FEW, MANY = 20, 420
RUNS = 3
_SYNCED_FILES = 4
"""A reply, the ledger with its journal, and the plan; each with its folder."""


def measure() -> list[Figure]:
    """Run `dlm synth instructions` over folders, and beside it the parts that are not ours."""
    with prompt_server(DELAY) as url:
        figures = [
            _figure("a document of one section", min(_run_milliseconds(url) for _ in range(RUNS))),
            _figure("of that, the client library", min(_library(url) for _ in range(RUNS))),
        ]
    with tempfile.TemporaryDirectory() as folder:
        return [
            *figures,
            _figure("of that, the parser", min(_parse_milliseconds() for _ in range(RUNS))),
            _figure("of that, waits for the disk", min(_syncs(Path(folder)) for _ in range(RUNS))),
        ]


def ask_by_library(url: str, body: str) -> None:
    """Print how many milliseconds of processor time the client library takes for a request."""
    from openai import AsyncOpenAI

    async def ask() -> float:
        async with AsyncOpenAI(api_key="none", base_url=url) as client:

            async def several(count: int) -> None:
                for _ in range(count):
                    await client.post("/chat/completions", cast_to=object, body=json.loads(body))

            await several(1)
            began = time.process_time()
            await asyncio.gather(*(several(MANY // AT_ONCE) for _ in range(AT_ONCE)))
            return time.process_time() - began

    print(1000 * asyncio.run(ask()) / (MANY // AT_ONCE * AT_ONCE))


def _figure(what: str, milliseconds: float) -> Figure:
    return Figure(
        f"processor time, {what}", "ms", milliseconds, None, "as little as can be", met=True
    )


def _run_milliseconds(url: str) -> float:
    few, many = (run_cost(["one section"] * count, url, AT_ONCE).processor for count in (FEW, MANY))
    return 1000 * (many - few) / (MANY - FEW)


def _library(url: str) -> float:
    prose = river_document(1).removeprefix(HEAD)
    teacher = select(f"vllm-server:{url}#{MODEL}", GenerationOptions(), concurrency=1, timeout=60)
    assert isinstance(teacher, ApiTeacher)
    body = json.dumps(teacher.body(PairRequest(prose, "extraction", PAIRS_PER_SECTION, 1)))
    code = (
        "import sys; from bench import document_cost; document_cost.ask_by_library(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, url, body]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _parse_milliseconds() -> float:
    # Of unlike heads, for equal ones are remembered.
    texts = [
        f"---\ndlm_id: 01K7XWBENCH{number:015d}\nbase_model: smollm2-135m\n---\n"
        f"{river_section(number)}"
        for number in range(MANY)
    ]
    return _milliseconds(lambda number: parse(texts[number]))


def _syncs(folder: Path) -> float:
    def write(number: int) -> None:
        for part in range(_SYNCED_FILES):
            with (folder / f"{number}-{part}").open("wb") as file:
                file.write(b"x" * 4096)
                file.flush()
                os.fsync(file.fileno())
            with _opened(folder) as descriptor:
                os.fsync(descriptor)

    return _milliseconds(write)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _milliseconds(work: Callable[[int], object]) -> float:
    began = time.process_time()
    for number in range(MANY):
        work(number)
    return 1000 * (time.process_time() - began) / MANY


if __name__ == "__main__":
    from bench.run import table

    print(table(measure()), end="")
