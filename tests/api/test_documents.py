from pathlib import Path

import pytest
from support.teacher_server import HEAD

from dlm_lsp.api.documents import change_document, load_document, load_valid_document
from dlm_lsp.document import Edit, Span
from dlm_lsp.errors import StoreError


@pytest.fixture
def path(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    path = tmp_path / "notes.dlm"
    path.write_text(HEAD + "prose\n")
    return path


def test_a_document_knows_the_folder_of_its_store(path, tmp_path):
    loaded = load_document(path)
    assert loaded.folder == tmp_path / "home" / "store" / "01K7XW3Q9DGEMM4N2BT5RHV8CE"
    assert not loaded.folder.exists()


def test_an_error_in_the_body_matters_only_where_a_sound_document_is_wanted(path):
    path.write_text(HEAD + "prose\n::poem::\n::poem::\n")
    assert load_document(path).document.sections
    with pytest.raises(StoreError, match=r"notes.dlm:6:3: .*\(2 errors; `dlm check"):
        load_valid_document(path)


def test_a_change_is_computed_again_when_the_file_changes_meanwhile(path):
    seen = []

    def change(loaded):
        text = loaded.document.text
        seen.append(text)
        if len(seen) == 1:
            path.write_text(text + "typed meanwhile\n")
        return [Edit(Span(len(text), len(text)), "added\n")], len(seen)

    assert change_document(path, change) == 2
    assert path.read_text() == HEAD + "prose\ntyped meanwhile\nadded\n"


def test_a_change_without_edits_writes_nothing(path):
    before = path.stat().st_mtime_ns
    assert change_document(path, lambda loaded: ([], "nothing")) == "nothing"
    assert path.stat().st_mtime_ns == before
