"""Hugging Face hub: a model from its cache; downloaded where somebody asked for that."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlm_lsp.errors import ModelError
from dlm_lsp.local.packaged import from_pypi

# What the hub's client reads when it is imported; it tells its makers of each request otherwise.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.jinja", "tokenizer.model"]
_INDEX = "model.safetensors.index.json"


def cached_snapshot(hub_id: str) -> Path | None:
    """Return the folder of `hub_id`, named after its commit; None where it is not here whole.

    The hub is not asked.

    Raises:
        ModelError: no hub id looks like this.
    """
    from huggingface_hub import errors, snapshot_download

    try:
        snapshot = Path(snapshot_download(hub_id, allow_patterns=_FILES, local_files_only=True))
    except errors.LocalEntryNotFoundError:
        return None
    except errors.HFValidationError as error:
        raise ModelError(f"{hub_id} is no hub id; it has to look like org/name") from error
    return snapshot if _is_whole(snapshot) else None


def download_size(hub_id: str) -> int:
    """Ask the hub how many bytes a download of `hub_id` brings.

    Raises:
        ModelError: no such model, no access to it, or no way to the hub.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.utils import filter_repo_objects

    with _as_model_errors(hub_id):
        siblings = HfApi().model_info(hub_id, files_metadata=True).siblings or []
    sizes = {file.rfilename: file.size or 0 for file in siblings}
    return sum(sizes[name] for name in filter_repo_objects(sizes, allow_patterns=_FILES))


def download_snapshot(hub_id: str, *, show: bool = False) -> Path:
    """Download what is not here of `hub_id`; `show` draws how far it is on stderr.

    Raises:
        ModelError: no such model, no access to it, no way to the hub, or no room for it.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils import disable_progress_bars, enable_progress_bars

    (enable_progress_bars if show else disable_progress_bars)()
    with _as_model_errors(hub_id):
        return Path(snapshot_download(hub_id, allow_patterns=_FILES))


def _is_whole(snapshot: Path) -> bool:
    """Say whether a download has come to its end, as far as its weights show."""
    names = {file.name for file in snapshot.iterdir() if file.exists()}
    if _INDEX not in names:
        return "config.json" in names and any(name.endswith(".safetensors") for name in names)
    try:
        shards = json.loads((snapshot / _INDEX).read_bytes())["weight_map"].values()
        return {"config.json", *shards} <= names
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


@contextmanager
def _as_model_errors(hub_id: str) -> Iterator[None]:
    from huggingface_hub import errors

    try:
        yield
    except errors.HFValidationError as error:
        raise ModelError(f"{hub_id} is no hub id; it has to look like org/name") from error
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{hub_id} asks for its licence to be accepted: accept it on "
            f"https://huggingface.co/{hub_id}, then set HF_TOKEN{from_pypi(hub_id)}"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ModelError(
            f"the hub has no model {hub_id}, or it is private; check the name, or set HF_TOKEN"
        ) from error
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise ModelError(
            f"{hub_id} is not on this machine and the hub cannot be reached; go online once, "
            f"or name a folder with the model{from_pypi(hub_id)}"
        ) from error
    # An HTTP client's error is no OSError with every version.
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"cannot download {hub_id}: {reason}; try again{from_pypi(hub_id)}"
        ) from error
