"""Editor profiles: what they say of an open document, read again once they change."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dlm_lsp.errors import ProfileError
from dlm_lsp.server.file_cache import FileCache
from dlm_lsp.server.settings import DEFAULT_SETTINGS, Settings
from dlm_lsp.store.profile_files import ProfileFile, profile_files
from dlm_lsp.synth.options import OPTIONS

if TYPE_CHECKING:
    from dlm_lsp.synth.profile import Profile


class EditorProfiles:
    """The profiles on disk, each read once as long as it stays as it is."""

    def __init__(self) -> None:
        self._caches = {found: _cache(found=found) for found in (False, True)}

    def of(
        self, folder: Path | None, settings: Settings, workspace: Sequence[Path]
    ) -> "Profile | None":
        """Return what the profiles of a document in `folder` say; None where there are none.

        Raises:
            ProfileError, StoreError: one cannot be read, or says more than it may.
        """
        files = profile_files(folder, _named(settings), workspace)
        if not files:
            return None
        from dlm_lsp.synth.parse_profile import read_profiles

        return read_profiles(files, lambda file: self._caches[file.found].of(file.path))


def profiled_settings(settings: Settings, profile: "Profile | None") -> Settings:
    """Return the settings of a document, where they have their defaults by its profile.

    Editors send the defaults of settings that nobody has set.

    Raises:
        SelectorError: the teacher has nearly the name of one of the profile.
    """
    if profile is None:
        return settings
    names = [name for name in OPTIONS if name in Settings.model_fields]
    given = {
        name: value
        for name in names
        if (value := getattr(settings, name)) != getattr(DEFAULT_SETTINGS, name)
    }
    choices = profile.choices(given)
    return settings.model_copy(update={name: choices[name] for name in names})


def _named(settings: Settings) -> Path | None:
    if not settings.profile:
        return None
    path = Path(settings.profile)
    with suppress(RuntimeError):  # Somebody's home that is not known.
        path = path.expanduser()
    if not path.is_absolute() or "\0" in settings.profile:
        raise ProfileError("dlm.profile takes the path of a file from / or ~ on")
    return path


def _cache(*, found: bool) -> "FileCache[Profile]":
    def read(path: Path) -> "Profile":
        from dlm_lsp.synth.parse_profile import read_profile

        return read_profile(ProfileFile(path, found))

    return FileCache(lambda path: (path,), read)
