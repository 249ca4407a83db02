"""Batch errors: what a failed call about a batch means."""

from types import ModuleType

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.batches import BatchRefusedError

_TIMED_OUT = 408
# Both HTTP clients that the SDKs have used call them so.
_NOT_CONNECTED = ("ConnectError", "ConnectTimeout")


def is_certainly_refused(error: Exception, sdk: ModuleType) -> bool:
    """Tell whether what a failed call was to make is not there for sure."""
    if isinstance(error, sdk.APIStatusError):
        status: int = error.status_code
        return 300 <= status < 500 and status != _TIMED_OUT
    return type(error.__cause__).__name__ in _NOT_CONNECTED


def unknown_batch(teacher: ApiTeacher, batch_id: str) -> TeacherError:
    """Return the error for a batch that the account of the key does not have."""
    return TeacherError(
        f"{teacher.server} knows no batch {batch_id} by the key in {teacher.key_variable}: set the "
        "key of the account and project that it was submitted with, or go on without its replies "
        "(`dlm synth instructions` asks for what is missing)"
    )


def no_batches(teacher: ApiTeacher) -> BatchRefusedError:
    """Return the error for a server that has no such thing as a batch."""
    return BatchRefusedError(
        f"{teacher.server} offers no batches; ask it with `dlm synth instructions`"
    )
