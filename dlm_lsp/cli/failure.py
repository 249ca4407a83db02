"""How a command ends: its exit code, and one line for whatever went wrong."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from typer.exceptions import TyperException

DONE = 0
FAILED = 1
USAGE = 2
NOTHING_ACCEPTED = 3
INTERRUPTED = 130


class UsageError(Exception):
    """A command line that cannot be meant, in one line that says what to write instead."""


def run(command: Callable[..., Any]) -> NoReturn:
    """Run `command` on the arguments of the process, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal cannot show must not cost the run.
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(command(standalone_mode=False) or DONE)
    except UsageError as error:
        fail(str(error), USAGE)
    except TyperException as error:
        message = error.format_message()
        if message.startswith("Usage: "):
            sys.stderr.write(f"{message}\n")
            sys.exit(USAGE)
        fail(f"{message} (`--help` shows what there is)", USAGE)
    except Exception as error:
        expected = _exit_code(error)
        if expected is None:
            raise
        fail(str(error), expected)


def fail(message: str, code: int) -> NoReturn:
    """Say what went wrong, as JSON too where that was asked for, and exit."""
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"error": message}) + "\n")
    sys.stderr.write(f"dlm: {message}\n")
    sys.exit(code)


def _exit_code(error: Exception) -> int | None:
    from dlm_lsp.local.error import LocalError
    from dlm_lsp.store.error import StoreError
    from dlm_lsp.synth.judge import JudgeError
    from dlm_lsp.synth.options import OptionError
    from dlm_lsp.teachers.protocol import TeacherError

    if isinstance(error, OptionError):
        return USAGE
    if isinstance(error, StoreError | TeacherError | JudgeError | LocalError):
        return FAILED
    return None
