"""Command errors: why a command was not done, as a code to decide by and a message to show."""

from dlm_lsp.errors import DlmError, UsageError
from dlm_lsp.teachers.availability import Unavailable

ALREADY_RUNNING = Unavailable(
    "already-running",
    "a run about these sections is going on: cancel it, or wait for it to end",
)
NO_PROSE = Unavailable("no-prose", "there is no prose to ask about")
LEDGER_UNREADABLE = Unavailable(
    "ledger-unreadable", "the ledger cannot be read, and without it your own edits would go too"
)


class CommandError(UsageError):
    """A command that cannot be done.

    `code` is `already-running`, `bad-argument`, `ledger-unreadable`, `no-frontmatter`, `no-prose`,
    `no-report`, `not-open`, `not-synthesized`, `nothing-staged`, `nothing-to-revert`,
    `out-of-step`, `source-gone` or one of `document_availability`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def error_code(error: Exception) -> str:
    """Return the code of an error; one that nobody expected is a defect."""
    return error.code if isinstance(error, DlmError) else "defect"
