"""Workspace files: which files of a workspace are documents."""

from dlm_lsp.server import workspace_files
from dlm_lsp.server.workspace_files import documents_below


def test_documents_are_found_in_each_folder_but_in_no_hidden_one(tmp_path):
    names = ["a/2.dlm", "a/1.dlm", "a/notes.md", "a/.git/3.dlm", "b/4.dlm", "c/5.dlm"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = [tmp_path / name for name in ("a/1.dlm", "a/2.dlm", "b/4.dlm")]
    assert documents_below([tmp_path / "a", tmp_path / "b"]) == (found, True)


def test_a_folder_that_is_gone_has_no_documents(tmp_path):
    assert documents_below([tmp_path / "gone"]) == ([], True)


def test_a_workspace_with_too_many_files_is_looked_at_in_part(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace_files, "MAX_ENTRIES", 2)
    below = tmp_path / "below"
    below.mkdir()
    for path in (tmp_path / "1.dlm", below / "2.dlm", below / "3.dlm"):
        path.touch()
    assert documents_below([tmp_path]) == ([tmp_path / "1.dlm"], False)
