"""What the environment names and cannot be used: one line of `dlm`, and one JSON object."""

import json

import pytest

FAR = ("--teacher", "vllm-server:https://far.example#m")


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
