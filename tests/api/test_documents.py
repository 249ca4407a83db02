import os
import time
from pathlib import Path

import pytest
from support.teacher_server import HEAD

from dlm_lsp.api.documents import change_document, load_document, load_valid_document
from dlm_lsp.document import Edit, Span
from dlm_lsp.errors import FileChangedError, StoreError


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


def test_a_text_that_is_no_document_yet_is_told_how_it_becomes_one(path):
    text = path.rename(path.with_name("my notes.md"))
    text.write_text("# Notes\n")
    with pytest.raises(StoreError, match=r"\(`dlm init '.*/my notes\.md'` makes a document of it"):
        load_document(text)


def test_a_command_that_is_named_can_be_typed_as_it_stands(path):
    spaced = path.rename(path.with_name("my notes.dlm"))
    spaced.write_text("# Notes\n")
    with pytest.raises(StoreError, match=r"`dlm check '.*/my notes\.dlm'` shows all"):
        load_document(spaced)


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


def append(loaded):
    end = len(loaded.document.text)
    return [Edit(Span(end, end), "added\n")], None


def test_a_save_that_comes_while_the_change_goes_to_disk_is_not_overwritten(path, monkeypatch):
    fsync, saved = os.fsync, []

    def save_once(descriptor):
        fsync(descriptor)
        if not saved:
            saved.append(path.write_text(HEAD + "saved meanwhile\n"))

    monkeypatch.setattr(os, "fsync", save_once)
    change_document(path, append)
    assert path.read_text() == HEAD + "saved meanwhile\nadded\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_program_that_never_stops_saving_wins_and_is_told_of(path, monkeypatch):
    saved = []

    def save(_):
        saved.append(path.write_text(f"{HEAD}save {len(saved)}\n"))

    monkeypatch.setattr(os, "fsync", save)
    with pytest.raises(FileChangedError, match="another program keeps saving it; close it there"):
        change_document(path, append)
    assert path.read_text() == f"{HEAD}save {len(saved) - 1}\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_document_that_is_just_being_saved_is_read_once_it_is_whole(path, monkeypatch):
    whole = path.read_text()
    states = iter([whole[:10], whole])
    path.write_text("")

    def go_on_saving(_):
        # The clock of a file system is coarse.
        before = path.stat().st_mtime_ns
        path.write_text(next(states))
        os.utime(path, ns=(before + 10**6, before + 10**6))

    monkeypatch.setattr(time, "sleep", go_on_saving)
    assert load_document(path).document.text == whole


def test_a_change_without_edits_writes_nothing(path):
    before = path.stat().st_mtime_ns
    assert change_document(path, lambda loaded: ([], "nothing")) == "nothing"
    assert path.stat().st_mtime_ns == before
