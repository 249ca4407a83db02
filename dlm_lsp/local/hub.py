"""Hugging Face hub: a model from its cache, else downloaded."""

from pathlib import Path

from dlm_lsp.errors import ModelError

_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.jinja", "tokenizer.model"]


def hub_snapshot(hub_id: str) -> Path:
    """Return the folder of `hub_id`, named after its commit.

    What the cache holds whole is taken without asking the hub.

    Raises:
        ModelError: no such model, no access to it, no way to the hub, or no room for it.
    """
    from huggingface_hub import errors as hub
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    try:
        return Path(snapshot_download(hub_id, allow_patterns=_FILES, local_files_only=True))
    except hub.LocalEntryNotFoundError:
        pass
    except hub.HFValidationError as error:
        raise ModelError(f"{hub_id} is no hub id; it has to look like org/name") from error
    try:
        return Path(snapshot_download(hub_id, allow_patterns=_FILES))
    except hub.GatedRepoError as error:
        raise ModelError(
            f"{hub_id} asks for its licence to be accepted: accept it on "
            f"https://huggingface.co/{hub_id}, then set HF_TOKEN"
        ) from error
    except hub.RepositoryNotFoundError as error:
        raise ModelError(
            f"the hub has no model {hub_id}, or it is private; check the name, or set HF_TOKEN"
        ) from error
    except hub.LocalEntryNotFoundError as error:
        raise ModelError(
            f"{hub_id} is not on this machine and the hub cannot be reached; go online once, "
            "or name a folder with the model"
        ) from error
    except OSError as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"cannot download {hub_id}: {reason}") from error
