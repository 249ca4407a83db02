from pathlib import PureWindowsPath

import pytest

from dlm_lsp.server.lifecycle import create_server


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/Ada/notes.dlm", r"c:\Users\Ada\notes.dlm"),
        ("file:///C:/Users/Ada/notes.dlm", r"c:\Users\Ada\notes.dlm"),
        ("file:///d%3A/my%20notes/%C3%A5r.dlm", r"d:\my notes\år.dlm"),
        ("file://server/share/notes.dlm", r"\\server\share\notes.dlm"),
    ],
)
def test_the_uri_of_a_windows_file_is_its_path(uri: str, path: str, monkeypatch):
    monkeypatch.setattr("pygls.uris.IS_WIN", True)
    lies = create_server().path(uri)
    assert PureWindowsPath(str(lies)) == PureWindowsPath(path)
    assert PureWindowsPath(str(lies)).is_absolute()


@pytest.mark.parametrize("spelling", ["file:///c%3A/notes.dlm", "file:///c:/notes.dlm"])
def test_a_drive_letter_names_one_document_however_it_is_spelled(spelling: str):
    server = create_server()
    assert server.open_document(spelling) is server.open_document("file:///c:/notes.dlm")


def test_what_is_no_file_lies_nowhere():
    assert create_server().path("untitled:Untitled-1") is None
