from pathlib import Path

from dlm_lsp.store.error import NotFoundError, StoreError, why


def test_the_reason_is_the_systems_words_without_the_path(tmp_path: Path) -> None:
    try:
        (tmp_path / "missing").read_bytes()
    except OSError as error:
        assert why(error) == "No such file or directory"


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert why(TimeoutError()) == "TimeoutError"


def test_a_missing_file_is_a_store_error() -> None:
    assert issubclass(NotFoundError, StoreError)
