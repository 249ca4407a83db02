"""Absent commands: those that document-language-model has and this package lacks, and where to go.

The names are those of its version 0.10.
"""

from collections.abc import Mapping

from dlm_lsp.errors import UsageError

_THERE = "document-language-model, which has it and reads the same documents"

ABSENT_COMMANDS: Mapping[str, str] = {
    "dlm cache": _THERE,
    "dlm doctor": "`dlm train PATH --dry-run`, which shows what a training would take",
    "dlm export": _THERE,
    "dlm harvest": _THERE,
    "dlm metrics": "`dlm show PATH`, which tells of trainings",
    "dlm migrate": "`dlm check PATH`: older versions are read as they are",
    "dlm pack": _THERE,
    "dlm preference": _THERE,
    "dlm pull": _THERE,
    "dlm push": _THERE,
    "dlm repl": "`dlm prompt PATH`, which answers one question",
    "dlm serve": _THERE,
    "dlm synth preferences": _THERE,
    "dlm templates": "`dlm init FILE`, which makes a document",
    "dlm unpack": _THERE,
    "dlm verify": _THERE,
}


def refuse_absent(command: str) -> None:
    """Refuse a command that only the other package has.

    Raises:
        UsageError: it is one.
    """
    if where := ABSENT_COMMANDS.get(command):
        raise UsageError(f"`{command}` is not in this package; see {where}")
