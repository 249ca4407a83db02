"""The document's own adapter as teacher."""

from pathlib import Path

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.base_model.teacher import HfTeacher
from dlm_lsp.teachers.protocol import GenerationOptions


def self_teacher(
    base_model: str | None, adapter: Path | None, sampling: GenerationOptions
) -> HfTeacher:
    """Return the teacher that speaks with the document's adapter on its base model.

    Raises:
        TeacherError: the document has no adapter, or names no base model.
    """
    if adapter is None:
        raise TeacherError(
            "the document has no trained adapter to be its own teacher: train one with "
            "`dlm train`, or name another teacher, such as --teacher hf:gemma-3-270m"
        )
    if base_model is None:
        raise TeacherError("the document names no base_model for its adapter; add it on top")
    return HfTeacher(base_model, sampling, adapter=adapter, name="self")
