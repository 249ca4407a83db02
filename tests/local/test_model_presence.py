"""Whether a model is here, without a look at its weights and without a request."""

import pytest
from support.permissions import permissions

from dlm_lsp.local.fetch import fetch_model, plan_fetch
from dlm_lsp.local.model_presence import model_presence

__all__ = ["permissions"]


def test_a_model_of_the_hub_is_here_once_it_was_fetched(hub, tmp_path):
    before = model_presence("hf:org/name", tmp_path)
    assert before.is_here is False
    assert "dlm fetch org/name" in before.note
    assert hub.asked == []
    assert not (tmp_path / "cache").exists()
    fetch_model(plan_fetch("org/name"))
    asked = len(hub.asked)
    assert model_presence("hf:org/name", tmp_path).is_here is True
    assert len(hub.asked) == asked


@pytest.mark.parametrize("prefix", ["", "hf:"])
def test_a_path_is_seen_from_the_folder_of_the_document(prefix, tmp_path):
    absent = model_presence(f"{prefix}./m.gguf", tmp_path)
    assert (absent.is_here, absent.note) == (False, "there is no file or folder ./m.gguf")
    # No model at all: nobody reads it.
    (tmp_path / "m.gguf").write_bytes(b"")
    assert model_presence(f"{prefix}./m.gguf", tmp_path).is_here is True


def test_nobody_looks_on_another_machine(tmp_path):
    assert model_presence("//server/share/model", tmp_path).is_here is None


def test_a_name_that_means_nothing_says_so(tmp_path):
    presence = model_presence("smollm2-135n", tmp_path)
    assert presence.is_here is None
    assert "did you mean smollm2-135m?" in presence.note


@pytest.mark.usefixtures("permissions")
@pytest.mark.parametrize("mode", [0, 0o444])
def test_a_model_in_a_cache_that_cannot_be_read_does_not_count_as_here(hub, tmp_path, mode):
    fetch_model(plan_fetch("org/name"))
    (snapshot,) = (tmp_path / "cache/models--org--name/snapshots").iterdir()
    snapshot.chmod(mode)
    try:
        presence = model_presence("org/name", tmp_path)
        assert not presence.is_here
        assert presence.note
    finally:
        snapshot.chmod(0o755)
