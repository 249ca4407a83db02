"""Adapter versions: how an adapter becomes the current one."""

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store.adapters import current_adapter
from dlm_lsp.store.versions import (
    keep_version,
    next_version,
    partial_folder,
    remove_folder,
    switch_current,
)

NAMES = pytest.mark.parametrize("name", [None, "tone"])


def _publish(folder, name):
    partial = partial_folder(folder, name, next_version(folder, name))
    (partial / "adapter_config.json").write_text("{}")
    version = keep_version(folder, name, partial)
    switch_current(folder, name, version)
    return version


@NAMES
def test_the_first_version_is_one_and_the_next_counts_on(folder, name):
    assert next_version(folder, name) == 1
    assert _publish(folder, name).name == "v0001"
    assert _publish(folder, name).name == "v0002"
    assert current_adapter(folder, name).name == "v0002"


def test_the_pointer_is_the_one_of_the_format(folder):
    _publish(folder, None)
    _publish(folder, "tone")
    assert (folder / "adapter/current.txt").read_text() == "adapter/versions/v0001\n"
    assert (folder / "adapter/tone/current.txt").read_text() == "adapter/tone/versions/v0001\n"


def test_what_is_not_whole_takes_no_number_and_is_not_current(folder):
    first = _publish(folder, None)
    partial_folder(folder, None, 2)
    assert next_version(folder, None) == 2
    assert current_adapter(folder) == first


def test_what_a_killed_run_left_is_swept_away_by_the_next(folder):
    left = partial_folder(folder, None, 1)
    (left / "adapter_model.safetensors").write_bytes(b"half")
    new = partial_folder(folder, None, 1)
    assert list(new.parent.iterdir()) == [new]
    assert list(new.iterdir()) == []


def test_a_version_that_is_not_to_be_is_gone(folder):
    partial = partial_folder(folder, None, 1)
    remove_folder(partial)
    assert not partial.exists()


def test_a_number_that_another_tool_rejected_is_not_used_again(folder):
    (folder / "adapter/versions/v0007-rejected").mkdir(parents=True)
    assert next_version(folder, None) == 8


def test_a_pointer_that_cannot_be_written_leaves_the_version_before(folder):
    first = _publish(folder, None)
    partial = partial_folder(folder, None, 2)
    version = keep_version(folder, None, partial)
    pointer = folder / "adapter/current.txt"
    current = pointer.read_text()
    pointer.unlink()
    pointer.mkdir()
    with pytest.raises(StoreError):
        switch_current(folder, None, version)
    pointer.rmdir()
    pointer.write_text(current)
    assert current_adapter(folder) == first
