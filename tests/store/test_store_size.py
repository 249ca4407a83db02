"""How many bytes a store has."""

from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store.store_size import store_size


def test_a_store_that_is_not_there_has_no_size(folder: Path) -> None:
    assert store_size(folder) is None
    assert not folder.exists()


def test_all_files_count_in_whatever_folder(folder: Path) -> None:
    (folder / "a/b").mkdir(parents=True)
    (folder / "one").write_bytes(b"1")
    (folder / "a/b/three").write_bytes(b"333")
    assert store_size(folder) == 4


@pytest.mark.posix
def test_a_link_does_not_lead_out(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (tmp_path / "large").write_bytes(b"0" * 10**6)
    (folder / "file").symlink_to(tmp_path / "large")
    (folder / "folder").symlink_to(tmp_path)
    assert store_size(folder) < 10**4


def test_a_file_in_the_place_of_the_store_is_an_error(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_bytes(b"")
    with pytest.raises(StoreError, match=f"cannot look at {folder}"):
        store_size(folder)


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_searched_is_an_error(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0)
    with pytest.raises(StoreError, match=f"cannot look at {closed}: .*; make it readable"):
        store_size(folder)
    closed.chmod(0o755)
