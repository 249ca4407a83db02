"""Synthesis requests: what the flags of a run ask for, and the profiles where these say nothing."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from dlm_lsp.store.profile_files import ProfileFile, profile_files
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.profile import NO_PROFILE, Profile
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.synth.teacher_options import parse_teacher_options

_OPTION_OF = {"filter_": "filter", "temp": "temperature", "teacher_option": "teacher_options"}
"""The options whose parameters are called otherwise."""


def given_options(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options by their names that the parameters of a command make.

    Raises:
        OptionError: an option of the teacher cannot be read.
    """
    named = {_OPTION_OF.get(name, name): value for name, value in flags.items()}
    values = {name: value for name, value in named.items() if name in OPTIONS}
    if "teacher_options" in values:
        values["teacher_options"] = parse_teacher_options(values["teacher_options"] or ())
    return values


class RunRequests:
    """What a run asks of each document: what the `given` options say, else what its profiles do."""

    def __init__(self, given: Mapping[str, Any], named: Path | None = None) -> None:
        self._given = given
        self._named = named.absolute() if named else None
        self._profiles: dict[ProfileFile, Profile] = {}
        self._of_folders: dict[Path, SynthRequest] = {}

    @cached_property
    def plain(self) -> SynthRequest:
        """What is asked where no profile is found beside a document; who is asked is always that.

        Raises:
            ProfileError, StoreError: a profile cannot be read.
            OptionError, SelectorError: an option cannot be.
        """
        return self._request(None)

    def of(self, path: Path) -> SynthRequest:
        """Return what is asked of a document.

        Raises:
            ProfileError, StoreError: a profile cannot be read, or says more than it may.
            OptionError, SelectorError: an option cannot be.
        """
        folder = path.absolute().parent
        if folder not in self._of_folders:
            self._of_folders[folder] = self._request(folder)
        return self._of_folders[folder]

    def _request(self, folder: Path | None) -> SynthRequest:
        files = profile_files(folder, self._named)
        if not files:
            return NO_PROFILE.request(self._given)
        # A file takes more to be read than a run that has none should wait for.
        from dlm_lsp.synth.parse_profile import read_profiles

        return read_profiles(files, self._read).request(self._given)

    def _read(self, file: ProfileFile) -> Profile:
        from dlm_lsp.synth.parse_profile import read_profile

        if file not in self._profiles:
            self._profiles[file] = read_profile(file)
        return self._profiles[file]
