"""GGUF conversion: a model in one file of llama.cpp's as a folder of safetensors, once."""

import glob
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from platformdirs import user_cache_dir

from dlm_lsp.errors import ModelError
from dlm_lsp.local.oom import is_out_of_memory

_MAGIC = b"GGUF"
_BYTES_PER_WEIGHT = 2
# Tokenizer and configuration, and what a file system needs beside.
_ROOM_BESIDE = 100 * 2**20
_OTHERWISE = (
    "take the model in safetensors, or serve the file with llama.cpp and name vllm-server:URL"
)


def converted_folder(shown: str, name: str, stamp: str, provide: Callable[[Path], Path]) -> Path:
    """Return the folder of a model's converted weights, converting them if nobody has yet.

    `shown` is what the user calls it, `name` what its folder in the cache is called, and `stamp`
    changes with its file; conversions with another stamp are removed. `provide` returns the GGUF
    file, which it may write into the folder that it is given.

    Raises:
        ModelError: the file is none that can be converted, or there is no room for the weights.
    """
    models = Path(user_cache_dir("dlm-lsp")) / "models"
    target = models / f"{name}-{stamp}"
    if target.is_dir():
        return target
    with _converting(shown, models):
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(models / f"{name}.lock"):
            if not target.is_dir():
                # What an earlier file became, and what a conversion that was killed has left.
                for old in models.glob(f"{glob.escape(name)}-*"):
                    shutil.rmtree(old, ignore_errors=True)
                _convert(shown, provide, target)
    return target


def _convert(shown: str, provide: Callable[[Path], Path], target: Path) -> None:
    # A sibling, so that the rename that publishes it stays on one file system.
    work = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        gguf = provide(work)
        _check_gguf(shown, gguf, target.parent)
        ready = work / "ready"
        _save_as_safetensors(gguf, ready)
        ready.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check_gguf(shown: str, gguf: Path, models: Path) -> None:
    """Check that a file is one model, and that the disk has room for its weights."""
    with gguf.open("rb") as opened:
        if opened.read(len(_MAGIC)) != _MAGIC:
            raise ModelError(f"{shown} is no GGUF file; name the right one")
    from gguf import GGUFReader

    reader = GGUFReader(gguf)
    split = reader.get_field("split.count")
    if split and int(split.contents()) > 1:
        raise ModelError(f"{shown} is one part of several; join them with llama-gguf-split")
    needed = _ROOM_BESIDE + _BYTES_PER_WEIGHT * sum(int(part.n_elements) for part in reader.tensors)
    free = shutil.disk_usage(models).free
    if free < needed:
        raise ModelError(
            f"{shown} becomes {needed / 1e9:.1f} GB in {models}, where {free / 1e9:.1f} GB are "
            "free; make room there"
        )


def _save_as_safetensors(gguf: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    source: dict[str, Any] = {"gguf_file": gguf.name, "local_files_only": True}
    read = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        dtype=torch.bfloat16,
        **_unpacked(),
        trust_remote_code=False,
        **source,
    )
    # What was read from a GGUF may count as quantised and refuse to be saved; a copy does not.
    vars(read.config).pop("quantization_config", None)
    with torch.device("meta"):
        copy = type(read)(read.config)
    copy.load_state_dict(read.state_dict(), assign=True)
    copy.tie_weights()
    copy.generation_config = read.generation_config
    copy.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, **source).save_pretrained(folder)


def _unpacked() -> dict[str, Any]:
    """Return what keeps a GGUF file's weights from being left in its blocks."""
    try:
        from transformers import GgufConfig
    except ImportError:  # Earlier versions leave none in them.
        return {}
    return {"quantization_config": GgufConfig(dequantize=True)}


@contextmanager
def _converting(shown: str, models: Path) -> Iterator[None]:
    try:
        yield
    except ModelError:
        raise
    # Whatever the file holds, it is read by code that expects a sound one.
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if is_out_of_memory(error):
            message = (
                f"there is too little memory to convert {shown}; close other programs, or take a "
                "smaller model"
            )
        elif isinstance(error, OSError):
            message = (
                f"cannot convert {shown} into {models}: {error}; see to that folder and its free "
                "space"
            )
        else:
            message = f"cannot convert {shown}: {reason}; {_OTHERWISE}"
        raise ModelError(message) from error
