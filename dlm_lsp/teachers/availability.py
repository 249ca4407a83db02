"""Availability: of a teacher, as far as it shows without a request to anybody."""

import os
from dataclasses import dataclass
from importlib.util import find_spec

from dlm_lsp.errors import SelectorError, TeacherError
from dlm_lsp.teachers.kind import TeacherKind
from dlm_lsp.teachers.registry import split_selector


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why something cannot be done just now: a code to decide by, a message to show.

    Of a teacher the codes are `no-teacher`, `no-adapter`, `missing-extra` and `missing-key`.
    """

    code: str
    message: str


def availability(selector: str, *, has_adapter: bool) -> Unavailable | None:
    """Return why the teacher that `selector` names cannot be used; None where nothing shows.

    `has_adapter` tells whether the document has a trained adapter, which `self` needs.
    """
    try:
        parts = split_selector(selector)
    except TeacherError as error:
        return Unavailable("no-teacher", str(error))
    if parts is None:
        return Unavailable(
            "no-teacher",
            f"{selector!r} names no teacher: set dlm.teacher, for example to hf:gemma-3-270m",
        )
    kind, target = parts
    return kind_availability(kind, target, has_adapter=has_adapter)


def kind_availability(
    kind: TeacherKind, target: str = "", *, has_adapter: bool
) -> Unavailable | None:
    """Return why no teacher of this kind and target can be used; None where nothing shows."""
    if kind.needs_adapter and not has_adapter:
        return Unavailable(
            "no-adapter",
            "the document has no trained adapter to be its own teacher: train one with "
            "`dlm train`, or set dlm.teacher",
        )
    if kind.import_name and not _is_installed(kind.import_name):
        return Unavailable(
            "missing-extra",
            f"{kind.name} needs more than is installed: {kind.install_hint}",
        )
    try:
        variable = _missing_key(kind, target)
    except SelectorError as error:
        return Unavailable("no-teacher", str(error))
    except TeacherError as error:
        return Unavailable("missing-key", str(error))
    if variable:
        return Unavailable(
            "missing-key", f"{kind.name} needs a key in the environment variable {variable}"
        )
    return None


def _missing_key(kind: TeacherKind, target: str) -> str | None:
    """Return the variable of a key that is needed and not there."""
    if kind.key_of:
        key = kind.key_of(target)
        return key.variable if key.expected and not key.value else None
    variable = kind.key_variable if kind.key_required else None
    return variable if variable and not os.environ.get(variable, "").strip() else None


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    # How the package above a dotted name is reported missing.
    except ModuleNotFoundError:
        return False


def client_package(selector: str) -> str | None:
    """Return the package that sends requests over a network; None where there is none."""
    try:
        parts = split_selector(selector)
    except TeacherError:
        return None
    return parts[0].import_name if parts and not parts[0].is_local else None
