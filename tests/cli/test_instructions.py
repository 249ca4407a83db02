import json
import os
import signal
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.http_servers import chat_completion, pairs_json
from support.teacher_server import Town, plain, town
from werkzeug import Response

from dlm_lsp.api.synthesis import DocumentSynthesis, SavedPairs
from dlm_lsp.cli.run_output import print_run
from dlm_lsp.document.section import Pair
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Candidate, Report, Usage, Verdict

ESTIMATE = Estimate(0, 0, 0, 0, 0)


def value(run):
    (document,) = json.loads(run.stdout)["documents"]
    return document


def test_accepted_pairs_are_staged_and_the_plan_is_printed(dlm, document, teacher):
    path = document()
    before = path.read_bytes()
    run = dlm("synth", "instructions", path, *plain(teacher))
    assert run.returncode == 0
    assert "synth plan: 4 add, 0 skip" in run.stdout
    assert f"\n{town(1)}\n+ q: How many mills does Ville1 have?\n" in run.stdout
    assert "synth filter: generated 4, dedup 4, accepted 4" in run.stdout
    assert "synth usage: 2 requests, 0 from the cache, 22 tokens in, 14 out" in run.stdout
    assert "staged 4 auto-synth instruction section(s)" in run.stdout
    assert path.read_bytes() == before


def test_an_estimate_comes_before_and_progress_goes_to_stderr(dlm, document, teacher):
    run = dlm("synth", "instructions", document(), *plain(teacher))
    first, *rest = run.stderr.splitlines()
    assert first.startswith("2 sections, 2 requests, about ")
    assert rest[-1].startswith("2 of 2 sections: 4 accepted, 0 refused, ")


def test_apply_writes_into_the_document(dlm, document, teacher):
    path = document()
    run = dlm("synth", "instructions", path, *plain(teacher), "--apply")
    assert "synth: wrote 4 sections to" in run.stdout
    assert path.read_text().count("dlm-auto-synth") == 4
    assert dlm("check", path).returncode == 0


@pytest.mark.parametrize("limit", [("--per-section", "1"), ("--max-pairs", "1")])
def test_applying_the_same_replies_again_adds_nothing(dlm, document, teacher, limit):
    path = document()
    command = ("synth", "instructions", path, *plain(teacher), *limit, "--apply")
    assert dlm(*command).returncode == 0
    after, asked = path.read_bytes(), len(teacher.asked)
    again = dlm(*command)
    assert (again.returncode, path.read_bytes(), len(teacher.asked)) == (3, after, asked)
    assert "in the document already" in again.stdout


def test_a_dry_run_keeps_nothing_but_the_replies(dlm, document, teacher, home):
    path = document()
    before = path.read_bytes()
    run = dlm("synth", "instructions", path, *plain(teacher), "--dry-run")
    assert run.returncode == 0
    assert path.read_bytes() == before
    assert not list(home.rglob("pending.json"))
    assert not list(home.rglob("ledger*"))


def test_the_same_run_again_asks_nothing_and_an_edit_asks_its_own_section_only(
    dlm, document, teacher
):
    path = document((1, 2, 3))
    dlm("synth", "instructions", path, *plain(teacher))
    assert len(teacher.asked) == 3
    dlm("synth", "instructions", path, *plain(teacher))
    assert len(teacher.asked) == 3
    path.write_text(path.read_text().replace(town(2), town(9)))
    dlm("synth", "instructions", path, *plain(teacher))
    assert len(teacher.asked) == 4
    assert "Ville9" in teacher.asked[-1]
    dlm("synth", "instructions", path, *plain(teacher), "--fresh")
    assert len(teacher.asked) == 7


def test_staging_again_keeps_what_was_staged_before(dlm, document, teacher):
    path = document((1,))
    dlm("synth", "instructions", path, *plain(teacher))
    path.write_text(path.read_text() + "::prose::\n" + town(2) + "\n")
    run = dlm("synth", "instructions", path, *plain(teacher), "--json")
    assert len(value(run)["staged"]) == 4
    path.write_text(path.read_text().replace(town(1), town(3)))
    run = dlm("synth", "instructions", path, *plain(teacher))
    assert "beside 2 staged before" in run.stdout


def test_the_json_of_a_run_says_what_is_known_of_teacher_judge_and_verifier(dlm, document, teacher):
    run = dlm("synth", "instructions", document((1,)), *plain(teacher), "--json")
    found = value(run)
    assert {"notes", "judged_by", "verifier", "why_unverified"} <= found.keys()
    assert (found["verifier"], found["why_unverified"]) == (None, "")


def test_a_failed_request_costs_its_section_alone(dlm, document, teacher):
    teacher.answer = lambda prompt: (
        Response("no", status=400) if "Ville2 has" in prompt else Town(prompt)
    )
    run = dlm("synth", "instructions", document((1, 2, 3)), *plain(teacher), "--json")
    assert run.returncode == 0
    assert len(value(run)["accepted"]) == 4
    assert [skip["reason"] for skip in value(run)["skipped"]] == ["request_failed"]


def test_how_a_run_goes_on_where_requests_failed_is_told_at_its_end(dlm, document, teacher):
    teacher.answer = lambda prompt: (
        Response("no", status=400) if "Ville2 has" in prompt else Town(prompt)
    )
    run = dlm("synth", "instructions", document((1, 2, 3)), *plain(teacher))
    hint = "1 request failed; the same command asks for these again."
    assert hint in run.stdout.splitlines()[-3:]


def test_nothing_accepted_is_exit_code_3(dlm, document, teacher):
    path = document()
    dlm("synth", "instructions", path, *plain(teacher), "--apply")
    run = dlm("synth", "instructions", path, *plain(teacher))
    assert run.returncode == 3
    assert "in the document already" in run.stdout
    assert "no synth additions accepted" in run.stdout


def test_every_request_failing_is_exit_code_1(dlm, document, teacher):
    teacher.answer = lambda prompt: Response("no", status=400)
    assert dlm("synth", "instructions", document(), *plain(teacher)).returncode == 1


def test_a_document_with_an_error_is_refused_before_anything_is_asked(dlm, document, teacher):
    path = document()
    path.write_text(path.read_text() + "::poem::\n")
    run = dlm("synth", "instructions", path, *plain(teacher))
    assert run.returncode == 1
    assert "there is no section type `poem`" in run.stderr
    assert teacher.asked == []


def test_a_document_that_fails_does_not_stop_the_next(dlm, document, teacher, tmp_path):
    (tmp_path / "a.dlm").write_text("no frontmatter")
    document(name="b.dlm")
    run = dlm("synth", "instructions", tmp_path, *plain(teacher), "--json")
    first, second = json.loads(run.stdout)["documents"]
    assert run.returncode == 1
    assert "a document starts with" in first["error"]
    assert len(second["staged"]) == 4


@pytest.mark.parametrize(
    ("selector", "remedy"),
    [
        ("openai:gpt-4o-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-x", "ANTHROPIC_API_KEY"),
        ("self", "dlm train"),
        ("vllm-server:http://127.0.0.1:9/v1#m", "127.0.0.1:9"),
    ],
)
def test_a_teacher_that_cannot_work_is_one_line_with_the_remedy(dlm, document, selector, remedy):
    run = dlm("synth", "instructions", document(), "--teacher", selector, "--filter", "none")
    assert run.returncode == 1
    errors = [line for line in run.stderr.splitlines() if line.startswith("dlm: ")]
    assert errors
    assert all(remedy in line for line in errors)


@pytest.mark.parametrize(
    "selector", ["nosuch:model", "self:me", "openai:", "vllm-server:nowhere", "openai:<model>"]
)
def test_a_selector_that_names_no_teacher_is_a_usage_error(dlm, document, tmp_path, selector):
    document((1,), "a.dlm")
    document((2,), "b.dlm")
    run = dlm("synth", "instructions", tmp_path, "--teacher", selector, "--json")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert "vllm-server:" in json.loads(run.stdout)["error"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_rejected_key_or_model_ends_the_asking_and_is_told_once(dlm, document, teacher, status):
    teacher.answer = lambda prompt: Response("no", status=status)
    path = document(range(60))
    run = dlm("synth", "instructions", path, *plain(teacher), "--concurrency", "4")
    assert run.returncode == 1
    assert len(teacher.asked) == 4
    assert "synth usage: 4 requests" in run.stdout
    assert [f"({status})" in line for line in run.stderr.splitlines()].count(True) == 1
    skipped = [line for line in run.stdout.splitlines() if f"({status})" in line]
    assert len(skipped) == len(set(skipped)) == 60


def test_replies_of_the_cache_that_gave_nothing_can_be_asked_for_anew(dlm, document, teacher):
    empty = json.dumps(chat_completion('{"pairs": []}'))
    teacher.answer = lambda prompt: Response(empty, content_type="application/json")
    path = document((1,))
    assert "--fresh" not in dlm("synth", "instructions", path, *plain(teacher)).stdout
    again = dlm("synth", "instructions", path, *plain(teacher))
    assert again.returncode == 3
    assert "2 replies came from the cache; `--fresh` asks again." in again.stdout


def test_a_corrupt_plan_is_found_before_anything_is_spent(dlm, staged, home, teacher):
    (plan,) = home.rglob("pending.json")
    plan.write_text("[]")
    asked = len(teacher.asked)
    run = dlm("synth", "instructions", staged, *plain(teacher), "--fresh")
    assert run.returncode == 1
    assert str(plan) in run.stderr
    assert len(teacher.asked) == asked
    assert plan.read_text() == "[]"


def test_typing_while_the_teacher_works_is_never_lost(dlm, document, teacher):
    path = document((1, 2))

    def answer(prompt: str) -> Response:
        if "Ville1 has" in prompt:
            changed = path.read_text().replace(town(2), town(2) + " And more.")
            path.write_text(changed + "::prose::\nTyped meanwhile.\n")
        return Town(prompt)

    teacher.answer = answer
    run = dlm(
        "synth", "instructions", path, *plain(teacher), "--apply", "--concurrency", "1", "--json"
    )
    text = path.read_text()
    assert "And more." in text
    assert text.endswith("::prose::\nTyped meanwhile.\n")
    assert text.count("dlm-auto-synth") == 2
    assert len(value(run)["left_staged"]) == 2
    assert (
        len(json.loads(dlm("synth", "list", path, "--json").stdout)["documents"][0]["staged"]) == 2
    )


@pytest.mark.posix
def test_ctrl_c_keeps_what_is_finished(command, dlm, document, teacher):
    first_done, release = threading.Event(), threading.Event()

    def answer(prompt: str) -> Response:
        if "Ville1 has" in prompt:
            return Town(prompt)
        first_done.set()
        release.wait(30)
        return Town(prompt)

    teacher.answer = answer
    path = document((1, 2, 3))
    process = command("synth", "instructions", path, *plain(teacher), "--concurrency", "1")
    assert first_done.wait(30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    release.set()
    assert process.returncode == 130, err
    assert "staged 2 auto-synth instruction section(s)" in out
    assert "not asked" in out


def test_a_second_ctrl_c_ends_the_run_at_once(command, document, teacher):
    asked, release = threading.Event(), threading.Event()

    def answer(prompt: str) -> Response:
        asked.set()
        release.wait(30)
        return Town(prompt)

    teacher.answer = answer
    process = command("synth", "instructions", document((1, 2, 3)), *plain(teacher))
    assert asked.wait(30)
    process.send_signal(signal.SIGINT)
    assert any("Stopping" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    release.set()
    assert (process.returncode, err) == (130, "dlm: interrupted\n")


def test_kill_9_loses_at_most_the_requests_in_flight(command, dlm, document, teacher):
    third, release = threading.Event(), threading.Event()

    def answer(prompt: str) -> Response:
        if "Ville33 has" in prompt and not release.is_set():
            third.set()
            release.wait(30)
        return Town(prompt)

    teacher.answer = answer
    # Requests of a test before may still wait to be served, about other towns.
    path = document((31, 32, 33))
    before = path.read_bytes()
    process = command("synth", "instructions", path, *plain(teacher), "--concurrency", "1")
    assert third.wait(30)
    process.kill()
    process.communicate()
    release.set()
    assert path.read_bytes() == before
    run = dlm("synth", "instructions", path, *plain(teacher), "--json")
    assert value(run)["spent"]["from_cache"] == 2
    assert len(value(run)["staged"]) == 6


def test_two_runs_on_one_document_wait_for_each_other(command, dlm, document, teacher):
    asked, release = threading.Event(), threading.Event()

    def answer(prompt: str) -> Response:
        asked.set()
        release.wait(30)
        return Town(prompt)

    teacher.answer = answer
    path = document((1,))
    first = command("synth", "instructions", path, *plain(teacher))
    assert asked.wait(30)
    second = command("synth", "instructions", path, *plain(teacher))
    waiting = second.stderr.readline()
    release.set()
    assert f"`dlm synth instructions` (process {first.pid}" in waiting
    for process in (first, second):
        process.communicate(timeout=30)
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(teacher.asked) == 1


@pytest.mark.posix
def test_a_path_that_is_a_device_is_refused_at_once(dlm, tmp_path, teacher):
    fifo = tmp_path / "pipe.dlm"
    os.mkfifo(fifo)
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    run = dlm("synth", "instructions", fifo, *plain(teacher))
    assert run.returncode == 1
    assert str(fifo) in run.stderr


def test_markup_in_a_pair_prints_as_it_is(dlm, document, teacher):
    pair = ("What is [/INST] list[int] in Ville1?", "[bold]It[/bold] is <b>:smile:</b>.", "")
    reply = json.dumps(chat_completion(pairs_json(pair)))
    teacher.answer = lambda prompt: Response(reply, content_type="application/json")
    run = dlm(
        "synth", "instructions", document((1,)), "--teacher", teacher.selector, "--filter", "none"
    )
    assert "+ q: What is [/INST] list[int] in Ville1?" in run.stdout
    assert "  a: [bold]It[/bold] is <b>:smile:</b>." in run.stdout


def test_the_key_stands_nowhere_on_disk_and_in_no_output(dlm, document, teacher, home):
    key = "sk-very-secret-0123456789"
    run = dlm("synth", "instructions", document(), *plain(teacher), env={"VLLM_API_KEY": key})
    assert run.returncode == 0
    assert key not in run.stdout + run.stderr
    assert all(key.encode() not in file.read_bytes() for file in home.rglob("*") if file.is_file())


@pytest.mark.parametrize("flags", [[], ["--apply"]])
def test_nothing_is_lost_when_nobody_reads_the_output(command, dlm, document, teacher, flags):
    path = document()
    process = command("synth", "instructions", path, *plain(teacher), *flags)
    process.stdout.close()
    process.communicate(timeout=60)
    (listed,) = json.loads(dlm("synth", "list", path, "--json").stdout)["documents"]
    assert len(listed["applied"]) + len(listed["staged"]) == 4


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_the_terminal_cannot_show_does_not_cost_the_run(dlm, document, teacher, encoding):
    reply = json.dumps(
        chat_completion(pairs_json(("What is \U0001f642 in Ville1?", "\u1234.", "")))
    )
    teacher.answer = lambda prompt: Response(reply, content_type="application/json")
    run = dlm(
        *("synth", "instructions", document((1,)), "--teacher", teacher.selector),
        *("--filter", "none"),
        env={"PYTHONIOENCODING": encoding},
    )
    assert run.returncode == 0
    assert "\\U0001f642" in run.stdout


def test_a_reply_cannot_steer_the_terminal(dlm, document, teacher):
    pair = ("What is \x1b]0;pwn\x07 in Ville1?\n### Q\nx", "It.", "")
    reply = json.dumps(chat_completion(pairs_json(pair)))
    teacher.answer = lambda prompt: Response(reply, content_type="application/json")
    run = dlm("synth", "instructions", document((1,)), *plain(teacher))
    assert "pwn" in run.stdout
    assert "\x1b" not in run.stdout + run.stderr


def test_pairs_are_staged_when_the_document_cannot_be_written(dlm, document, teacher):
    path = document((1,))

    def answer(prompt: str) -> Response:
        path.write_text("no frontmatter any more\n")
        return Town(prompt)

    teacher.answer = answer
    run = dlm("synth", "instructions", path, *plain(teacher), "--apply", "--json")
    assert run.returncode == 1
    assert "the pairs are staged" in value(run)["error"]
    assert len(value(run)["staged"]) == 2
    assert path.read_text() == "no frontmatter any more\n"


def test_a_foreign_store_is_found_before_anything_is_spent(dlm, staged, teacher, home):
    (database,) = home.rglob("store.sqlite")
    database.write_bytes(b"x" * 100)
    asked = len(teacher.asked)
    assert dlm("synth", "instructions", staged, *plain(teacher), "--fresh").returncode == 1
    assert len(teacher.asked) == asked


def test_a_base_model_is_refused_as_writer_of_expansion_in_the_words_of_the_shell(
    dlm, document, llama
):
    command = ("--teacher", f"hf:{llama}", "--filter", "dedup-only", "--strategy")
    run = dlm("synth", "instructions", document(), *command, "expansion")
    assert run.returncode == 2
    assert "--strategy is 'expansion'" in run.stderr
    assert "13 of 14" in run.stderr
    assert "take extraction, or an instruct model as --teacher" in run.stderr


def test_with_both_strategies_a_base_model_extracts_all_and_that_is_said(dlm, document, llama):
    command = ("--teacher", f"hf:{llama}", "--filter", "dedup-only", "--strategy", "both")
    run = dlm("synth", "instructions", document(), *command, "--json")
    (note,) = value(run)["notes"]
    assert "so extraction gets all 3 pairs of a section" in note
    assert f"note: {note}" in run.stderr.splitlines()
    assert value(run)["estimate"]["requests"] == 2


def test_of_a_model_that_is_too_small_to_teach_the_run_warns_before_it_asks(
    dlm, document, chat_llama
):
    command = ("--teacher", f"hf:{chat_llama}", "--filter", "dedup-only", "--max-new-tokens", "8")
    run = dlm("synth", "instructions", document(), *command)
    assert "hardly ever writes a right pair" in run.stderr.splitlines()[0]
    assert "1 of 2 sections" in run.stderr


# Verification

BRIDGE = Candidate(
    Pair("When was the bridge built?", "In 1501."), "a" * 16, "extraction", margin=1.0
)
RIGHT = replace(BRIDGE, verdict=Verdict(0.9))
UNREAD = replace(BRIDGE, verdict=Verdict(None, "the verdict could not be read"))


def printed(capsys, verifier: str | None, why_not: str = "", **more: object) -> str:
    """What is printed of a run with these pairs."""
    values = {"accepted": (), "refused": (), "skipped": (), "usage": Usage(2)} | more
    report = Report("sway", 4, 4, 3, 3, **values)
    result = SynthResult(
        "t",
        "sway:j",
        ESTIMATE,
        report,
        (),
        "now",
        judged_by="sway:j",
        verifier=verifier,
        why_unverified=why_not,
    )
    print_run(DocumentSynthesis(Path("towns.dlm"), result, SavedPairs()))
    return capsys.readouterr().out


def test_what_is_verified_follows_the_four_fields_and_what_is_not_is_told(capsys):
    out = printed(capsys, "openai:m", accepted=(RIGHT, UNREAD), verified=1)
    assert "synth filter: generated 4, dedup 4, judge passed 3, threshold 3, verified 1\n" in out
    assert out.count("  unverified: the verdict could not be read\n") == 1
    assert out.endswith("judged by sway:j, verified by openai:m (1 accepted unverified)\n")


def test_where_nobody_verifies_the_four_fields_stay_and_the_reason_is_told(capsys):
    out = printed(capsys, None, "the models are small", accepted=(BRIDGE,))
    assert "synth filter: generated 4, dedup 4, judge passed 3, threshold 3\n" in out
    assert out.endswith("judged by sway:j; not verified: the models are small\n")
    assert "verif" not in printed(capsys, None, accepted=(BRIDGE,))


def test_a_verifier_without_the_filter_sway_is_a_usage_error_that_shows_no_password(
    dlm, document, teacher
):
    run = dlm(
        *("synth", "instructions", document(), *plain(teacher)),
        *("--verify", "vllm-server:https://me:secret@example.org"),
    )
    assert run.returncode == 2
    assert "--verify is 'vllm-server'; it belongs to --filter sway" in run.stderr
    assert "secret" not in run.stderr


def test_a_judge_without_the_filter_sway_is_a_usage_error(dlm, document, teacher):
    run = dlm("synth", "instructions", document(), *plain(teacher), "--judge", "hf:org/name")
    assert run.returncode == 2
    assert "--judge is 'hf:org/name'; it belongs to --filter sway" in run.stderr


def test_a_verifier_that_cannot_be_is_told_before_anything_is_asked(dlm, document, teacher):
    run = dlm(
        "synth", "instructions", document(), "--teacher", teacher.selector, "--verify", "openai:"
    )
    assert run.returncode == 2
    assert "openai: names nothing" in run.stderr
    assert teacher.asked == []


def test_what_a_run_costs_stands_beside_its_tokens_before_and_after(dlm, document, paid):
    flags, env = paid
    run = dlm("synth", "instructions", document(), *flags, env=env)
    assert run.returncode == 0
    estimate = next(line for line in run.stderr.splitlines() if "tokens in" in line)
    assert estimate.endswith("about 660 out, about $6.60 by prices of 2026-11-28")
    assert "synth usage: 2 requests, 0 from the cache, 22 tokens in, 14 out, $0.14, " in run.stdout


def test_what_a_run_costs_is_in_its_json(dlm, document, paid):
    flags, env = paid
    found = value(dlm("synth", "instructions", document(), *flags, "--json", env=env))
    assert found["estimate"]["cost"] == {"micros": 6_600_000, "currency": "USD"}
    assert found["estimate"]["prices_as_of"] == "2026-11-28"
    assert found["spent"]["cost"] == {"micros": 140_000, "currency": "USD"}


def test_a_limit_on_costs_holds_over_all_documents(dlm, document, paid, teacher, tmp_path):
    flags, env = paid
    for number in (1, 2):
        path = document((number, number + 2), f"{number}.dlm")
        path.write_text(path.read_text().replace("RHV8CE", f"RHV8C{number}"))
    run = dlm("synth", "instructions", tmp_path, *flags, "--max-cost", "10.15", "--json", env=env)
    first, second = json.loads(run.stdout)["documents"]
    assert len(teacher.asked) == 3
    assert [first["spent"]["requests"], second["spent"]["requests"]] == [2, 1]
    assert [skip["detail"] for skip in second["skipped"]] == [
        "max_cost is 10.15: $0.21 is spent, and the next request may cost up to $10.00"
    ]


def test_without_a_known_price_a_limit_on_costs_is_a_usage_error(
    dlm, document, paid, teacher, home
):
    flags, env = paid
    (home / "prices.toml").unlink()
    run = dlm("synth", "instructions", document(), *flags, "--max-cost", "1", env=env)
    assert run.returncode == 2
    (line,) = run.stderr.splitlines()
    assert line.startswith("dlm: --max-cost is 1.0; it needs the price of towns at models.example")
    assert str(home / "prices.toml") in line
    assert teacher.asked == []


def test_a_price_table_that_cannot_be_read_is_one_line_and_the_run_goes_on(
    dlm, document, paid, home
):
    flags, env = paid
    (home / "prices.toml").write_text("\n[models.example\n", "utf-8")
    run = dlm("synth", "instructions", document(), *flags, env=env)
    assert run.returncode == 0
    notes = [line for line in run.stderr.splitlines() if "prices.toml" in line]
    assert len(notes) == 1
    assert notes[0].startswith(f"note: {home / 'prices.toml'}, line 2: ")
    assert "$" not in run.stderr + run.stdout


def test_a_server_on_this_machine_is_free_and_needs_no_price(dlm, document, teacher):
    run = dlm("synth", "instructions", document(), *plain(teacher), "--max-cost", "0.001")
    assert run.returncode == 0
    assert len(teacher.asked) == 2
    assert "$" not in run.stderr + run.stdout


def test_what_is_not_asked_about_names_its_document_beside_others(dlm, document, teacher):
    paths = [document((number, number + 2), f"{number}.dlm") for number in (1, 2)]
    for number, path in enumerate(paths, 1):
        long = path.read_text().replace(town(number), " ".join(map(town, range(300))))
        path.write_text(long.replace("RHV8CE", f"RHV8C{number}"))
    flags = (*plain(teacher), "--window", "2048", "--per-section", "1")
    notes = dlm("synth", "instructions", *paths, *flags).stderr
    assert all(f"note: {path}: " in notes for path in paths)


@pytest.fixture
def short_answers(httpserver) -> tuple[list, list[str]]:
    """What a server was asked that gives 512 tokens at most, and the flags to ask it for more."""
    sent = []
    words = "max_tokens is too large: 1024. This model supports at most 512 completion tokens."
    models = {"object": "list", "data": [{"id": "towns", "object": "model"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)

    def serve(request):
        sent.append(request.json)
        if request.json["max_completion_tokens"] > 512:
            return Response(json.dumps({"error": {"message": words}}), 400)
        return Town(request.json["messages"][-1]["content"])

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(serve)
    flags = ["--teacher", f"vllm-server:{httpserver.url_for('')}#towns", "--filter", "dedup-only"]
    more = ["--per-section", "2", "--concurrency", "1", "--max-new-tokens", "1024"]
    return sent, [*flags, *more]


def test_verbose_shows_what_is_logged(dlm, document, short_answers, home):
    run = "synth", "instructions", document(), *short_answers[1]
    # What the server takes is learned, and has nowhere to go.
    (home / "request-shapes.json").mkdir(parents=True)
    logged = "dlm_lsp.teachers.learned_shapes: what "
    assert logged not in dlm(*run).stderr
    verbose = dlm("-v", *run, "--fresh")
    assert (verbose.returncode, logged in verbose.stderr) == (0, True)


def test_what_a_server_refuses_is_told_once_and_not_asked_for_in_the_next_run(
    dlm, document, short_answers
):
    sent, options = short_answers
    first = dlm("synth", "instructions", document(), *options)
    assert "accepted 4" in first.stdout
    assert "gives no more than 512 tokens a reply" in first.stderr
    assert len(sent) == 3
    second = dlm("synth", "instructions", document(), *options, "--fresh")
    assert "accepted 4" in second.stdout
    assert len(sent) == 5


def test_a_pair_that_gives_away_a_probe_is_refused_and_the_probe_is_named(dlm, document, teacher):
    path = document()
    with path.open("a") as text:
        text.write(
            "::instruction::\n### Q !probe\nHow many mills does Ville1 have?\n### A\nSome.\n"
        )
    run = dlm("synth", "instructions", path, *plain(teacher))
    assert "synth filter: generated 4, dedup 3, accepted 3" in run.stdout
    assert "gives away a probe (1)\n- q: How many mills does Ville1 have?" in run.stdout
    assert 'gives away the probe "How many mills does Ville1 have?"' in run.stdout
