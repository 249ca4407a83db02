"""Weights shipping: a folder of this machine's disk is copied to workers that lack it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio.to_thread

from dlm_lsp.cluster.messages import Shipment
from dlm_lsp.cluster.pool import RemoteWorker, WorkerLostError
from dlm_lsp.errors import StoreError

_PART = 32 * 1024 * 1024
"""Bytes that are under way at a time."""


async def ship_folder(
    folder: Path, workers: Sequence[RemoteWorker], put: Callable[[bytes], Any]
) -> Shipment:
    """Have each worker keep a copy of a folder, and return by what it knows it.

    It is sent where it is not from earlier. `put` returns what stands for bytes in a call, so that
    they go to each machine once.

    Raises:
        StoreError: a file cannot be read.
    """
    shipment = await anyio.to_thread.run_sync(_describe, folder)
    lacking = []
    for worker in workers:
        try:
            if await worker.call("wants_folder", shipment):
                lacking.append(worker)
        except WorkerLostError:
            continue
    parts = _parts(folder) if lacking else iter(())
    while (part := await anyio.to_thread.run_sync(next, parts, None)) is not None:
        name, data = part
        reference = put(data)
        for worker in tuple(lacking):
            try:
                await worker.call("receive", shipment, name, reference)
            except WorkerLostError:
                lacking.remove(worker)
    for worker in lacking:
        try:
            await worker.call("finish_folder", shipment)
        except WorkerLostError:
            continue
    return shipment


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _describe(folder: Path) -> Shipment:
    whole = hashlib.sha256()
    try:
        for file in _files(folder):
            whole.update(
                f"{file.relative_to(folder).as_posix()}\0".encode("utf-8", "surrogatepass")
            )
            with file.open("rb") as opened:
                whole.update(hashlib.file_digest(opened, "sha256").digest())
    except OSError as error:
        raise StoreError(f"cannot read {folder} to send it to the cluster: {error}") from error
    return Shipment(whole.hexdigest()[:32], folder.name)


def _parts(folder: Path) -> Iterator[tuple[str, bytes]]:
    try:
        for file in _files(folder):
            name = file.relative_to(folder).as_posix()
            with file.open("rb") as opened:
                part = opened.read(_PART)
                yield name, part
                while part := opened.read(_PART):
                    yield name, part
    except OSError as error:
        raise StoreError(f"cannot read {folder} to send it to the cluster: {error}") from error
