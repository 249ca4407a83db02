"""`dlm synth batch`: what the shell says, and what is left where the process is killed."""

import json
import signal
import threading

import pytest
from support.batch_server import OpenAiServer
from typer.main import get_command

from dlm_lsp.cli.app import dlm_app
from dlm_lsp.cli.exit_codes import DONE, FAILED, NOTHING_ACCEPTED
from dlm_lsp.cli.synth_batch import collect_replies, show_batches, submit_batches
from dlm_lsp.cli.synth_request import RunRequests
from dlm_lsp.errors import UsageError
from dlm_lsp.store.batches import BatchRecords
from dlm_lsp.store.home import store_folder

REQUESTS = RunRequests({"teacher": "openai:m", "filter": "dedup-only", "per_section": 2})
COMMANDS = get_command(dlm_app).commands["synth"].commands


@pytest.fixture
def provider(httpserver, monkeypatch, home) -> OpenAiServer:
    server = OpenAiServer(httpserver)
    for name, value in {**server.env, "DLM_HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    return server


def test_each_step_says_what_it_did_and_what_is_next(provider, document, capsys):
    paths = [str(document((1, 2, 3)))]
    assert submit_batches(paths, REQUESTS, as_json=False) == DONE
    shown = capsys.readouterr()
    assert shown.err.startswith("3 sections, 3 requests, about ")
    assert "2 requests in 1 batch, 1 asked at once, 0 under way before" in shown.out
    assert f"`dlm synth batch collect {paths[0]}` brings the replies" in shown.out
    assert show_batches(paths, as_json=False) == DONE
    assert "in_progress: 0 of 2 answered, ends by 20" in capsys.readouterr().out
    assert collect_replies(paths, as_json=False) == NOTHING_ACCEPTED
    capsys.readouterr()
    provider.finish(lambda prompt: "expired" if "Ville3 " in prompt else "answered")
    assert show_batches(paths, as_json=False) == DONE
    assert "completed: 1 of 2 answered, 1 failed, to be collected" in capsys.readouterr().out
    assert collect_replies(paths, as_json=False) == DONE
    assert "collected: 1 of 2 answered; 1 x This request was expired" in capsys.readouterr().out


def test_the_json_of_each_step_is_one_object(provider, document, capsys):
    paths = [str(document((1, 2, 3)))]
    submit_batches(paths, REQUESTS, as_json=True)
    (submitted,) = json.loads(capsys.readouterr().out)["documents"]
    assert (submitted["requests"], submitted["asked_at_once"]) == (2, 1)
    show_batches(paths, as_json=True)
    ((batch,),) = [d["batches"] for d in json.loads(capsys.readouterr().out)["documents"]]
    assert batch["state"]["completed"] == 0
    assert batch["expires_at"] == submitted["submitted"][0]["expires_at"]
    provider.finish()
    collect_replies(paths, as_json=True)
    ((batch,),) = [d["batches"] for d in json.loads(capsys.readouterr().out)["documents"]]
    assert (batch["stage"], batch["replies"], batch["collected_now"]) == ("collected", 2, True)


def test_a_bound_on_costs_that_does_not_hold_here_is_no_silent_one(provider, document, capsys):
    paths = [str(document())]
    submit_batches(paths, REQUESTS, as_json=False)
    assert "max_cost" not in capsys.readouterr().err
    limited = RunRequests({"teacher": "openai:m", "filter": "dedup-only", "max_cost": 9.0})
    submit_batches(paths, limited, as_json=False)
    assert "max_cost of a profile does not hold for batches" in capsys.readouterr().err


def test_a_document_without_a_batch_says_so(provider, document, capsys):
    assert show_batches([str(document())], as_json=False) == DONE
    assert "no batch was submitted for it" in capsys.readouterr().out


def test_a_failure_of_one_batch_is_the_exit_code(provider, document, capsys, monkeypatch):
    paths = [str(document())]
    submit_batches(paths, REQUESTS, as_json=False)
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    assert show_batches(paths, as_json=False) == FAILED
    assert "refused the key (401)" in capsys.readouterr().err


@pytest.mark.parametrize("teacher", ["self", "hf:smollm2-135m", "vllm-server:http://localhost:1"])
def test_a_teacher_without_batches_is_a_usage_error(teacher, document):
    with pytest.raises(UsageError, match="takes no batches, only openai:<model> and anthropic:"):
        submit_batches([str(document())], RunRequests({"teacher": teacher}), as_json=False)


def test_submit_takes_the_options_of_a_run_that_decide_what_is_asked():
    of_a_run = {parameter.name for parameter in COMMANDS["instructions"].params}
    own = {parameter.name for parameter in COMMANDS["batch"].commands["submit"].params}
    assert of_a_run - own == {
        "fresh",
        "again",
        "placement",
        "apply",
        "dry_run",
        "estimate",
        "max_cost",
        "force",
        "as_json_lines",
        "engine",
        "address",
        "shard",
        "dedup",
    }
    assert own <= of_a_run


@pytest.mark.posix
def test_a_batch_whose_submitter_is_killed_is_found_and_collected(
    provider, document, command, capsys
):
    path = document((1, 2, 3))
    asked, killed = threading.Event(), threading.Event()

    def wait_for_the_kill() -> None:
        asked.set()
        killed.wait(60)

    provider.on_create = wait_for_the_kill
    flags = ("--teacher", "openai:m", "--filter", "dedup-only", "--per-section", "2")
    process = command("synth", "batch", "submit", path, *flags, env=provider.env)
    assert asked.wait(120), process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed.set()
    provider.on_create = lambda: None
    (record,) = BatchRecords(store_folder("01K7XW3Q9DGEMM4N2BT5RHV8CE")).all()
    assert (record.stage, record.batch_id, len(record.keys)) == ("sending", "", 2)
    while not provider.batches:
        show_batches([str(path)], as_json=False)
    provider.finish()
    assert collect_replies([str(path)], as_json=False) == DONE
    assert "collected: 2 of 2 answered" in capsys.readouterr().out
