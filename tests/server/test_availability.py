"""Why nothing can be synthesized from a document just now."""

from ide.samples import SOURCE
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse
from dlm_lsp.server.availability import why_unavailable
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.store.home import store_folder

LOCAL = Settings(teacher="hf:gemma-3-270m")


def why(text: str, settings: Settings = LOCAL) -> str | None:
    return why_unavailable(DlmServer(), parse(text), settings)


def test_nothing_shows_where_all_is_well():
    assert why(FRONTMATTER + SOURCE) is None


def test_a_judge_that_is_not_installed_stands_in_the_way_where_it_is_to_judge(monkeypatch):
    monkeypatch.setattr("dlm_lsp.server.availability.find_spec", lambda name: None)
    served = {"teacher": "vllm-server:http://localhost:9#m"}
    assert "set dlm.filter to dedup-only" in why(FRONTMATTER + SOURCE, Settings(**served))
    assert why(FRONTMATTER + SOURCE, Settings(**served, filter="dedup-only")) is None


def test_an_error_of_the_document_stands_in_the_way():
    assert "has an error" in why(FRONTMATTER + "::instruction::\n### Q\nWhy?\n")
    assert "has an error" in why(SOURCE)


def test_the_document_needs_an_adapter_to_be_its_own_teacher(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    assert "no trained adapter" in why(FRONTMATTER + SOURCE, Settings())


def test_a_broken_adapter_is_told_where_it_is_needed_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    store = store_folder(parse(FRONTMATTER).frontmatter.dlm_id)
    (store / "adapter").mkdir(parents=True)
    (store / "adapter" / "current.txt").write_text("../elsewhere")
    assert "current.txt" in why(FRONTMATTER + SOURCE, Settings())
    assert why(FRONTMATTER + SOURCE) is None
