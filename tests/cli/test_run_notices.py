"""Run notices: a line is printed once, and names its document beside others."""

from pathlib import Path

from dlm_lsp.cli.run_notices import RunNotices
from dlm_lsp.synth.run_notes import RunNotes

NOTES = RunNotes("asked by profile p.toml", ("it is small",), ("1 part is left",))
A, B = Path("a.dlm"), Path("b.dlm")


def test_of_one_document_it_goes_without_saying_which(capsys):
    RunNotices(1).show_notes(A, NOTES)
    assert capsys.readouterr().err.splitlines() == [
        "note: asked by profile p.toml",
        "note: it is small",
        "note: 1 part is left",
    ]


def test_of_many_what_they_share_is_said_once_and_what_is_of_one_names_it(capsys):
    notices = RunNotices(2)
    notices.show_notes(A, NOTES)
    notices.show_notes(B, NOTES)
    assert capsys.readouterr().err.splitlines() == [
        "note: asked by profile p.toml",
        "note: it is small",
        "note: a.dlm: 1 part is left",
        "note: b.dlm: 1 part is left",
    ]
