"""What the environment names and cannot be used: one line of `dlm`, and one JSON object."""

import json

import pytest
from support.tiny_model import tiny_llama

FAR = ("--teacher", "vllm-server:https://far.example#m")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tiny_llama(tmp_path_factory.mktemp("base"))


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:1080/", "ALL_PROXY names no proxy that can be used"),
        ("https_proxy", "socks5://127.0.0.1:1080", "https_proxy names a SOCKS proxy"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE names cannot be read"),
        ("SSL_CERT_DIR", "/nowhere", "SSL_CERT_DIR names cannot be read"),
    ],
)
def test_what_cannot_be_used_is_one_line_that_names_the_variable(
    dlm, document, variable, value, message
):
    environment = {"HTTPS_PROXY": "", "https_proxy": "", "SSL_CERT_FILE": "", variable: value}
    run = dlm(
        *("synth", "instructions", document((1,)), *FAR, "--filter", "none", "--json"),
        env=environment,
    )
    assert run.returncode == 1
    (synthesized,) = json.loads(run.stdout)["documents"]
    assert message in synthesized["error"]
    assert synthesized["error"].endswith("unset it") or "unset https_proxy" in synthesized["error"]
    assert "Traceback" not in run.stderr
    assert "defects.log" not in run.stderr


def test_a_server_on_this_machine_needs_nothing_of_it(dlm, document, teacher):
    environment = {
        "ALL_PROXY": "socks://127.0.0.1:1080/",
        "HTTP_PROXY": "nonsense://",
        "SSL_CERT_FILE": "/nowhere/ca.pem",
    }
    who = ("--teacher", teacher.selector, "--filter", "none")
    run = dlm("synth", "instructions", document((1,)), *who, "--json", env=environment)
    assert run.returncode == 0, run.stderr


def test_a_device_that_is_not_there_is_refused_before_the_teacher_is_asked(
    dlm, document, teacher, base
):
    who = ("--teacher", teacher.selector, "--judge", base, "--device", "cuda:99")
    run = dlm("synth", "instructions", document((1,)), *who)
    assert run.returncode == 1
    assert "the judge cannot run: there is no device cuda:99 here" in run.stderr
    assert teacher.asked == []
    own = ("--teacher", f"hf:{base}", "--filter", "none", "--device", "cuda:99")
    run = dlm("synth", "instructions", document((1,)), *own)
    assert run.returncode == 1
    assert "there is no device cuda:99 here" in run.stderr


def test_a_device_is_no_matter_to_a_run_without_local_models(dlm, document, teacher):
    who = ("--teacher", teacher.selector, "--filter", "none", "--device", "cuda:99")
    assert dlm("synth", "instructions", document((1,)), *who).returncode == 0
