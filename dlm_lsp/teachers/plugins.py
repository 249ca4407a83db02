"""Plugins: teachers of other distributions, by entry points of the group `dlm_lsp.teachers`.

An entry point has the name of its kind and leads to a `TeacherKind`. Nothing of a plugin is
imported before its kind is named or all kinds are listed.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.kind import TeacherKind, row_fault

ENTRY_POINT_GROUP = "dlm_lsp.teachers"
_KIND_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class PluginKinds:
    """The kinds that could be loaded, and a line for each plugin that could not."""

    kinds: tuple[TeacherKind, ...]
    problems: tuple[str, ...]


@cache
def installed_plugins() -> tuple[EntryPoint, ...]:
    """Return the entry points of all plugins, by name; what is installed later is not seen."""
    entries = entry_points(group=ENTRY_POINT_GROUP)
    return tuple(sorted(entries, key=lambda entry: (entry.name, _distribution(entry))))


def plugin_kind(name: str) -> TeacherKind | None:
    """Return the kind that a plugin calls `name`; None where there is none.

    Raises:
        TeacherError: the plugin is broken, or two plugins claim the name; it says which.
    """
    claims = [entry for entry in installed_plugins() if entry.name == name]
    if not claims:
        return None
    if len(claims) > 1:
        raise TeacherError(_claimed_twice(claims))
    return _load(claims[0])


def plugin_kinds(reserved: Collection[str]) -> PluginKinds:
    """Return what all plugins bring; none may take a name that is `reserved`."""
    kinds: list[TeacherKind] = []
    problems: list[str] = []
    for name in dict.fromkeys(entry.name for entry in installed_plugins()):
        try:
            if name in reserved:
                claims = [entry for entry in installed_plugins() if entry.name == name]
                names = " and ".join(map(_distribution, claims))
                raise TeacherError(
                    f"the plugin {names} cannot bring a teacher {name}, which is one of dlm's own; "
                    "uninstall it or ask its author for another name"
                )
            if kind := plugin_kind(name):
                kinds.append(kind)
        except TeacherError as error:
            problems.append(str(error))
    return PluginKinds(tuple(kinds), tuple(problems))


def _load(entry: EntryPoint) -> TeacherKind:
    origin = f"the teacher {entry.name} of the plugin {_distribution(entry)}"
    try:
        kind: object = entry.load()
    # Whatever its import does, it costs that plugin alone.
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise TeacherError(
            f"{origin} cannot be loaded ({reason}); update or uninstall it"
        ) from error
    if isinstance(kind, TeacherKind) and (fault := row_fault(kind)):
        raise TeacherError(f"{origin} has a row in which {fault}; update or uninstall it")
    if not isinstance(kind, TeacherKind):
        raise TeacherError(
            f"{origin} is a {type(kind).__name__} and not a TeacherKind; update or uninstall it"
        )
    if kind.name != entry.name or not _KIND_NAME.fullmatch(kind.name):
        raise TeacherError(
            f"{origin} calls itself {kind.name!r}; its author has to give it one name, of "
            "lower-case letters, digits and hyphens"
        )
    return kind


def _claimed_twice(claims: list[EntryPoint]) -> str:
    names = " and ".join(map(_distribution, claims))
    return f"the plugins {names} both bring a teacher {claims[0].name}; uninstall one of them"


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value
