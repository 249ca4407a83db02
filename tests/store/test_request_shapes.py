from datetime import date, timedelta
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store.request_shapes import MAX_AGE, load_shape, save_shape

TODAY = date(2026, 11, 28)
SHAPE = {"format": "plain", "without": ["seed"]}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_is_kept_is_found_for_its_server_and_model_alone():
    save_shape("http://h/v1", "m", SHAPE, TODAY)
    save_shape("http://h/v1", "n", {"format": "json_object"}, TODAY)
    assert load_shape("http://h/v1", "m", TODAY) == SHAPE
    assert load_shape("http://h/v1", "n", TODAY) == {"format": "json_object"}
    assert load_shape("http://other/v1", "m", TODAY) is None


def test_nothing_is_kept_at_first_and_nothing_is_made(home):
    assert load_shape("http://h/v1", "m", TODAY) is None
    assert not home.exists()


def test_neither_server_nor_model_stands_in_the_file(home):
    save_shape("http://h/a-token-in-the-path", "my-model", SHAPE, TODAY)
    written = (home / "request-shapes.json").read_text()
    assert "a-token" not in written
    assert "my-model" not in written


@pytest.mark.parametrize(
    ("age", "is_found"),
    [
        (timedelta(), True),
        (MAX_AGE - timedelta(days=1), True),
        (MAX_AGE, False),
        (timedelta(days=-1), False),
    ],
)
def test_an_entry_ends_after_some_days_and_one_of_the_future_at_once(age, is_found):
    save_shape("http://h/v1", "m", SHAPE, TODAY)
    assert (load_shape("http://h/v1", "m", TODAY + age) is not None) == is_found


def test_entries_that_have_ended_leave_the_file(home):
    save_shape("http://h/v1", "m", SHAPE, TODAY - MAX_AGE)
    before = (home / "request-shapes.json").stat().st_size
    save_shape("http://h/v1", "n", SHAPE, TODAY)
    assert (home / "request-shapes.json").stat().st_size == before


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"k": 1, "l": {"on": 3, "shape": {}}, "m": {"on": "x", "shape": {}}, "n": {"shape": {}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_counts_as_empty_and_is_replaced(home, damaged):
    home.mkdir()
    (home / "request-shapes.json").write_bytes(damaged)
    assert load_shape("http://h/v1", "m", TODAY) is None
    save_shape("http://h/v1", "m", SHAPE, TODAY)
    assert load_shape("http://h/v1", "m", TODAY) == SHAPE


def test_a_home_that_cannot_be_written_is_told(home):
    home.write_text("")
    assert load_shape("http://h/v1", "m", TODAY) is None
    with pytest.raises(StoreError):
        save_shape("http://h/v1", "m", SHAPE, TODAY)
