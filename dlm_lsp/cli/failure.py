"""How a command ends: its exit code, and one line for whatever went wrong."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

DONE = 0
FAILED = 1
USAGE = 2
NOTHING_ACCEPTED = 3
INTERRUPTED = 130


class UsageError(Exception):
    """A command line that cannot be meant, in one line that says what to write instead."""


def run(command: Callable[..., Any]) -> None:
    """Run `command` on the arguments of the process, and exit."""
    try:
        command()
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has read enough; nothing may be flushed into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as error:
        expected = _exit_code(error)
        if expected is None:
            raise
        fail(str(error), expected)


def fail(message: str, code: int) -> None:
    """Say what went wrong, as JSON too where that was asked for, and exit."""
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"error": message}, ensure_ascii=False) + "\n")
    sys.stderr.write(f"dlm: {message}\n")
    sys.exit(code)


def _exit_code(error: Exception) -> int | None:
    from dlm_lsp.local.error import LocalError
    from dlm_lsp.store.error import StoreError
    from dlm_lsp.synth.judge import JudgeError
    from dlm_lsp.synth.options import OptionError
    from dlm_lsp.teachers.protocol import TeacherError

    if isinstance(error, OptionError | UsageError):
        return USAGE
    if isinstance(error, StoreError | TeacherError | JudgeError | LocalError):
        return FAILED
    return None
