"""Runs on a Ray cluster: what comes of them, what they send where, and what a death costs."""

import json
import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from ray.cluster_utils import Cluster
from support.cluster_runs import KEY, Gate, clean_environment, cut_power, write_towns
from support.teacher_server import DLM, TeacherServer, plain

from dlm_lsp.cluster.ray_cluster import check_head, ray_source
from dlm_lsp.errors import JudgeError, UsageError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.local.fetch import missing_model
from dlm_lsp.synth.judge import sway_judge
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, VerdictRequest
from dlm_lsp.teachers.registry import select

PROSE = "The mill of Ashford has two wheels. The first wheel was built in 1790."
PAIRS = [("How many wheels has the mill?", "Two wheels."), ("When was it built?", "In 1790.")]
REQUEST = PairRequest(PROSE, "extraction", 2)
COLD = GenerationOptions(max_new_tokens=40)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The $DLM_HOME of the driver."""
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def start(home: Path, cluster: Cluster) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `dlm synth instructions` on the cluster."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object, **environment: str) -> subprocess.Popen[str]:
        command = [DLM, "synth", "instructions", *arguments, "--engine", "ray"]
        process = subprocess.Popen(
            [*map(str, command), "--address", cluster.address],
            env=clean_environment(home, **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def finish(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    """Return what a process wrote, which ends with this code and without a traceback."""
    out, err = process.communicate(timeout=90)
    assert (process.returncode, "Traceback" in err) == (code, False), err
    return out, err


def actors() -> list[psutil.Process]:
    """Return the processes of the workers."""
    found = []
    for process in psutil.Process().children(recursive=True):
        # One that has ended meanwhile is none.
        with suppress(psutil.NoSuchProcess):
            if any("RayActor" in part for part in process.cmdline()):
                found.append(process)
    return found


def outcome(out: str) -> list[dict[str, Any]]:
    """Return what became of each document, but for what the cache gave and when it was."""
    documents = json.loads(out)["documents"]
    return [
        {name: value for name, value in document.items() if name not in ("spent", "estimate", "at")}
        for document in documents
    ]


def test_a_worker_that_dies_is_started_again_on_its_node(
    start, teacher: TeacherServer, tmp_path: Path
):
    gate = Gate(first=2, held=2)
    teacher.answer = gate.answer
    towns = write_towns(tmp_path / "towns", 6)
    run = start(towns, *plain(teacher), "--concurrency", "2", "--json")
    assert gate.is_full.wait(60)
    (worker,) = actors()
    worker.kill()
    gate.opened.set()
    out, _ = finish(run)
    assert [len(each["accepted"]) for each in outcome(out)] == [2] * 6
    assert Counter(Counter(teacher.asked).values()) == {1: 4, 2: 2}


def test_a_key_comes_from_the_environment_of_the_node_and_is_written_nowhere(
    start, cluster: Cluster, teacher: TeacherServer, web, tmp_path: Path
):
    towns = write_towns(tmp_path / "towns", 2)
    address = {"OPENAI_BASE_URL": web.url_for("/v1")}
    flags = ["--teacher", "openai:towns", "--filter", "dedup-only", "--per-section", "2", "--json"]
    out, err = finish(start(towns, *flags, **address))
    assert [len(each["accepted"]) for each in outcome(out)] == [2, 2]
    assert {request.headers["Authorization"] for request, _ in web.log} == {f"Bearer {KEY}"}
    logs = Path(cluster.head_node.get_logs_dir_path())
    written = [file for file in logs.rglob("*") if file.is_file()]
    assert written
    assert KEY not in out + err
    assert [file for file in written if KEY.encode() in file.read_bytes()] == []


def test_another_address_in_the_environment_of_a_node_is_refused(start, teacher, tmp_path):
    towns = write_towns(tmp_path / "towns", 1)
    flags = ["--teacher", "openai:towns", "--filter", "dedup-only"]
    _, err = finish(start(towns, *flags, OPENAI_BASE_URL="http://127.0.0.1:9/v1"), code=1)
    assert "and here http://127.0.0.1:9/v1 is set" in err
    assert "(on the node north)" in err
    assert teacher.asked == []


def test_a_password_in_an_address_is_not_sent_to_a_cluster(start, teacher, tmp_path: Path):
    towns = write_towns(tmp_path / "towns", 1)
    selector = teacher.selector.replace("http://", "http://ann:s3cret@")
    flags = ["--teacher", selector, "--filter", "dedup-only"]
    _, err = finish(start(towns, *flags), code=1)
    assert "holds a secret, and none is sent to a cluster; set it as VLLM_API_KEY" in err
    assert "s3cret" not in err
    assert teacher.asked == []


def test_ctrl_c_twice_ends_the_run_and_its_workers(start, teacher: TeacherServer, tmp_path: Path):
    gate = Gate(first=1, held=2)
    teacher.answer = gate.answer
    run = start(write_towns(tmp_path / "towns", 4), *plain(teacher), "--concurrency", "2")
    assert gate.is_full.wait(60)
    workers = actors()
    run.send_signal(signal.SIGINT)
    assert any("Stopping" in line for line in run.stderr)
    run.send_signal(signal.SIGINT)
    finish(run, code=130)
    gate.opened.set()
    assert (len(workers), psutil.wait_procs(workers, timeout=60)[1]) == (1, [])


def on_cluster(cluster: Cluster, work: Callable[..., Any]) -> Any:
    """Return what `work` returns of the models that the cluster's workers hold."""
    request = SynthRequest("hf:x", "x", SynthOptions())
    with ray_source(request, cluster.address, lambda line: None) as source:
        return anyio.run(work, source)


def test_a_judge_gives_the_same_margins_with_weights_that_were_shipped(
    cluster: Cluster, llama: str, nodes_home: Path, home: Path
):
    async def judge(source: Any) -> tuple[list[float], list[float], str, str]:
        here, there = sway_judge(None, None, llama), source.judge(None, None, llama)
        margins = []
        for each in (here, there):
            await each.prepare()
            margins.append(await each.margins(PROSE, PAIRS))
        assert (there.parameters, there.chat) == (here.parameters, here.chat)
        return *margins, here.name, there.name

    here, there, name, same_name = on_cluster(cluster, judge)
    assert there == pytest.approx(here, abs=1e-5)
    assert same_name == name
    (shipped,) = (nodes_home / "shipped").glob("*/*")
    assert {file.name for file in shipped.iterdir()} == {
        file.name for file in Path(llama).iterdir()
    }


def test_a_local_teacher_says_of_itself_and_answers_as_it_does_here(
    cluster: Cluster, chat_llama: str, home: Path
):
    options: dict[str, Any] = {"concurrency": 2, "timeout": 60}
    verdict = VerdictRequest(PROSE, tuple(PAIRS))

    async def ask(source: Any) -> list[list[object]]:
        sides = []
        for make in (select, source.teacher):
            teacher = make(f"hf:{chat_llama}", COLD, **options)
            await teacher.prepare()
            said = [teacher.name, teacher.window, teacher.limits, teacher.parameters]
            said += [teacher.fingerprint(REQUEST), teacher.fingerprint(verdict)]
            said += [await teacher.count_tokens([REQUEST])]
            said += [[each async for each in teacher.answer([REQUEST])]]
            await teacher.aclose()
            sides.append(said)
        return sides

    here, there = on_cluster(cluster, ask)
    assert there == here


def test_a_judge_that_no_node_has_is_told_with_its_node(cluster: Cluster, home: Path):
    assert missing_model("smollm2-1.7b")

    async def judge(source: Any) -> None:
        await source.judge(None, None, "org/nobody-has-this").prepare()

    with pytest.raises(JudgeError, match=r"not at hand.*\(on the node north\)"):
        on_cluster(cluster, judge)


def test_a_proxy_address_is_refused(home: Path, tmp_path: Path, teacher: TeacherServer):
    command = [DLM, "synth", "instructions", write_towns(tmp_path / "towns", 1), *plain(teacher)]
    done = subprocess.run(
        [*command, "--engine", "ray", "--address", "ray://head:10001"],
        check=False,
        env=clean_environment(home),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "name HOST:PORT of its head" in done.stderr


def test_where_no_head_listens_that_is_said_before_ray_tries_for_minutes():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(
        UsageError, match=rf"no Ray cluster to join at 127.0.0.1:{port} \(.*ray start"
    ):
        check_head(f"127.0.0.1:{port}")


@pytest.mark.parametrize("address", ["", "auto", "local"])
def test_what_is_no_host_and_port_is_left_to_ray(address):
    check_head(address)


def test_without_ray_a_line_says_how_to_get_it(home: Path, tmp_path: Path, teacher: TeacherServer):
    (tmp_path / "ray.py").write_text("raise ImportError\n", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    command = [DLM, "synth", "instructions", write_towns(tmp_path / "towns", 1), *plain(teacher)]
    done = subprocess.run(
        [*command, "--engine", "ray"],
        check=False,
        env=clean_environment(home, PYTHONPATH=path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == f"dlm: the engine ray needs Ray: {install_hint('ray')}\n"


# A node that went is waited for in the next test, so these come last.
def test_another_release_on_a_node_is_refused(start, add_node, teacher, tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text("import dlm_lsp\ndlm_lsp.__version__ = '0.0.1'\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    add_node(PYTHONPATH=path)
    towns = write_towns(tmp_path / "towns", 1)
    _, err = finish(start(towns, *plain(teacher)), code=2)
    assert "the node south has dlm-synth 0.0.1, and here is" in err


def test_a_missing_key_names_the_node(start, add_node, teacher: TeacherServer, web, tmp_path):
    add_node()
    towns = write_towns(tmp_path / "towns", 1)
    flags = ["--teacher", "openai:towns", "--filter", "dedup-only"]
    _, err = finish(start(towns, *flags, OPENAI_BASE_URL=web.url_for("/v1")), code=1)
    assert "openai:towns needs a key; set OPENAI_API_KEY (on the node south)" in err
    assert teacher.asked == []


def test_the_outcome_and_the_replies_are_those_of_a_run_in_one_process(
    start, add_node, teacher: TeacherServer, tmp_path: Path, home: Path
):
    add_node()
    towns = write_towns(tmp_path / "towns", 6)
    flags = [*plain(teacher), "--dry-run", "--json"]
    there, notices = finish(start(towns, *flags))
    assert "2 workers of a Ray cluster (north, south)" in notices
    assert len(teacher.asked) == 6
    alone = subprocess.run(
        [DLM, "synth", "instructions", towns, *flags],
        check=True,
        env=clean_environment(home),
        capture_output=True,
        text=True,
    )
    for here, same in zip(outcome(alone.stdout), outcome(there), strict=True):
        assert here == same
    assert [len(document["accepted"]) for document in outcome(there)] == [2] * 6
    assert len(teacher.asked) == 6


def test_the_death_of_a_node_repeats_what_it_was_asked_and_nothing_else(
    start, add_node, teacher: TeacherServer, tmp_path: Path
):
    south = add_node()
    gate = Gate(first=4, held=4)
    teacher.answer = gate.answer
    towns = write_towns(tmp_path / "towns", 12)
    run = start(towns, *plain(teacher), "--concurrency", "4", "--apply", "--json")
    assert gate.is_full.wait(60)
    in_flight = gate.held[:4]
    cut_power(south)
    gate.opened.set()
    out, err = finish(run)
    asked = Counter(teacher.asked)
    repeated = [prompt for prompt, times in asked.items() if times > 1]
    assert len(asked) == 12
    assert len(repeated) == 2
    assert set(repeated) < set(in_flight)
    assert asked.total() == 14
    assert sum(each["spent"]["requests"] for each in json.loads(out)["documents"]) == 14
    assert "the worker on south is gone; what it was asked is asked again" in err
    for number, document in enumerate(sorted(towns.iterdir())):
        text = document.read_text(encoding="utf-8")
        assert text.count(f"How many mills does Ville{number} have?") == 1
        assert text.count(f"When was the bridge of Ville{number} built?") == 1
