"""Many documents in the shell: all at once, a line for each result, kills and shards."""

import json
import threading

import pytest
from pytest_httpserver import HTTPServer
from support.teacher_server import TeacherServer, Town, plain
from support.towns_folder import town_document, towns_folder
from werkzeug import Response

NOTES = "notes"


@pytest.fixture
def teacher():
    """A teacher that answers several requests at once."""
    with HTTPServer(threaded=True) as server:
        yield TeacherServer(server)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / NOTES


def staged_counts(dlm, folder) -> list[int]:
    documents = json.loads(dlm("synth", "list", folder, "--json").stdout)["documents"]
    return [len(document["staged"]) for document in documents]


def test_requests_of_several_documents_are_in_flight_at_once_and_no_more_than_are_allowed(
    dlm, folder, teacher
):
    towns_folder(folder, range(24))
    lock, enough = threading.Lock(), threading.Event()
    in_flight: list[int] = []
    most = [0]

    def answer(prompt: str) -> Response:
        with lock:
            in_flight.append(1)
            most[0] = max(most[0], len(in_flight))
            if most[0] == 4:
                enough.set()
        enough.wait(20)
        with lock:
            in_flight.pop()
        return Town(prompt)

    teacher.answer = answer
    run = dlm("synth", "instructions", folder, *plain(teacher), "--concurrency", "4")
    assert run.returncode == 0
    assert most == [4]
    assert staged_counts(dlm, folder) == [2] * 24


def test_a_line_of_json_is_printed_as_each_document_is_done(command, folder, teacher):
    paths = towns_folder(folder, range(3))
    release = threading.Event()

    def answer(prompt: str) -> Response:
        if "Ville1 has" in prompt:
            release.wait(30)
        return Town(prompt)

    teacher.answer = answer
    process = command("synth", "instructions", folder, *plain(teacher), "--jsonl")
    first = [json.loads(process.stdout.readline())["path"] for _ in range(2)]
    release.set()
    out, _ = process.communicate(timeout=30)
    (last,) = out.splitlines()
    assert sorted(first) == [str(paths[0]), str(paths[2])]
    assert json.loads(last)["path"] == str(paths[1])
    assert len(json.loads(last)["accepted"]) == 2


def test_json_has_the_documents_in_their_order(dlm, folder, teacher):
    paths = towns_folder(folder, range(5))
    paths[2].write_text("no frontmatter")
    run = dlm("synth", "instructions", folder, *plain(teacher), "--json")
    documents = json.loads(run.stdout)["documents"]
    assert [document["path"] for document in documents] == list(map(str, paths))
    assert "frontmatter" in documents[2]["error"]
    assert run.returncode == 1


def test_what_ails_every_document_is_told_once(dlm, folder):
    towns_folder(folder, range(5))
    flags = ("--teacher", "vllm-server:http://localhost:9", "--filter", "dedup-only")
    run = dlm("synth", "instructions", folder, *flags)
    assert run.returncode == 1
    assert len([line for line in run.stderr.splitlines() if line.startswith("dlm: ")]) == 1


def test_the_results_of_several_documents_stand_under_their_names(dlm, folder, teacher):
    paths = towns_folder(folder, range(2))
    run = dlm("synth", "instructions", folder, *plain(teacher))
    for path in paths:
        assert f"=== {path} ===" in run.stdout
    assert "The prose of" not in run.stderr


def test_shards_are_worked_through_apart_and_make_the_whole(dlm, folder, teacher):
    towns_folder(folder, range(12))
    counts = []
    for index in (1, 2, 3):
        flags = ("--shard", f"{index}/3", "--json")
        run = dlm("synth", "instructions", folder, *plain(teacher), *flags)
        counts.append(len(json.loads(run.stdout)["documents"]))
        assert f"shard {index}/3: {counts[-1]} of 12 documents" in run.stderr
    assert sum(counts) == 12
    assert len(teacher.asked) == 12
    assert staged_counts(dlm, folder) == [2] * 12


def test_a_shard_without_documents_has_not_failed(dlm, folder, teacher):
    towns_folder(folder, range(1))
    runs = [
        dlm("synth", "instructions", folder, *plain(teacher), "--shard", f"{index}/2")
        for index in (1, 2)
    ]
    assert [run.returncode for run in runs] == [0, 0]


def test_a_shard_that_makes_no_sense_is_a_usage_error(dlm, folder, teacher):
    towns_folder(folder, range(1))
    run = dlm("synth", "instructions", folder, *plain(teacher), "--shard", "3/2")
    assert (run.returncode, run.stderr) == (
        2,
        "dlm: the shard is 3/2; there are 2, numbered from 1\n",
    )


def test_a_pair_is_chosen_once_in_the_whole_corpus(dlm, folder, teacher):
    folder.mkdir()
    for number in range(6):
        town_document(folder, number, about=number // 3)
    flags = (*plain(teacher), "--dedup", "corpus")
    assert dlm("synth", "instructions", folder, *flags).returncode == 0
    assert staged_counts(dlm, folder) == [2, 0, 0, 2, 0, 0]


@pytest.mark.posix
def test_a_folder_that_is_killed_twice_is_finished_with_every_pair_there_once(
    command, dlm, folder, teacher
):
    towns_folder(folder, range(60))
    for kills in (20, 40):
        reached = threading.Event()

        def answer(prompt: str, reached=reached, kills=kills) -> Response:
            if len(teacher.asked) >= kills:
                reached.set()
            return Town(prompt)

        teacher.answer = answer
        process = command("synth", "instructions", folder, *plain(teacher), "--concurrency", "4")
        assert reached.wait(60)
        process.kill()
        process.communicate()
    teacher.answer = Town
    run = dlm("synth", "instructions", folder, *plain(teacher), "--apply")
    assert run.returncode == 0
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.dlm"))]
    assert [text.count("### Q") for text in texts] == [2] * 60
    # No more than was in flight, or on its way to the disk, was asked again, twice.
    assert len(teacher.asked) <= 60 + 2 * 8


@pytest.mark.parametrize("status", [401, 402, 404])
def test_of_a_refusal_for_good_no_document_comes_out_as_if_it_had_been_asked_about(
    dlm, folder, teacher, status
):
    towns_folder(folder, range(24))
    teacher.answer = lambda _: Response('{"error": {"message": "no"}}', status)
    flags = (*plain(teacher), "--concurrency", "4", "--json", "--max-requests", "3")
    run = dlm("synth", "instructions", folder, *flags)
    assert run.returncode == 1
    documents = json.loads(run.stdout)["documents"]
    failed = ["request_failed" in {s["reason"] for s in d["skipped"]} for d in documents]
    assert all(d["error"] or has for d, has in zip(documents, failed, strict=True))
    assert len(teacher.asked) <= 4
