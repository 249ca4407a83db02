"""Model files: size and chat of a model are told without loading it, and as if it were."""

import pytest
from support.tiny_model import tiny_adapter

from dlm_lsp.errors import ModelError
from dlm_lsp.local.inspect import inspect_model
from dlm_lsp.local.model_files import read_model_files


def test_the_files_tell_what_the_loaded_model_is(llama, chat_llama, gemma):
    for model in (llama, chat_llama, gemma):
        files, loaded = read_model_files(model, None), inspect_model(model, None)
        assert (files.parameters, files.chat) == (loaded.parameters, loaded.chat)


def test_a_model_that_is_not_there_is_refused_with_the_way_to_it(tmp_path):
    with pytest.raises(ModelError, match="there is no file or folder"):
        read_model_files(str(tmp_path / "nosuch"), None)


def test_an_adapter_that_is_not_there_is_refused(llama, tmp_path):
    with pytest.raises(ModelError, match="is no adapter"):
        read_model_files(llama, tmp_path)


def test_weights_that_are_no_safetensors_are_refused_in_one_line(llama, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    for content in (b"", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0[]"):
        (folder / "model.safetensors").write_bytes(content)
        with pytest.raises(ModelError, match="cannot read the weights in"):
            read_model_files(str(folder), None)


def test_an_adapter_beside_its_model_is_no_matter_to_what_the_model_is(llama, tmp_path):
    adapter = tiny_adapter(tmp_path, llama)
    assert read_model_files(llama, adapter) == read_model_files(llama, None)
