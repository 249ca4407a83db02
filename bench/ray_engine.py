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
from contextlib import contextmanager
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


def _processor_of(cluster: Cluster | None) -> float:
    """Return the processor time of all processes of a cluster, those that have ended included."""
    times = [
        psutil.Process(each.process.pid).cpu_times()
        for node in (cluster.list_all_nodes() if cluster else ())
        for started in node.all_processes.values()
        for each in started
        if each.process.poll() is None
    ]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


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
        before, idle = os.times(), _processor_of(cluster)
        start = time.perf_counter()
        done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
        wall = time.perf_counter() - start
        after = os.times()
        if done.returncode or len(done.stdout.splitlines()) != DOCUMENTS:
            raise SystemExit(f"{' '.join(command)} failed: {done.stderr}")
        if cluster:
            time.sleep(2)  # The workers end a moment later, and count as children once they have.
        own = sum(after[2:4]) - sum(before[2:4])
        return Cost(wall, own + _processor_of(cluster) - idle)


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
