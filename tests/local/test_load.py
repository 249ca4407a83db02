"""Model loading: a model in memory."""

import json
import shutil
import weakref
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch
from support.tiny_model import CHAT_TEMPLATE, overflowing_llama, tiny_adapter
from transformers import AutoModelForCausalLM, AutoTokenizer

from dlm_lsp.errors import ModelError
from dlm_lsp.local import load
from dlm_lsp.local.load import keep_models, load_model, read_tokenizer
from dlm_lsp.local.weights import resolve_weights


def test_a_model_is_loaded_once(llama):
    assert load_model(llama) is load_model(llama)


def test_a_model_is_loaded_once_whatever_it_is_called(llama, tmp_path):
    shutil.copytree(llama, tmp_path / "model")
    by_path, by_hub = load_model(str(tmp_path / "model")), load_model(f"hf:{tmp_path / 'model'}")
    assert by_path is by_hub


def test_models_that_are_not_asked_any_more_are_let_go_of(llama, chat_llama, tmp_path):
    asked, other = load_model(llama), weakref.ref(load_model(chat_llama).model)
    keep_models([llama, str(tmp_path / "nosuch")])
    assert other() is None
    assert load_model(llama) is asked


def test_before_a_third_model_is_loaded_the_one_that_was_not_asked_for_longest_is_let_go_of(
    llama, chat_llama, gemma, monkeypatch
):
    keep_models([])
    first, second = load_model(llama), weakref.ref(load_model(chat_llama).model)
    load_model(llama)
    read, there = load.read_model, []

    def reading(*given):
        there.append(second())
        return read(*given)

    monkeypatch.setattr(load, "read_model", reading)
    load_model(gemma)
    assert there == [None]
    assert load_model(llama) is first


def test_other_weights_under_the_same_name_are_loaded_anew(llama, tmp_path):
    folder = Path(shutil.copytree(llama, tmp_path / "model"))
    before = load_model(str(folder))
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes())
    assert load_model(str(folder)) is not before


def test_what_is_to_be_known_of_a_model_is_read_from_its_files(llama, chat_llama, gemma):
    assert (load_model(llama).chat, load_model(llama).sliding_window) == (False, None)
    assert load_model(chat_llama).chat
    assert load_model(gemma).sliding_window == 16
    assert load_model(llama).ends == {2}
    assert load_model(llama).vocabulary == len(load_model(llama).tokenizer)


def test_a_model_also_ends_with_the_end_of_a_turn_in_its_template(chat_llama, tmp_path):
    folder = Path(shutil.copytree(chat_llama, tmp_path / "model"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = CHAT_TEMPLATE.replace("</s>", "<pad>")
    tokenizer.save_pretrained(folder)
    (folder / "generation_config.json").write_text('{"eos_token_id": 1}')
    assert load_model(str(folder)).ends == {1, tokenizer.eos_token_id, tokenizer.pad_token_id}


def test_a_tokenizer_knows_how_many_tokens_the_model_can_look_at(llama, tmp_path):
    folder = Path(shutil.copytree(llama, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 128}))
    tokenizer = read_tokenizer(str(folder), resolve_weights(str(folder)), padding="right")
    assert tokenizer.model_max_length == 128


def test_code_that_a_model_brings_is_never_run(llama, tmp_path):
    folder = Path(shutil.copytree(llama, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "evil.Config"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(ModelError, match=r"cannot load .*in safetensors"):
        load_model(str(folder))


def test_a_broken_file_is_one_line(llama, tmp_path):
    folder = Path(shutil.copytree(llama, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelError, match="cannot load") as raised:
        load_model(str(folder))
    assert "\n" not in str(raised.value)


def test_of_many_adapters_only_some_stay_on_the_model_and_each_speaks_as_ever(llama, tmp_path):
    adapters = [tiny_adapter(tmp_path / str(number), llama) for number in range(11)]
    loaded = load_model(llama)
    ids = torch.tensor([[5, 6, 7]])

    def logits(adapter):
        with loaded.speaking_as(adapter) as speaker, torch.inference_mode():
            return speaker(input_ids=ids).logits

    bare = logits(None)
    first = logits(adapters[0])
    for adapter in adapters:
        logits(adapter)
    assert len(loaded.model.peft_config) == 8
    assert torch.equal(logits(adapters[0]), first)
    assert torch.equal(logits(None), bare)
    assert not torch.equal(first, bare)


@pytest.mark.parametrize(("room", "number_type"), [(10**18, "float32"), (0, "bfloat16")])
def test_a_model_in_float16_never_computes_in_it(tmp_path, monkeypatch, room, number_type):
    folder = overflowing_llama(tmp_path)
    in_float16 = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    assert in_float16.dtype == torch.float16
    assert in_float16(torch.tensor([[5, 6, 7]])).logits.isnan().any()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=room))
    loaded = load_model(str(folder))
    assert loaded.number_type == number_type
    assert loaded.model(torch.tensor([[5, 6, 7]])).logits.isfinite().all()


def test_a_processor_that_has_bfloat16_computes_in_it(llama, tmp_path, monkeypatch):
    folder = shutil.copytree(llama, tmp_path / "model")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert load_model(str(folder)).number_type == "bfloat16"
