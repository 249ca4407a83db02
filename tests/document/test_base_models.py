import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.base_models import (
    base_models,
    model_path,
    public_name,
    resolve_base_model,
    short_name,
    shown_name,
)


def test_the_registry_is_the_references_and_one_small_model_more(oracle):
    theirs = oracle.ask("base_models")
    assert base_models().keys() - theirs.keys() == {"gemma-3-270m"}
    for key, facts in theirs.items():
        ours = base_models()[key]
        assert {name: facts[name] for name in ours.__slots__} == {
            name: getattr(ours, name) for name in ours.__slots__
        }


def test_a_key_and_its_hub_id_name_the_same_model():
    assert resolve_base_model("gemma-3-270m") is resolve_base_model("hf:google/gemma-3-270m")
    assert resolve_base_model("gemma-3-270m").params == 268_000_000


def test_a_model_of_the_registry_has_its_key_as_its_short_name_whatever_it_is_called():
    names = ["gemma-3-270m", "hf:google/gemma-3-270m", "hf:org/other", "~/models/mine.gguf"]
    assert [*map(short_name, names)] == ["gemma-3-270m", "gemma-3-270m", "org/other", "mine.gguf"]


def test_of_two_keys_with_one_hub_id_the_first_answers_for_it():
    assert resolve_base_model("hf:Qwen/Qwen3-1.7B").key == "qwen3-1.7b"
    assert resolve_base_model("qwen3-1.7b-thinking").key == "qwen3-1.7b-thinking"


@pytest.mark.parametrize("name", ["", "hf:", "hf:no/such", "qwen2.5-0.6b", "google/gemma-3-270m"])
def test_what_is_not_in_the_registry_has_no_facts(name):
    assert resolve_base_model(name) is None


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        base_models()["mine"] = resolve_base_model("gemma-3-270m")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("smollm2-135m", "HuggingFaceTB/SmolLM2-135M-Instruct"),
        ("hf:org/name", "org/name"),
        ("hf:/models/mine", "/models/mine"),
    ],
)
def test_others_find_a_model_by_its_hub_id_or_folder(written, name):
    assert public_name(written) == name


@pytest.mark.parametrize(
    ("model", "path", "shown"),
    [
        ("hf:./models/qwen.gguf", "./models/qwen.gguf", "qwen.gguf"),
        ("../qwen", "../qwen", "qwen"),
        ("hf:/home/ann/models/qwen/", "/home/ann/models/qwen/", "qwen"),
        ("hf:~/qwen.gguf", "~/qwen.gguf", "qwen.gguf"),
        ("hf:C:\\Models\\qwen.gguf", "C:\\Models\\qwen.gguf", "qwen.gguf"),
        ("hf:.\\qwen.gguf", ".\\qwen.gguf", "qwen.gguf"),
        ("\\\\host\\share\\qwen", "\\\\host\\share\\qwen", "qwen"),
        (".", ".", "."),
        ("hf:/", "/", "/"),
    ],
)
def test_a_path_is_known_by_its_beginning_and_shown_without_its_folder(model, path, shown):
    assert model_path(model) == path
    assert shown_name(model) == shown


@pytest.mark.parametrize("model", ["smollm2-135m", "hf:org/name", "hf:.x", "hf:", "", "a:b"])
def test_what_begins_like_no_path_is_a_name_and_shown_whole(model):
    assert model_path(model) is None
    assert shown_name(model) == model.removeprefix("hf:")


@given(st.lists(st.text(st.characters(exclude_characters="/\\"), min_size=1), min_size=1))
def test_no_folder_of_a_path_is_ever_shown(parts):
    assert shown_name(f"hf:/{'/'.join(parts)}") == parts[-1]
