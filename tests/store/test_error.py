from pathlib import Path

from dlm_lsp.errors import NotFoundError, StoreError
from dlm_lsp.store.os_reason import os_reason


def test_the_reason_is_the_systems_words_without_the_path(tmp_path: Path) -> None:
    try:
        (tmp_path / "missing").read_bytes()
    except OSError as error:
        assert os_reason(error) == "No such file or directory"


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert os_reason(TimeoutError()) == "TimeoutError"


def test_a_missing_file_is_a_store_error() -> None:
    assert issubclass(NotFoundError, StoreError)
