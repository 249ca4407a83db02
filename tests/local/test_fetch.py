"""Model fetching: a download that somebody asked for."""

from pathlib import Path

import pytest

from dlm_lsp.errors import ModelError
from dlm_lsp.local.fetch import PlannedFetch, fetch_model, plan_fetch
from dlm_lsp.local.weights import MissingModel

MISSING = MissingModel("org/name", "org/name", registered=False)


def test_a_plan_names_the_model_and_the_size_of_its_download(hub):
    assert plan_fetch("org/name") == PlannedFetch(MISSING, len("{}12345"))
    assert not [path for path in hub.asked if "/resolve/" in path]


def test_a_plan_is_described_in_gigabytes():
    assert PlannedFetch(MISSING, 270_400_000).description == "org/name (0.27 GB)"


def test_a_planned_model_is_downloaded_whole_and_then_nothing_is_planned(hub):
    planned = plan_fetch("hf:org/name")
    assert planned
    folder = Path(fetch_model(planned))
    assert (folder / "model.safetensors").read_bytes() == b"12345"
    hub.asked.clear()
    assert plan_fetch("hf:org/name") is None
    assert hub.asked == []


def test_nothing_is_planned_for_a_folder_of_this_machine(hub, tmp_path):
    assert plan_fetch(str(tmp_path)) is None
    assert hub.asked == []


def test_a_model_without_safetensors_is_refused_after_its_download(hub):
    (hub.models["org/name"] / "model.safetensors").unlink()
    planned = plan_fetch("org/name")
    assert planned
    with pytest.raises(ModelError, match=r"brings no config\.json with \.safetensors"):
        fetch_model(planned)


@pytest.mark.parametrize("name", ["org/other", "no such name", "hf:"])
def test_a_name_that_means_no_model_cannot_be_planned(hub, name):
    with pytest.raises(ModelError):
        plan_fetch(name)
