"""List of teachers: the rows of their table, for an editor to draw its choice from."""

from dataclasses import asdict
from typing import Any

from dlm_lsp.teachers.availability import kind_availability
from dlm_lsp.teachers.kind import TeacherKind
from dlm_lsp.teachers.registry import all_kinds


def teachers_answer() -> dict[str, Any]:
    """Return every kind of teacher in the order of the table, as the answer to a command.

    `availability` is None where nothing shows; of adapters, which documents have, it knows nothing.
    """
    return {"teachers": [_teacher(kind) for kind in all_kinds()]}


def _teacher(kind: TeacherKind) -> dict[str, Any]:
    unavailable = kind_availability(kind, has_adapter=True)
    return {
        "kind": kind.name,
        "form": kind.form,
        "target": kind.target,
        "description": kind.description,
        "isLocal": kind.is_local,
        "keyVariable": kind.key_variable,
        "keyRequired": kind.key_required,
        "availability": asdict(unavailable) if unavailable else None,
    }
