"""A Ray cluster on this machine, whose nodes have environments of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from ray.cluster_utils import Cluster
from support.cluster_runs import KEY
from support.model_fixtures import chat_llama, llama
from support.teacher_server import TeacherServer

__all__ = ["chat_llama", "llama"]

# A dead node is found out within seconds, on busy processors too.
HEALTH = {
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 500,
    "health_check_failure_threshold": 6,
}


@pytest.fixture(scope="module")
def web() -> Iterator[HTTPServer]:
    """A server that takes several requests at once."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def teacher(web: HTTPServer) -> Iterator[TeacherServer]:
    """A teacher that has not been asked yet."""
    models = {"id": "towns", "object": "model", "created": 0, "owned_by": "the towns"}
    web.expect_request("/v1/models/towns").respond_with_json(models)
    yield TeacherServer(web)
    web.clear()


@pytest.fixture(scope="module")
def nodes_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The $DLM_HOME of the nodes."""
    return tmp_path_factory.mktemp("nodes")


@pytest.fixture(scope="module")
def environment(web: HTTPServer, nodes_home: Path) -> dict[str, str]:
    """What every node has in its environment."""
    return {
        "DLM_HOME": str(nodes_home),
        "HF_HUB_OFFLINE": "1",
        "OPENAI_BASE_URL": web.url_for("/v1"),
        "RAY_USAGE_STATS_ENABLED": "0",
    }


@pytest.fixture(scope="module")
def cluster(environment: dict[str, str]) -> Iterator[Cluster]:
    """A cluster of one node, called north, which has a key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.delenv("RAY_ADDRESS", raising=False)
        started = Cluster(
            initialize_head=True,
            head_node_args={
                "num_cpus": 2,
                "node_name": "north",
                "include_dashboard": False,
                "env_vars": environment | {"OPENAI_API_KEY": KEY},
                "_system_config": HEALTH,
            },
        )
        yield started
        started.shutdown()


@pytest.fixture
def add_node(cluster: Cluster, environment: dict[str, str]) -> Iterator[Callable[..., object]]:
    """Add a node, called south, with this beside what every node has; it goes after the test."""

    def add(**more: str) -> object:
        return cluster.add_node(num_cpus=2, node_name="south", env_vars=environment | more)

    yield add
    for node in list(cluster.worker_nodes):
        # A node that takes leave is not waited for by the next test.
        cluster.remove_node(node, allow_graceful=True)
    cluster.wait_for_nodes()
