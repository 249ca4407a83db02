"""Ray cluster: a worker on each node, as an actor of Ray; nothing else here knows Ray."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from dlm_lsp import __version__
from dlm_lsp.cluster.pool import WorkerLostError, WorkerPool
from dlm_lsp.cluster.stand_ins import ClusterModels
from dlm_lsp.errors import UsageError
from dlm_lsp.install_hint import DISTRIBUTION, install_hint
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.synth.run_models import ModelSource
from dlm_lsp.synth.synth_request import SynthRequest, asks_server
from dlm_lsp.teachers.request_limit import FIRST

_logger = logging.getLogger(__name__)
_SHARE_OF_PROCESSOR = 0.05
"""What a worker takes that only waits for servers: two whole ones starve on two cores."""
_START_LIMIT = 120.0
"""Seconds until a worker has to be there; it imports this package, perhaps from a slow disk."""
_CONNECT_LIMIT = 10.0
"""Seconds until a connection to the head has to be there."""
_MOST_REPLACED = 3
"""How often the worker of a node is started anew."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A machine of the cluster, what it is called, and how many graphics processors it has."""

    id: str
    name: str
    gpus: int


@contextmanager
def ray_source(
    request: SynthRequest, address: str | None, on_notice: Callable[[str], None]
) -> Iterator[ModelSource]:
    """Start a worker on each node of a cluster, and give the models that they hold.

    Without `address` it is the cluster that RAY_ADDRESS names, else the one that runs on this
    machine, else one of this machine alone, which ends with the block.

    Raises:
        UsageError: Ray is not installed, there is no such cluster, or no worker can be started.
    """
    ray = _import_ray()
    _connect(ray, address)
    actors = _Actors(ray, request)
    try:
        pool = actors.start()
        on_notice(f"{_described(pool)} ask and judge; prose and pairs are sent there.")
        pool.on_notice = on_notice
        models = ClusterModels(pool, ray.put)
        yield models.source
    finally:
        actors.end()
        ray.shutdown()


def _import_ray() -> ModuleType:
    # Nothing is sent to anybody whom the user has not named.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise UsageError(f"the engine ray needs Ray: {install_hint('ray')}") from None
    module: ModuleType = ray
    return module


def _connect(ray: ModuleType, address: str | None) -> None:
    if address and address.startswith("ray://"):
        raise UsageError(
            "an address that begins with ray:// is that of a proxy, through which replies cannot "
            "come back one by one; run on a machine of the cluster, and name HOST:PORT of its head"
        )
    check_head(address or os.environ.get("RAY_ADDRESS", ""))
    logging.getLogger("ray").setLevel(logging.ERROR)
    # Ray writes of each worker that dies on stdout, where results go; no setting says otherwise.
    worker: Any = getattr(getattr(ray, "_private", None), "worker", None)
    if hasattr(worker, "print_to_stdstream"):
        worker.print_to_stdstream = _write_nothing
    try:
        ray.init(
            address=address,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    # Ray raises whatever its parts do: ConnectionError, ValueError, RuntimeError, its own.
    except Exception as error:
        raise _no_cluster(address or "", " ".join(str(error).split())) from error


def check_head(address: str) -> None:
    """Check that something listens at an address HOST:PORT; Ray tries for minutes, in silence.

    Raises:
        UsageError: nothing does.
    """
    host, colon, port = address.rpartition(":")
    # `auto` and `local` are addresses too.
    if not (colon and port.isdigit()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_LIMIT).close()
    except OSError as error:
        raise _no_cluster(address, os_reason(error)) from error


def _no_cluster(address: str, reason: str) -> UsageError:
    return UsageError(
        f"there is no Ray cluster to join{f' at {address}' if address else ''} ({reason}); "
        "start it with `ray start` and name the HOST:PORT that this prints"
    )


def _write_nothing(*_: Any, **__: Any) -> None:
    return


class _RayWorker:
    """An actor as the pool calls it."""

    def __init__(self, ray: ModuleType, actor: Any, node: _Node) -> None:
        self.actor = actor
        self.machine = node
        self._ray = ray

    @property
    def node(self) -> str:
        """What its machine is called."""
        return self.machine.name

    async def call(self, method: str, *arguments: Any) -> Any:
        """Return what the method of the worker returns; see `RemoteWorker`."""
        errors = self._ray.exceptions
        plain, references = [], []
        for argument in arguments:
            is_reference = isinstance(argument, self._ray.ObjectRef)
            references.append(argument) if is_reference else plain.append(argument)
        reply = self.actor.call.remote(method, plain, *references)
        try:
            return await reply
        except (errors.RayActorError, errors.NodeDiedError) as error:
            raise WorkerLostError(self.node) from error
        except asyncio.CancelledError:
            self._ray.cancel(reply)
            raise


class _Actors:
    """The actors of a run: which there are to be, and how a dead one is replaced."""

    def __init__(self, ray: ModuleType, request: SynthRequest) -> None:
        self._ray = ray
        self._has_models = not asks_server(request) or request.options.filter == "sway"
        self._most = None if self._has_models else request.options.concurrency or FIRST
        self._workers: list[_RayWorker] = []
        self._replaced: dict[str, int] = {}

    def start(self) -> WorkerPool:
        """Start them all and wait until they are there.

        Raises:
            UsageError: one runs another release, or none can be started.
        """
        nodes = [node for node in self._nodes() for _ in range(max(1, node.gpus))][: self._most]
        if not nodes:
            raise UsageError(
                "no node of the Ray cluster has a processor to lend; start one with more than "
                "zero, or wait for what else runs there"
            )
        workers = [self._make(node) for node in nodes]
        pending = {worker.actor.call.remote("version", []): worker for worker in workers}
        ready, late = self._ray.wait(
            list(pending), num_returns=len(pending), timeout=_START_LIMIT, fetch_local=False
        )
        problems = [f"{pending[reply].node} has no room for a worker now" for reply in late]
        for reply in late:
            self._ray.kill(pending[reply].actor)
        for reply in ready:
            worker = pending[reply]
            try:
                release = self._ray.get(reply).release
            except Exception as error:
                problems.append(f"{worker.node} starts no worker ({_last_line(error)})")
                continue
            if release != __version__:
                raise UsageError(
                    f"the node {worker.node} has {DISTRIBUTION} {release}, and here is "
                    f"{__version__}; install the same release on both"
                )
            self._workers.append(worker)
        if not self._workers:
            raise UsageError(
                f"no worker of the Ray cluster came up: {'; '.join(problems)}; see that "
                f"{DISTRIBUTION} {__version__} is installed on each node"
            )
        for problem in problems:
            _logger.warning("%s; going on without it", problem)
        return WorkerPool(self._workers, self._replace)

    def end(self) -> None:
        """End them all."""
        for worker in self._workers:
            with suppress(Exception):
                self._ray.kill(worker.actor)

    async def _replace(self, lost: Any) -> _RayWorker | None:
        """Start another where a worker died while its node lives, None where that is no use."""
        node = lost.machine
        count = self._replaced[node.id] = self._replaced.get(node.id, 0) + 1
        alive = await asyncio.to_thread(self._nodes)
        if count > _MOST_REPLACED or node not in alive:
            return None
        worker = self._make(node)
        try:
            await asyncio.wait_for(worker.call("version"), _START_LIMIT)
        except (WorkerLostError, TimeoutError):
            self._ray.kill(worker.actor)
            return None
        self._workers.append(worker)
        return worker

    def _nodes(self) -> list[_Node]:
        """Return the machines that a worker fits on."""
        return sorted(
            (
                _Node(
                    node["NodeID"],
                    node.get("NodeName") or node["NodeManagerHostname"],
                    int(node["Resources"].get("GPU", 0)) if self._has_models else 0,
                )
                for node in self._ray.nodes()
                if node["Alive"] and node["Resources"].get("CPU", 0) >= self._processors
            ),
            key=lambda node: (node.name, node.id),
        )

    @property
    def _processors(self) -> float:
        return 1 if self._has_models else _SHARE_OF_PROCESSOR

    def _make(self, node: _Node) -> _RayWorker:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        kind = self._ray.remote(RayActor).options(
            num_cpus=self._processors,
            num_gpus=1 if node.gpus else 0,
            max_concurrency=1000,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node.id, soft=False),
        )
        return _RayWorker(self._ray, kind.remote(), node)


class RayActor:
    """A `ModelWorker` within an actor: on an event loop of its own, for it starts processes.

    Those end with the first task of their loop, and the loop of an actor has none that stays.
    """

    def __init__(self) -> None:
        from anyio.from_thread import start_blocking_portal

        from dlm_lsp.cluster.worker import ModelWorker

        self._entered = start_blocking_portal("asyncio")
        self._portal = self._entered.__enter__()
        self._worker = ModelWorker()

    async def call(self, method: str, arguments: Sequence[Any], *values: Any) -> Any:
        """Return what a method of the worker returns; cancelling this cancels it."""
        work = partial(getattr(self._worker, method), *arguments, *values)
        return await asyncio.wrap_future(self._portal.start_task_soon(work))


def _described(pool: WorkerPool) -> str:
    nodes = sorted({worker.node for worker in pool.workers})
    shown = ", ".join(nodes[:3]) + (f" and {len(nodes) - 3} more" if len(nodes) > 3 else "")
    count = len(pool.workers)
    return f"{count} {'worker' if count == 1 else 'workers'} of a Ray cluster ({shown})"


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip()
