"""Ray engine benchmark: 200 documents on two nodes of this machine, beside one process.

`python -m bench.ray_engine` prints the table. Both nodes share the processors with server and
driver, so what it shows is what the cluster costs; what it gains takes machines.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from ray.cluster_utils import Cluster

from bench.river_teacher import TeacherRequest, river_document, teacher_server

DOCUMENTS = 200
DELAY = 0.2
AT_ONCE = 16
_ID = "01K7XWBENCHS10WSERV1N3V5Z7"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took, in seconds: on the clock, and of processors wherever it ran."""

    wall: float
    processor: float


class _SlowRequest(TeacherRequest):
    def answer(self, request: dict[str, Any]) -> None:
        time.sleep(DELAY)
        super().answer(request)


@contextmanager
def _two_nodes() -> Iterator[Cluster]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    head = {"num_cpus": 1, "node_name": "north", "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        cluster.add_node(num_cpus=1, node_name="south")
        yield cluster
    finally:
        cluster.shutdown()


class _ProcessorTimes:
    """Processor seconds of all processes of a cluster, those that ended included.

    A worker that ends is nobody's child any more, so each is looked at until it does.
    """

    def __init__(self, cluster: Cluster | None) -> None:
        nodes = cluster.list_all_nodes() if cluster else ()
        started = [each for node in nodes for of in node.all_processes.values() for each in of]
        self._roots = [psutil.Process(each.process.pid) for each in started]
        self._seconds: dict[int, float] = {}

    def read(self) -> float:
        """Look at all of them, and return what they have taken up to now."""
        for root in self._roots:
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    self._seconds[process.pid] = times.user + times.system
        return sum(self._seconds.values())


def _cost(url: str, cluster: Cluster | None, flags: Sequence[str] = ()) -> Cost:
    """Return what one run over fresh documents takes.

    Raises:
        SystemExit: it failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number in range(DOCUMENTS):
            text = river_document(1).replace(_ID, f"{_ID[:-4]}{number:04}")
            (Path(folder) / f"{number:04}.dlm").write_text(text, encoding="utf-8")
        command = [str(Path(sys.executable).with_name("dlm")), "synth", "instructions", folder]
        command += ["--filter", "dedup-only", "--teacher", f"vllm-server:{url}", "--jsonl"]
        command += ["--concurrency", str(AT_ONCE), *flags]
        if cluster:
            command += ["--engine", "ray", "--address", cluster.address]
        environment = os.environ | {"DLM_HOME": str(Path(folder) / "home")}
        times, before = _ProcessorTimes(cluster), os.times()
        idle, start = times.read(), time.perf_counter()
        with (Path(folder) / "out").open("w+") as out, (Path(folder) / "err").open("w+") as err:
            run = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
            while run.poll() is None:
                time.sleep(0.1)
                times.read()
            wall = time.perf_counter() - start
            out.seek(0)
            err.seek(0)
            if run.returncode or len(out.readlines()) != DOCUMENTS:
                raise SystemExit(f"{' '.join(command)} failed: {err.read()}")
        after = os.times()
        return Cost(wall, sum(after[2:4]) - sum(before[2:4]) + times.read() - idle)


def main() -> None:
    """Print what a run takes in one process and on the cluster."""
    with teacher_server(_SlowRequest) as url, _two_nodes() as cluster:
        alone = _cost(url, None)
        _cost(url, cluster)
        spread = _cost(url, cluster)
    waiting = DOCUMENTS * DELAY / AT_ONCE
    print(f"{DOCUMENTS} documents, {DELAY} s a reply, {AT_ONCE} at once; waiting {waiting:.1f} s")
    print("| | one process | Ray, two nodes | ratio |\n|---|---:|---:|---:|")
    for what, here, there in (
        ("wall time", alone.wall, spread.wall),
        ("processor time", alone.processor, spread.processor),
    ):
        print(f"| {what} | {here:.1f} s | {there:.1f} s | {there / here:.2f} |")


if __name__ == "__main__":
    main()
