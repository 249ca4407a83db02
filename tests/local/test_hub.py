"""Hugging Face hub: a model from its cache, else downloaded."""

from pathlib import Path

import huggingface_hub
import pytest
from httpx2 import Request, Response
from huggingface_hub import errors

from dlm_lsp.errors import ModelError
from dlm_lsp.local.hub import hub_snapshot

RESPONSE = Response(403, request=Request("GET", "https://huggingface.co/org/name"))


def answering(monkeypatch: pytest.MonkeyPatch, outcome: Exception | str) -> list[bool]:
    """Let the download have this outcome; nothing is in the cache."""
    offline_only: list[bool] = []

    def download(hub_id: str, *, local_files_only: bool = False, **_: object) -> str:
        offline_only.append(local_files_only)
        if local_files_only:
            raise errors.LocalEntryNotFoundError("not in the cache")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return offline_only


def test_what_the_cache_holds_is_taken_without_asking_the_hub(monkeypatch):
    monkeypatch.setattr(
        huggingface_hub,
        "snapshot_download",
        lambda hub_id, *, local_files_only=False, **_: f"/cache/{hub_id}/{local_files_only}",
    )
    assert hub_snapshot("org/name") == Path("/cache/org/name/True")


def test_what_the_cache_does_not_hold_is_downloaded(monkeypatch):
    offline_only = answering(monkeypatch, "/cache/org/name/abc")
    assert hub_snapshot("org/name") == Path("/cache/org/name/abc")
    assert offline_only == [True, False]


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (errors.GatedRepoError("no", response=RESPONSE), r"accept it on https://.*HF_TOKEN"),
        (
            errors.RepositoryNotFoundError("no", response=RESPONSE),
            "check the name, or set HF_TOKEN",
        ),
        (errors.LocalEntryNotFoundError("offline"), "go online once, or name a folder"),
        (OSError(28, "No space left on device"), "No space left"),
    ],
)
def test_each_failure_is_one_line_with_its_remedy(monkeypatch, error, remedy):
    answering(monkeypatch, error)
    with pytest.raises(ModelError, match=remedy) as raised:
        hub_snapshot("org/name")
    assert "\n" not in str(raised.value)


def test_no_hub_id_says_what_one_looks_like():
    with pytest.raises(ModelError, match="org/name"):
        hub_snapshot("a b/c?d")
