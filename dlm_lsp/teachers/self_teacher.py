"""Self teacher: the document's own adapter writes about it."""

from pathlib import Path

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.local_teacher import LocalTeacher


def self_teacher(context: TeacherContext) -> LocalTeacher:
    """Return the teacher that speaks with the document's adapter on its base model.

    Raises:
        TeacherError: the document has no adapter, or names no base model.
    """
    check_adapter(context.adapter)
    if context.base_model is None:
        raise TeacherError("the document names no base_model for its adapter; add it on top")
    return LocalTeacher(
        context.base_model,
        context.sampling,
        adapter=context.adapter,
        name="self",
        reads=context.window,
        device=context.device,
    )


def check_adapter(adapter: Path | None) -> None:
    """Raise TeacherError where the document has no adapter to be its own teacher."""
    if adapter is None:
        raise TeacherError(
            "the document has no trained adapter to be its own teacher: train one with "
            "`dlm train`, or name another teacher, such as hf:gemma-3-270m"
        )
