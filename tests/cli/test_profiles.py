"""Profiles in the shell: real commands, real files, a teacher over HTTP."""

import json
from pathlib import Path

import pytest
from support.teacher_server import plain


@pytest.fixture
def own(tmp_path: Path, teacher):
    """Write the user's own profile: a teacher that is called lab, and more."""

    def write(more: str = "") -> Path:
        path = tmp_path / "config/dlm/dlm.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'[options]\nteacher = "lab"\nfilter = "dedup-only"\nper_section = 2\n{more}\n'
            f'[teachers.lab]\nselector = "{teacher.selector}"\n',
            "utf-8",
        )
        return path

    return write


def asked_systems(httpserver) -> set[str]:
    """What stood in the rules of every request for pairs."""
    bodies = [r.get_json() for r, _ in httpserver.log if r.path.endswith("/completions")]
    return {body["messages"][0]["content"] for body in bodies}


def test_the_own_profile_names_the_teacher_and_says_how(dlm, document, teacher, own):
    path = own()
    run = dlm("synth", "instructions", document())
    assert run.returncode == 0, run.stderr
    assert "accepted 4" in run.stdout
    assert f"note: asked by profile {path}" in run.stderr.splitlines()
    assert len(teacher.asked) == 2


def test_a_flag_counts_before_it_and_takes_its_names(dlm, document, own, teacher):
    own()
    flags = ("--teacher", "lab", "--per-section", "3", "--json")
    run = dlm("synth", "instructions", document((1,)), *flags)
    (found,) = json.loads(run.stdout)["documents"]
    assert found["teacher"] == teacher.selector
    assert "exactly 4 pairs" in teacher.asked[0]


def test_what_to_ask_reaches_the_teacher_and_has_replies_of_its_own(
    dlm, document, own, teacher, httpserver, tmp_path
):
    own()
    path = document((1,))
    command = ("synth", "instructions", path, "--dry-run")
    assert dlm(*command).returncode == 0
    (before,) = asked_systems(httpserver)
    found = tmp_path / "dlm.toml"
    found.write_text(
        '[ask]\naudience = "people who repair mills"\n'
        '[[ask.examples]]\nevidence = "The axle turns."\nquestion = "What turns?"\n'
        'answer = "The axle."\n'
    )
    run = dlm(*command)
    assert f"{found}" in run.stderr
    assert len(teacher.asked) == 2
    (after,) = asked_systems(httpserver) - {before}
    assert after.startswith(before)
    assert '"people who repair mills"' in after
    messages = httpserver.log[-1][0].get_json()["messages"]
    assert any("What turns?" in message["content"] for message in messages)
    assert dlm(*command).returncode == 0
    found.unlink()
    assert dlm(*command).returncode == 0
    assert len(teacher.asked) == 2


def test_each_document_is_asked_about_by_the_profile_beside_it(
    dlm, document, own, teacher, httpserver, tmp_path
):
    own()
    (tmp_path / "mills").mkdir()
    (tmp_path / "mills/dlm.toml").write_text('[ask]\naudience = "millers"\n')
    documents = [document((1,)), document((2,), "mills/towns.dlm")]
    documents[1].write_text(documents[1].read_text().replace("V8CE", "V8CF"))
    run = dlm("synth", "instructions", *documents, "--json")
    assert [len(found["accepted"]) for found in json.loads(run.stdout)["documents"]] == [2, 2]
    bodies = [r.get_json() for r, _ in httpserver.log if r.path.endswith("/completions")]
    for_millers = {
        "Ville2" in body["messages"][-1]["content"]: "millers" in body["messages"][0]["content"]
        for body in bodies
    }
    assert for_millers == {True: True, False: False}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[options]\nteacher = "openai:m"',
            "line 2: options.teacher is not taken from a prof",
        ),
        (
            "[options]\nmax_cost = 100.0",
            "line 2: options.max_cost is not taken from a pro",
        ),
        ('[teachers.lab]\nselector = "self"', "line 1: teachers is not taken from a profile found"),
        ("[options]\nfilters = 1", "line 2: options.filters is no option; did you mean filter?"),
    ],
)
def test_what_a_found_profile_may_not_say_is_one_line_and_nothing_is_asked(
    dlm, document, own, teacher, tmp_path, text, words
):
    own()
    (tmp_path / "dlm.toml").write_text(text)
    for command in (("synth", "instructions"), ("synth", "batch", "submit", "--teacher=openai:m")):
        run = dlm(*command, document(), env={"OPENAI_API_KEY": "k"})
        assert run.returncode == 2
        (line,) = run.stderr.splitlines()
        assert line.startswith(f"dlm: {tmp_path / 'dlm.toml'}, {words}")
    assert teacher.asked == []


def test_a_profile_that_is_named_may_say_all_of_it(dlm, document, teacher, tmp_path):
    (tmp_path / "dlm.toml").write_text(
        f'[options]\nteacher = "lab"\n[teachers.lab]\nselector = "{teacher.selector}"\n'
    )
    flags = ("--filter", "dedup-only", "--profile", "dlm.toml")
    run = dlm("synth", "instructions", document((1,)), *flags)
    assert run.returncode == 0, run.stderr
    assert len(teacher.asked) == 1


def test_a_profile_without_a_name_is_not_passed_over(dlm, document, teacher):
    run = dlm("synth", "instructions", document((1,)), "--profile", "")
    assert (run.returncode, teacher.asked) == (2, [])
    assert "--profile names no file" in run.stderr


def test_an_estimate_is_that_of_the_profiles(dlm, document, own, teacher, tmp_path):
    own()
    command = ("synth", "instructions", document(), "--estimate", "--json")
    (plain_one,) = json.loads(dlm(*command).stdout)["documents"]
    (tmp_path / "dlm.toml").write_text(f'[ask]\ninstruction = "{"Mind the axle. " * 20}"')
    (asked,) = json.loads(dlm(*command).stdout)["documents"]
    assert asked["estimate"]["tokens_in"] > plain_one["estimate"]["tokens_in"] + 100
    assert str(tmp_path / "dlm.toml") in asked["notes"][0]
    assert teacher.asked == []


def test_without_a_profile_nothing_is_said_of_profiles(dlm, document, teacher):
    run = dlm("synth", "instructions", document(), *plain(teacher))
    assert "asked by profile" not in run.stderr + run.stdout


def test_a_report_says_by_which_profile_was_asked(dlm, document, own):
    path, profile = document(), own()
    assert dlm("synth", "instructions", path).returncode == 0
    assert f"asked by profile {profile}" in dlm("synth", "report", path).stdout.replace("\\", "")
