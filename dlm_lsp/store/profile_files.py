"""Profile files: which `dlm.toml` count for a document, and whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from platformdirs import user_config_path

from dlm_lsp.store.files import is_same_file

PROFILE_NAME = "dlm.toml"


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A profile on disk; one that is `found` beside documents may be anybody's."""

    path: Path
    found: bool = False


def user_profile_path() -> Path:
    """Return where the user's own profile is, or would be."""
    return user_config_path("dlm", appauthor=False) / PROFILE_NAME


def profile_files(
    folder: Path | None, named: Path | None = None, workspace: Sequence[Path] = ()
) -> tuple[ProfileFile, ...]:
    """Return the profiles for a document in `folder`, a later one counting before an earlier.

    That are the user's own, the one found beside the document or above it, and the `named` one. A
    file that the user has named or owns is that, wherever it lies.
    """
    own = user_profile_path()
    trusted = [path for path in (own if _exists(own) else None, named) if path]
    found = find_profile(folder, workspace) if folder else None
    files = [ProfileFile(path) for path in trusted]
    if found and not any(is_same_file(found, path) for path in trusted):
        files.insert(1 if _exists(own) else 0, ProfileFile(found, found=True))
    return tuple(files)


def find_profile(folder: Path, workspace: Sequence[Path] = ()) -> Path | None:
    """Return the nearest profile in `folder` or above it, up to the root of its repository.

    Without a repository the folders of a workspace are the end, without these `folder` itself.
    """
    above = (folder, *folder.parents)
    repository = (at for at, each in enumerate(above) if _exists(each / ".git"))
    opened = (at for at, each in enumerate(above) if each in workspace)
    top = next(chain(repository, opened), 0)
    return next((path for each in above[: top + 1] if _exists(path := each / PROFILE_NAME)), None)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
