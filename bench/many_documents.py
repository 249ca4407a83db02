"""Many documents benchmark: a folder is worked through at once, with one pool and one model."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure
from bench.prompt_server import asked_of, prompt_server
from bench.river_teacher import PAIRS_PER_SECTION, river_section

_DLM = Path(sys.executable).with_name("dlm")
_RUNS = 3
_DEDUP_ONLY = ("--filter", "dedup-only")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: seconds on the clock and of the processor, and its largest memory in MiB."""

    wall: float
    processor: float
    memory: float


def measure() -> list[Figure]:
    """Run `dlm synth instructions` over folders, from the shell to the staged plans."""
    return [
        _against_waiting(60, delay=0.5, at_once=8, asked=2.1),
        *_two_thousand(),
        _judged(),
        _killed_twice(),
    ]


def _against_waiting(count: int, *, delay: float, at_once: int, asked: float) -> Figure:
    waiting = count / at_once * delay
    with prompt_server(delay) as url:
        costs = [run_cost(["one section"] * count, url, at_once) for _ in range(_RUNS)]
    ratio = min(cost.wall for cost in costs) / waiting
    what = f"{count} documents of one section, {delay:g} s a reply, {at_once} at once"
    return Figure(what, "times the waiting", ratio, None, f"at most {asked:g}", met=ratio <= asked)


def _two_thousand() -> list[Figure]:
    count, delay, at_once = 2000, 0.05, 32
    with prompt_server(delay) as url:
        cost = min((run_cost(["one section"] * count, url, at_once) for _ in range(2)), key=_wall)
        few = run_cost(["one section"] * (count // 10), url, at_once)
    ratio = cost.wall / (count / at_once * delay)
    what = f"{count} documents of one section, {delay:g} s a reply, {at_once} at once"
    return [
        Figure(what, "times the waiting", ratio, None, "at most 1.5", met=ratio <= 1.5),
        Figure(f"{what}: memory", "MiB", cost.memory, None, "under 250", met=cost.memory < 250),
        Figure(
            f"{what}: memory beside {count // 10} documents",
            "times",
            cost.memory / few.memory,
            None,
            "about 1",
            met=cost.memory < 1.1 * few.memory,
        ),
    ]


def _judged() -> Figure:
    judged = ("--filter", "sway", "--judge", "hf:gemma-3-270m", "--verify", "off")
    with prompt_server(0.0) as url:
        ratios = [
            run_cost(["one section"] * 4, url, 8, judged).processor
            / run_cost(["four sections"], url, 8, judged).processor
            for _ in range(_RUNS)
        ]
    ratio = min(ratios)
    what = "four judged documents, beside one with the same sections, processor time"
    return Figure(what, "times", ratio, None, "at most 1.2", met=ratio <= 1.2)


def _killed_twice() -> Figure:
    """Kill a run over 2,000 documents twice, and let a third apply what comes of it."""
    count = 2000
    with (
        prompt_server(0.05) as url,
        _folder(["one section"] * count) as (folder, _),
        (folder / "out.json").open("w") as out,
    ):
        command = _command(folder, url, 32)
        for kill_at in (count // 3, 2 * count // 3):
            process = subprocess.Popen(command, env=_environment(folder), stdout=out, stderr=out)
            while asked_of(url) < kill_at and process.poll() is None:
                time.sleep(0.05)
            process.kill()
            process.wait()
        command.append("--apply")
        subprocess.run(command, env=_environment(folder), stdout=out, stderr=out, check=True)
        texts = [path.read_text("utf-8") for path in folder.glob("*.dlm")]
        complete = sum(text.count("### Q") == PAIRS_PER_SECTION for text in texts)
        again = asked_of(url) - count
    what = f"documents of {count} with every pair once after two kills; {again} asked again"
    return Figure(what, "", complete, None, f"{count}", met=complete == count)


def _wall(cost: Cost) -> float:
    return cost.wall


def run_cost(
    documents: Sequence[str],
    url: str,
    at_once: int,
    filters: Sequence[str] = _DEDUP_ONLY,
) -> Cost:
    """Return what one run over fresh documents and stores takes.

    Raises:
        SystemExit: the run failed, or did not find the three pairs of every section.
    """
    with _folder(documents) as (folder, sections):
        command = _command(folder, url, at_once, filters)
        start, before = time.perf_counter(), _children()
        with (folder / "out.json").open("w") as out, (folder / "err.txt").open("w") as err:
            process = subprocess.Popen(
                command, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        generated = sum(
            document.get("generated", 0)
            for document in map(json.loads, (folder / "out.json").read_text().splitlines())
        )
        if generated != sections * PAIRS_PER_SECTION:
            words = (folder / "err.txt").read_text()[-2000:]
            raise SystemExit(f"{' '.join(command)} failed ({status}, {generated}): {words}")
        return Cost(wall, _children() - before, usage.ru_maxrss / 1024)


def _command(
    folder: Path, url: str, at_once: int, filters: Sequence[str] = _DEDUP_ONLY
) -> list[str]:
    command = [str(_DLM), "synth", "instructions", str(folder), *filters, "--jsonl"]
    return [*command, "--teacher", f"vllm-server:{url}", "--concurrency", str(at_once)]


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"DLM_HOME": str(folder / "home")}


@contextmanager
def _folder(documents: Sequence[str]) -> Iterator[tuple[Path, int]]:
    """Make a folder with documents of one section, or of four; yield it and how many these are."""
    with tempfile.TemporaryDirectory() as name:
        sections = 0
        for number, kind in enumerate(documents):
            count = 4 if kind == "four sections" else 1
            texts = [river_section(sections + at) for at in range(count)]
            sections += count
            head = f"---\ndlm_id: 01K7XWBENCH{number:015d}\nbase_model: smollm2-135m\n---\n"
            text = head + "\n::prose::\n".join(texts)
            (Path(name) / f"{number:05d}.dlm").write_text(text, encoding="utf-8")
        yield Path(name), sections


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    print(*measure(), sep="\n")
