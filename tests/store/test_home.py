import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import StoreError
from dlm_lsp.store.home import store_folder, store_home

DLM_ID = "01HZ4X7TGZM3J1A2B3C4D5E6F7"


def test_dlm_home_is_taken_from_the_environment(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "elsewhere"))
    assert store_home() == tmp_path / "elsewhere"


@pytest.mark.posix
def test_a_tilde_in_dlm_home_is_the_users_folder(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DLM_HOME", "~/notes")
    assert store_home() == tmp_path / "notes"


def test_a_relative_dlm_home_counts_from_the_working_folder(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLM_HOME", "notes")
    assert store_home() == tmp_path / "notes"


@pytest.mark.posix
@pytest.mark.parametrize("value", [None, ""])
def test_without_dlm_home_it_is_in_the_users_folder(value, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("DLM_HOME", raising=False)
    else:
        monkeypatch.setenv("DLM_HOME", value)
    assert store_home() == tmp_path / ".dlm"


def test_on_windows_it_is_in_the_application_data(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DLM_HOME", raising=False)
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "win32")
    assert store_home() == tmp_path / "dlm"


def test_on_windows_dlm_home_still_comes_first(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "win32")
    assert store_home() == tmp_path / "elsewhere"


def test_on_windows_without_application_data_it_is_in_the_users_folder(
    monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DLM_HOME", raising=False)
    monkeypatch.delenv("APPDATA", raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert store_home() == tmp_path / ".dlm"


def test_an_unknown_user_in_dlm_home_is_an_error_that_names_the_variable(monkeypatch) -> None:
    monkeypatch.setenv("DLM_HOME", "~no-such-user-here/notes")
    with pytest.raises(StoreError, match="set DLM_HOME"):
        store_home()


def test_the_folder_of_a_document_is_where_the_reference_puts_it(
    monkeypatch, tmp_path: Path, reference_python: Path
) -> None:
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    code = f"from dlm.store.paths import for_dlm; print(for_dlm({DLM_ID!r}).root)"
    theirs = subprocess.check_output([reference_python, "-c", code], text=True).strip()
    assert store_folder(DLM_ID).resolve() == Path(theirs)


def test_asking_for_a_folder_creates_nothing(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    store_folder(DLM_ID)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "dlm_id",
    ["", ".", "..", "../../../../../../tmp/abcde", "/" + "0" * 25, DLM_ID + "\n", DLM_ID.lower()],
)
def test_what_is_no_dlm_id_names_no_folder(dlm_id: str) -> None:
    with pytest.raises(StoreError, match="is no dlm_id"):
        store_folder(dlm_id)


@given(st.text() | st.from_regex(r"\A[0-9A-Z./\\]{26}\Z"))
def test_a_folder_never_leaves_the_store(dlm_id: str) -> None:
    try:
        found = store_folder(dlm_id)
    except StoreError:
        return
    assert found.parent == store_home() / "store"
    assert found.name == dlm_id
