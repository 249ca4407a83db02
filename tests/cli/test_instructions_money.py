"""Money, pace and options of `dlm synth instructions`: the installed command, a real server."""

import json
import signal

import pytest
from support.http_servers import chat_completion, pairs_json
from support.teacher_server import Town, plain
from werkzeug import Response


def value(run):
    (document,) = json.loads(run.stdout)["documents"]
    return document


def quota():
    error = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    return Response(json.dumps({"error": error}), 429)


def test_no_money_ends_the_run_keeps_what_came_and_names_the_rest_as_not_asked(
    dlm, document, teacher
):
    teacher.answer = lambda prompt: Town(prompt) if len(teacher.asked) <= 3 else quota()
    path = document(range(40))
    run = dlm("synth", "instructions", path, *plain(teacher), "--concurrency", "1", "--json")
    found = value(run)
    assert run.returncode == 0
    assert len(found["accepted"]) == 6
    assert len(teacher.asked) == 4
    assert found["spent"]["requests"] == 4
    reasons = [skip["reason"] for skip in found["skipped"]]
    assert (reasons.count("request_failed"), reasons.count("not_asked")) == (1, 36)
    assert all("(429): You exceeded" in skip["detail"] for skip in found["skipped"])
    assert run.stderr.count("has nothing left to spend") == 1


def test_no_money_from_the_start_is_exit_code_1(dlm, document, teacher):
    teacher.answer = lambda prompt: quota()
    run = dlm("synth", "instructions", document(range(40)), *plain(teacher), "--concurrency", "2")
    assert run.returncode == 1
    assert len(teacher.asked) == 2


@pytest.mark.parametrize(
    "option", ["num_ctx", "num_ctx={", "reasoning_effort=low", "model=1", "api_key=1", "seed=1"]
)
def test_an_option_that_cannot_be_is_a_usage_error_that_names_it(dlm, document, teacher, option):
    run = dlm(
        "synth", "instructions", document(), *plain(teacher), "--teacher-option", option, "--json"
    )
    assert run.returncode == 2
    assert (
        f"--teacher-option is '{option.partition('=')[0]}'; it " in json.loads(run.stdout)["error"]
    )
    assert teacher.asked == []


def test_an_option_for_a_teacher_on_this_machine_is_a_usage_error(dlm, document):
    run = dlm("synth", "instructions", document(), "--teacher-option", "num_ctx=1", "--json")
    assert run.returncode == 2
    assert "--teacher-option is 'num_ctx'; it goes to a server" in json.loads(run.stdout)["error"]


def test_options_reach_the_server_and_are_in_the_cache_key_and_not_in_the_marker(
    dlm, document, teacher, httpserver
):
    path = document((1,))
    options = ("--teacher-option", "num_ctx=8192", "--teacher-option", 'effort="low"')
    command = ("synth", "instructions", path, *plain(teacher), "--apply")
    assert dlm(*command, *options).returncode == 0
    body = json.loads(httpserver.log[-1][0].data)
    assert (body["num_ctx"], body["effort"]) == (8192, "low")
    assert "num_ctx" not in path.read_text()
    assert "effort" not in path.read_text()
    asked = len(teacher.asked)
    dlm(*command, *options)
    assert len(teacher.asked) == asked
    dlm(*command)
    assert len(teacher.asked) == asked + 1


def test_a_window_splits_what_is_longer(dlm, document, teacher):
    nothing = json.dumps(chat_completion(pairs_json()))
    teacher.answer = lambda prompt: (
        Town(prompt) if "Ville" in prompt else Response(nothing, content_type="application/json")
    )
    path = document((1,))
    path.write_text(path.read_text() + "\n\n".join(["The mills are old, the bridge is new."] * 90))
    command = ("synth", "instructions", path, *plain(teacher), "--max-new-tokens", "100")
    assert dlm(*command, "--window", "1300").returncode == 0
    assert max(map(len, teacher.asked)) < 2000
    asked = len(teacher.asked)
    assert dlm(*command).returncode == 0
    assert len(teacher.asked[asked]) > 3000


def test_a_window_that_holds_no_prose_is_a_usage_error(dlm, document, teacher):
    run = dlm("synth", "instructions", document(), *plain(teacher), "--window", "10")
    assert run.returncode == 2
    assert "--window is 10; it takes a whole number of 256 or more" in run.stderr


def test_a_long_wait_is_told_and_ends_with_ctrl_c(command, document, teacher):
    teacher.answer = lambda prompt: (
        Town(prompt) if "Ville1 " in prompt else Response("", 429, headers={"Retry-After": "600"})
    )
    process = command(
        "synth", "instructions", document((1, 2, 3)), *plain(teacher), "--concurrency", "1"
    )
    for line in process.stderr:
        if "waiting" in line:
            assert "limits the rate; waiting 10 min" in line
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "synth plan: 2 add" in out
    assert "the run was stopped" in out
