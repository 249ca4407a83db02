import os

import pytest

from dlm_lsp.store.request_shapes import save_shape
from dlm_lsp.teachers.learned_shapes import _today, recall_shape, remember_shape
from dlm_lsp.teachers.request_fallback import RequestShape

FORMATS = ("json_schema", "json_object", "plain")
DROPPABLE = ("seed", "temperature")
LEARNED = RequestShape(
    format_index=2,
    without=frozenset({"seed"}),
    system_as_user=True,
    temperature=0.01,
    most_tokens=512,
    streams=True,
)


def recalled() -> RequestShape:
    return recall_shape("http://h/v1", "m", FORMATS, DROPPABLE)


def test_a_shape_is_recalled_as_it_was_learned():
    remember_shape("http://h/v1", "m", LEARNED, FORMATS)
    assert recalled() == LEARNED


def test_of_a_server_that_is_not_known_the_first_shape_is_tried():
    assert recalled() == RequestShape()


def test_an_output_format_is_recalled_by_its_name():
    remember_shape("http://h/v1", "m", LEARNED, FORMATS)
    assert recall_shape("http://h/v1", "m", ("json_schema", "plain"), DROPPABLE).format_index == 1


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"format": "toml", "without": ["model"], "temperature": 0.0, "most_tokens": 0},
        {"format": 1, "without": "seed", "system_as_user": 1, "temperature": -1.0},
        {"format": None, "without": [["seed"]], "most_tokens": True, "streams": "yes"},
        {"most_tokens": "512", "temperature": "0.01", "without": {"seed": 1}},
    ],
)
def test_what_is_not_understood_is_as_at_first(record):
    save_shape("http://h/v1", "m", record, _today())
    assert recalled() == RequestShape()


def test_a_store_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setitem(os.environ, "DLM_HOME", str(tmp_path / "file"))
    remember_shape("http://h/v1", "m", LEARNED, FORMATS)
    assert recalled() == RequestShape()
