"""Weights shipping: a folder as a worker has it, whatever came between."""

from pathlib import Path
from typing import Any

import pytest

from dlm_lsp.cluster import shipping
from dlm_lsp.cluster.shipping import ship_folder
from dlm_lsp.cluster.worker import ModelWorker


class Here:
    """A worker in this process."""

    node = "here"

    def __init__(self) -> None:
        self.worker = ModelWorker()
        self.calls: list[str] = []

    async def call(self, method: str, *arguments: Any) -> Any:
        self.calls.append(method)
        return await getattr(self.worker, method)(*arguments)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of some files, one in a folder of its own and one without a byte."""
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(shipping, "_PART", 5)
    model = tmp_path / "model"
    (model / "more").mkdir(parents=True)
    (model / "weights").write_bytes(bytes(range(23)))
    (model / "more" / "config").write_bytes(b"12345")
    (model / "empty").touch()
    return model


def files_in(folder: Path) -> dict[str, bytes]:
    found = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


async def test_a_folder_arrives_byte_by_byte_and_once(folder: Path, tmp_path: Path):
    worker = Here()
    shipment = await ship_folder(folder, [worker], lambda part: part)
    assert files_in(tmp_path / "home/shipped" / shipment.digest / "model") == files_in(folder)
    worker.calls.clear()
    assert await ship_folder(folder, [worker], lambda part: part) == shipment
    assert worker.calls == ["wants_folder"]


async def test_what_was_left_half_sent_is_no_folder(folder: Path, tmp_path: Path):
    worker = Here()
    shipment = await ship_folder(folder, [], lambda part: part)
    await worker.call("receive", shipment, "weights", b"half")
    assert await worker.call("wants_folder", shipment)
    await ship_folder(folder, [worker], lambda part: part)
    assert files_in(tmp_path / "home/shipped" / shipment.digest / "model") == files_in(folder)


async def test_another_content_is_another_folder(folder: Path):
    before = await ship_folder(folder, [], lambda part: part)
    (folder / "weights").write_bytes(bytes(range(1, 24)))
    assert (await ship_folder(folder, [], lambda part: part)).digest != before.digest
