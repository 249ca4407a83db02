"""`dlm prompt`: what the document's model answers."""

import json
import shutil
import subprocess

import pytest
from support import trainable_documents as trainable
from support.tiny_model import spoiled_llama, tiny_adapter, tiny_llama

FEW = ("--max-new-tokens", "6")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tiny_llama(tmp_path_factory.mktemp("base"))


@pytest.fixture
def mills(tmp_path, base):
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(base))
    return path


@pytest.fixture
def trained(mills, home, base):
    """The document with an adapter of random weights."""
    store = home / "store" / trainable.ID
    tiny_adapter(store / "adapter/versions/v0003", base)
    (store / "adapter/current.txt").write_text("adapter/versions/v0003\n")
    return mills


def test_without_an_adapter_both_ways_out_are_named(dlm, mills):
    mills = mills.rename(mills.with_name("my mills.dlm"))
    run = dlm("prompt", mills, "Who?")
    assert run.returncode == 1
    assert f"`dlm train '{mills}'`" in run.stderr
    assert "--base" in run.stderr


def test_a_device_is_taken_and_one_that_is_not_there_refused_in_a_line(dlm, mills):
    assert dlm("prompt", mills, "Who?", "--base", "--device", "cpu", *FEW).returncode == 0
    run = dlm("prompt", mills, "Who?", "--base", "--device", "cuda:99", *FEW)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("dlm: there is no device cuda:99 here")
    assert run.stderr.count("\n") == 1
    run = dlm("prompt", mills, "Who?", "--base", "--device", "gpu")
    assert run.returncode == 2
    assert "--device is 'gpu'; it takes auto, cpu, cuda, cuda:N or mps" in run.stderr


def test_the_base_answers_before_training(dlm, mills):
    run = dlm("prompt", mills, "Who?", "--base", *FEW)
    assert run.returncode == 0
    assert run.stderr == ""


def test_a_model_whose_numbers_are_none_is_an_error_and_no_blank_line(dlm, mills, tmp_path):
    mills.write_text(trainable.text(spoiled_llama(tmp_path / "broken-llama")))
    run = dlm("prompt", mills, "Who?", "--base", *FEW)
    assert (run.returncode, run.stdout) == (1, "")
    assert "broken-llama computes likelihoods that are no finite numbers" in run.stderr
    assert "take another model" in run.stderr


def test_adapter_and_base_answer_each_in_its_way_and_side_by_side(dlm, trained):
    both = json.loads(dlm("prompt", trained, "Who?", "--compare", "--json", *FEW).stdout)
    assert both["adapter"] != both["base"]
    assert both["adapter_version"] == "v0003"
    shown = dlm("prompt", trained, "Who?", "--compare", *FEW)
    assert "base" in shown.stdout.splitlines()[1]
    assert "adapter v0003" in shown.stdout.splitlines()[1]
    alone = json.loads(dlm("prompt", trained, "Who?", "--json", *FEW).stdout)
    assert alone["adapter"] == both["adapter"]
    assert "base" not in alone


def test_an_adapter_of_a_base_model_with_another_name_is_told(dlm, trained, base, tmp_path):
    other = shutil.copytree(base, tmp_path / "other")
    assert "note" not in dlm("prompt", trained, "Who?", *FEW).stderr
    trained.write_text(trainable.text(other))
    notices = dlm("prompt", trained, "Who?", *FEW).stderr
    assert f"v0003 was trained on {base}, and the document names hf:{other}" in notices


def test_of_named_adapters_those_that_are_trained_are_named(dlm, tmp_path, home, base):
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(base, "  adapters: {facts: {}, tone: {}}\n"))
    pointer = home / "store" / trainable.ID / "adapter/tone/current.txt"
    (pointer.parent / "versions/v0001").mkdir(parents=True)
    pointer.write_text("adapter/tone/versions/v0001\n")
    run = dlm("prompt", path, "Who?")
    assert run.returncode == 1
    assert "has no trained adapter facts" in run.stderr
    assert "--adapter (tone)" in run.stderr


def test_the_base_answers_beside_a_broken_pointer(dlm, trained, home):
    (home / "store" / trainable.ID / "adapter/current.txt").write_text("adapter/versions/v0009\n")
    run = dlm("prompt", trained, "Who?", "--base", *FEW)
    assert run.returncode == 0
    assert "note: the base model is asked in its own template" in run.stderr
    assert dlm("prompt", trained, "Who?", *FEW).returncode == 1


def test_a_question_is_read_from_stdin_where_none_is_given(command, dlm, trained):
    asked = command("prompt", trained, "--json", "--max-tokens", "6", stdin=subprocess.PIPE)
    out, err = asked.communicate("Who grinds?\n")
    assert (asked.returncode, err) == (0, "")
    assert json.loads(out) == json.loads(
        dlm("prompt", trained, "Who grinds?", "--json", *FEW).stdout
    )
    assert json.loads(out)["question"] == "Who grinds?"


@pytest.mark.parametrize(("given", "named"), [(b" \n", "is empty"), (b"caf\xe9\n", "not UTF-8")])
def test_a_question_on_stdin_that_cannot_be_meant_is_told_in_a_line(
    command, trained, tmp_path, given, named
):
    question = tmp_path / "question"
    question.write_bytes(given)
    with question.open("rb") as stdin:
        asked = command("prompt", trained, stdin=stdin)
        _, err = asked.communicate()
    assert (asked.returncode, err.count("\n"), named in err) == (2, 1, True)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["Who?", "--base", "--compare"], "--compare"),
        (["  "], "question is empty"),
        (["Who?", "--adapter", "tone"], "tone"),
        (["Who?", "--max-new-tokens", "0"], "--max-new-tokens"),
        (["Who?", "--temp", "1", "--top-p", "0"], "--top-p is 0.0; it takes"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(dlm, mills, args, named):
    run = dlm("prompt", mills, *args)
    assert run.returncode == 2
    assert named in run.stderr
