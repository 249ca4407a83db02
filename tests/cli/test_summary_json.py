"""A summary as JSON."""

import json

import pytest
from support.document_stores import (
    BATCHES,
    TEACHER,
    make_adapter,
    make_manifest,
    make_store,
    training_run,
)

from dlm_lsp.api.showing import show_document
from dlm_lsp.cli.summary_json import summary_json
from dlm_lsp.store.home import store_folder


@pytest.fixture
def store(home, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(home))
    return store_folder("01K7XW3Q9DGEMM4N2BT5RHV8CE")


def shown(path):
    value = summary_json(show_document(path))
    # Strict JSON, which knows no NaN.
    return json.loads(json.dumps(value, allow_nan=False))


def test_every_training_is_there_with_all_that_the_manifest_has(document, store):
    make_manifest(store, *(training_run(number) for number in range(1, 21)))
    trainings = shown(document())["trainings"]
    assert [run["run_id"] for run in trainings] == [*range(20, 0, -1)]
    assert trainings[0] == training_run(20).model_dump(mode="json")


def test_an_adapter_comes_with_its_losses(document, store):
    made = make_adapter(store, 1)
    make_manifest(store, training_run(1))
    assert shown(document())["adapters"] == [
        {
            "name": None,
            "version": "v0001",
            "folder": str(made),
            "trained_at": "2026-01-31T09:30:00",
            "other_base": None,
            "run_id": 1,
            "steps": 30,
            "final_train_loss": 1.25,
            "final_val_loss": 1.5,
        }
    ]


def test_a_loss_that_is_no_number_is_null(document, store):
    make_manifest(store, training_run(1, final_train_loss=0.125))
    manifest = store / "manifest.json"
    # As others may write it.
    manifest.write_text(manifest.read_text().replace("0.125", "NaN"))
    assert shown(document())["trainings"][0]["final_train_loss"] is None


def test_what_is_staged_and_under_way_is_told_as_in_the_other_commands(document, store):
    path = document()
    make_store(store, path)
    value = shown(path)
    assert value["staged"] == {
        "total": 1,
        "by_teacher": {TEACHER: 1},
        "other": 0,
        "stale": 1,
        "staged_for": str(path),
    }
    assert value["review"] == {"reviewed": 0, "total": 1}
    (batch,) = value["batches"]
    assert (batch["batch_id"], batch["requests"]) == ("batch_1", 3)
    assert value["replies"] == 1


def test_what_cannot_be_read_is_null_and_not_nothing(document, store):
    path = document()
    make_store(store, path)
    for file in ("manifest.json", "synth/pending.json", "synth/store.sqlite", BATCHES):
        (store / file).write_bytes(b"broken" * 100)
    value = shown(path)
    assert [value[key] for key in ("trainings", "staged", "replies", "batches")] == [None] * 4
    assert sorted(value["unreadable"]) == ["batches", "replies", "staged", "trainings"]
