"""Availability: why nothing can be synthesized from a document just now."""

import json
from pathlib import Path

import pytest
from ide.samples import SOURCE
from lsprotocol import types
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse
from dlm_lsp.local.model_paths import frontmatter_beside
from dlm_lsp.server.availability import document_availability, outside_model
from dlm_lsp.server.live_documents import LiveWorkspace
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.store.home import store_folder
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.availability import Unavailable
from dlm_lsp.teachers.kind import TeacherKind

LOCAL = Settings(teacher="hf:gemma-3-270m")


def unavailable(text: str, settings: Settings = LOCAL) -> Unavailable | None:
    return document_availability(DlmServer(), parse(text), settings)


def test_nothing_shows_where_all_is_well():
    assert unavailable(FRONTMATTER + SOURCE) is None


def test_a_judge_that_is_not_installed_stands_in_the_way_where_it_is_to_judge(monkeypatch):
    monkeypatch.setattr("dlm_lsp.server.availability.find_spec", lambda name: None)
    served = {"teacher": "vllm-server:http://localhost:9#m"}
    refusal = unavailable(FRONTMATTER + SOURCE, Settings(**served))
    assert refusal.code == "missing-judge-extra"
    assert "set dlm.filter to dedup-only" in refusal.message
    assert unavailable(FRONTMATTER + SOURCE, Settings(**served, filter="dedup-only")) is None


def test_an_error_of_the_document_stands_in_the_way():
    for text in (FRONTMATTER + "::instruction::\n### Q\nWhy?\n", SOURCE):
        refusal = unavailable(text)
        assert refusal.code == "document-error"
        assert "has an error" in refusal.message


def test_the_document_needs_an_adapter_to_be_its_own_teacher(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    refusal = unavailable(FRONTMATTER + SOURCE, Settings())
    assert refusal.code == "no-adapter"
    assert "no trained adapter" in refusal.message


def test_a_broken_adapter_is_told_where_it_is_needed_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    store = store_folder(parse(FRONTMATTER).frontmatter.dlm_id)
    (store / "adapter").mkdir(parents=True)
    (store / "adapter" / "current.txt").write_text("../elsewhere")
    refusal = unavailable(FRONTMATTER + SOURCE, Settings())
    assert refusal.code == "store-error"
    assert "current.txt" in refusal.message
    assert unavailable(FRONTMATTER + SOURCE) is None


def test_the_adapter_counts_for_every_kind_that_needs_one(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    tuned = TeacherKind(
        name="tuned", description="tuned", create=lambda _: None, needs_adapter=True
    )
    monkeypatch.setattr(
        "dlm_lsp.teachers.registry.plugin_kind", lambda name: tuned if name == "tuned" else None
    )
    settings = Settings(teacher="tuned", filter="dedup-only")
    assert unavailable(FRONTMATTER + SOURCE, settings).code == "no-adapter"
    store = store_folder(parse(FRONTMATTER).frontmatter.dlm_id)
    (store / "adapter" / "versions" / "v0001").mkdir(parents=True)
    (store / "adapter" / "current.txt").write_text("adapter/versions/v0001")
    assert unavailable(FRONTMATTER + SOURCE, settings) is None


def test_of_several_named_adapters_the_first_is_the_teacher(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    head = FRONTMATTER.removesuffix("---\n") + "training:\n  adapters: {facts: {}, tone: {}}\n---\n"
    store = store_folder(parse(head).frontmatter.dlm_id)
    assert unavailable(head + SOURCE, Settings()).code == "no-adapter"
    (store / "adapter" / "facts" / "versions" / "v0001").mkdir(parents=True)
    (store / "adapter" / "facts" / "current.txt").write_text("adapter/facts/versions/v0001")
    assert unavailable(head + SOURCE, Settings()) is None


def outside(
    base_model: str, notes: Path, *, teacher: str = "hf:org/name", judge: str | None = None
) -> Unavailable | None:
    """What stands in the way of a document in `notes`, in a workspace of its own."""
    server = DlmServer()
    folder = types.WorkspaceFolder((notes / "workspace").as_uri(), "workspace")
    server.protocol._workspace = LiveWorkspace(
        None, types.TextDocumentSyncKind.Incremental, [folder]
    )
    place = notes / "workspace" / "deep"
    frontmatter = parse(FRONTMATTER.replace("smollm2-135m", base_model)).frontmatter
    return outside_model(
        server,
        (place / "a.dlm").as_uri(),
        store_folder(frontmatter.dlm_id),
        frontmatter_beside(frontmatter, place),
        SynthRequest(teacher, judge, SynthOptions()),
    )


@pytest.fixture
def notes(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    assert "base_model: smollm2-135m\n" in FRONTMATTER
    return tmp_path / "notes"


@pytest.mark.parametrize("base_model", ["smollm2-135m", "hf:./m.gguf", "hf:../m.gguf"])
def test_a_document_may_name_a_model_of_its_workspace(notes, base_model):
    assert outside(base_model, notes) is None


def test_a_document_may_not_choose_a_model_outside_of_its_workspace(notes):
    for base_model in ("hf:../../m.gguf", f"hf:{notes.parent}/secret/m.gguf"):
        refusal = outside(base_model, notes)
        assert refusal.code == "outside-model"
        assert "m.gguf: name it as dlm.judge" in refusal.message
        assert "secret" not in refusal.message


def test_where_it_is_not_needed_or_the_user_names_it_too_it_does_not_matter(notes):
    assert outside("hf:/models/m.gguf", notes, judge="hf:/models/m.gguf") is None
    assert outside("hf:/models/m.gguf", notes, teacher="self", judge="x").code == "outside-model"


def test_what_the_user_has_trained_on_may_be_loaded(notes):
    adapter = store_folder(parse(FRONTMATTER).frontmatter.dlm_id) / "adapter/versions/v0001"
    adapter.mkdir(parents=True)
    (adapter.parent.parent / "current.txt").write_text("adapter/versions/v0001")
    config = {"base_model_name_or_path": "/models/m.gguf"}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    assert outside("hf:/models/m.gguf", notes, teacher="self") is None
    assert outside("hf:/models/n.gguf", notes, teacher="self").code == "outside-model"
