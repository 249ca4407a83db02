"""Estimate command: what a synthesis would come to, for nothing."""

import json
import re

import pytest
from support.document_stores import make_adapter
from support.teacher_server import plain, town

from dlm_lsp.document import parse


def value(run):
    (document,) = json.loads(run.stdout)["documents"]
    return document


def test_it_asks_nothing_and_adds_up(dlm, document, paid, teacher, tmp_path):
    flags, env = paid
    document((1, 2), "a.dlm")
    document((3,), "b.dlm")
    run = dlm("synth", "instructions", tmp_path, *flags, "--estimate", env=env)
    assert run.returncode == 0
    first, second, total = run.stdout.splitlines()
    assert first.startswith(f"{tmp_path / 'a.dlm'}: 2 sections, 2 requests, about ")
    assert first.endswith("about $6.60 by prices of 2026-11-28")
    assert second.endswith("about $3.30 by prices of 2026-11-28")
    assert total == "in all about $9.90"
    assert teacher.asked == []


@pytest.mark.parametrize("flags", [("--estimate",), ("--json", "--estimate")])
def test_no_text_is_sent_to_be_counted(dlm, document, httpserver, flags):
    card = {"id": "m", "type": "model", "display_name": "M", "max_input_tokens": 200_000}
    httpserver.expect_request("/v1/models/m").respond_with_json(card)
    env = {"ANTHROPIC_BASE_URL": httpserver.url_for(""), "ANTHROPIC_API_KEY": "k"}
    command = ("synth", "instructions", document(), "--teacher", "anthropic:m", "--verify", "auto")
    run = dlm(*command, "--judge", "hf:gemma-3-270m", *flags, env=env)
    assert run.returncode == 0
    assert {request.path for request, _ in httpserver.log} <= {"/v1/models/m"}


def test_it_takes_off_what_is_in_the_cache(dlm, document, teacher):
    path, (_, selector, *flags) = document(), plain(teacher)
    flags = ("--teacher", selector.partition("#")[0], *flags)
    assert dlm("synth", "instructions", path, *flags).returncode == 0
    estimated = dlm("synth", "instructions", path, *flags, "--estimate").stdout
    assert ": 2 sections, 0 requests (2 more from the cache), " in estimated


def test_it_is_of_the_parts_that_fit_into_the_window(dlm, document, teacher):
    path = document()
    path.write_text(path.read_text().replace(town(1), " ".join(map(town, range(300)))))
    flags = (*plain(teacher), "--window", "2048", "--per-section", "1")
    estimated = dlm("synth", "instructions", path, *flags, "--estimate")
    assert re.search("parts of long sections are not asked about", estimated.stderr)
    assert int(re.search(r"about ([\d,]+) tokens in", estimated.stdout)[1].replace(",", "")) < 2048
    assert teacher.asked == []


def test_it_needs_a_price_for_a_limit_on_costs_too(dlm, document, paid, home):
    flags, env = paid
    (home / "prices.toml").unlink()
    flags = (*flags, "--max-cost", "1", "--estimate")
    assert dlm("synth", "instructions", document(), *flags, env=env).returncode == 2


def test_it_says_first_why_the_teacher_is_not_ready(dlm, document):
    flags = ("--teacher", "openai:nosuch", "--max-cost", "1", "--estimate")
    run = dlm("synth", "instructions", document(), *flags, env={"OPENAI_API_KEY": ""})
    assert run.returncode == 0
    assert "set OPENAI_API_KEY" in run.stderr


def test_it_is_made_for_the_documents_own_adapter_too(dlm, document, home):
    path = document()
    make_adapter(home / "store" / parse(path.read_text()).frontmatter.dlm_id, 1)
    estimated = dlm("synth", "instructions", path, "--estimate")
    assert estimated.returncode == 0
    assert ": 2 sections, 2 requests, " in estimated.stdout


def test_it_is_json_too(dlm, document, paid):
    flags, env = paid
    found = value(dlm("synth", "instructions", document(), *flags, "--estimate", "--json", env=env))
    assert found["estimate"]["cost"] == {"micros": 6_600_000, "currency": "USD"}
    assert found["notes"] == []


def test_it_writes_nothing_into_the_document(dlm, document, teacher):
    run = dlm("synth", "instructions", document(), *plain(teacher), "--estimate", "--apply")
    assert run.returncode == 2
    assert teacher.asked == []


def test_of_many_documents_a_server_is_asked_for_its_model_once(
    dlm, document, teacher, httpserver, tmp_path
):
    for name in ("a.dlm", "b.dlm", "c.dlm"):
        document((1, 2), name)
    flags = [flag.partition("#")[0] for flag in plain(teacher)]
    run = dlm("synth", "instructions", tmp_path, *flags, "--estimate")
    assert len(run.stdout.splitlines()) == 3
    assert [request.path for request, _ in httpserver.log] == ["/v1/models"]


def test_what_is_wrong_with_the_teacher_is_said_once_for_all_documents(dlm, document):
    paths = [document((1,), name) for name in ("a.dlm", "b.dlm")]
    flags = ("--teacher", "openai:towns", "--estimate")
    run = dlm("synth", "instructions", *paths, *flags, env={"OPENAI_API_KEY": ""})
    assert run.stderr.count("set OPENAI_API_KEY") == 1
    assert len(run.stdout.splitlines()) == 2
