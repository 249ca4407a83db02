from pathlib import Path

import pytest
from support.permissions import permissions

from dlm_lsp import SynthOptions, revert, synthesize
from dlm_lsp.store.home import store_folder

__all__ = ["permissions"]

DLM_ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"


@pytest.fixture
def applied(teacher, notes: Path) -> Path:
    """The document with two pairs in it."""
    options = SynthOptions(per_section=2, filter="dedup-only")
    synthesize(notes, teacher=teacher.selector, options=options, apply=True)
    return notes


@pytest.mark.usefixtures("permissions")
def test_a_read_only_store_hinders_no_revert_and_still_tells_what_was_edited(applied):
    applied.write_text(applied.read_text().replace("In 1500.", "In 1500, by hand."))
    synth = store_folder(DLM_ID) / "synth"
    for file in synth.iterdir():
        file.chmod(0o444)
    synth.chmod(0o555)
    outcome = revert(applied)
    synth.chmod(0o755)
    assert (len(outcome.removed), len(outcome.edited)) == (1, 1)
    assert "In 1500, by hand." in applied.read_text()


def test_a_store_that_cannot_be_made_hinders_no_revert(applied, home, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.write_text("no folder")
    monkeypatch.setenv("DLM_HOME", str(file))
    assert len(revert(applied).removed) == 2
    assert "dlm-auto-synth" not in applied.read_text()
