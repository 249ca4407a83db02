"""How a command ends: its exit code, and one line for whatever went wrong."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from typer.exceptions import TyperException

from dlm_lsp.errors import UsageError

DONE = 0
FAILED = 1
USAGE = 2
NOTHING_ACCEPTED = 3
INTERRUPTED = 130


class Interrupted(Exception):  # noqa: N818 (nothing went wrong)
    """Somebody pressed Ctrl-C before there was anything to keep."""


@contextmanager
def as_interrupted() -> Iterator[None]:
    """Turn a Ctrl-C into an error that is told."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted from None


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run `command` on the arguments of the process, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal cannot show must not cost the run.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _outcome(command)
        # At its own end Python would tell in its own words that nothing can be written.
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:
            raise
        # Files have errors of their own, so this one is of the output.
        _leave_output(error)
        code = FAILED
    sys.exit(code)


def _outcome(command: Callable[..., Any]) -> int:
    try:
        return command(standalone_mode=False) or DONE
    except (Interrupted, KeyboardInterrupt):
        return _told("interrupted", INTERRUPTED)
    except UsageError as error:
        return _told(str(error), USAGE)
    except TyperException as error:
        message = error.format_message()
        if message.startswith("Usage: "):
            sys.stderr.write(f"{message}\n")
            return USAGE
        return _told(f"{message} (`--help` shows what there is)", USAGE)
    except Exception as error:
        expected = _exit_code(error)
        if expected is None:
            raise
        return _told(str(error), expected)


def _told(message: str, code: int) -> int:
    """Say what went wrong, as JSON too where that was asked for, and return `code`."""
    from dlm_lsp.cli.output import escape_line

    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"error": message}) + "\n")
    sys.stderr.write(f"dlm: {escape_line(message)}\n")
    return code


def _leave_output(error: OSError) -> None:
    # What is still to be written would fail once more when Python ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # Who closes a pipe early has read enough.
    if not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"dlm: cannot write the output: {error.strerror}; make room for it\n")


def _exit_code(error: Exception) -> int | None:
    from dlm_lsp.errors import (
        JudgeError,
        ModelError,
        OptionError,
        SelectorError,
        StoreError,
        TeacherError,
    )

    if isinstance(error, OptionError | SelectorError):
        return USAGE
    if isinstance(error, StoreError | TeacherError | JudgeError | ModelError):
        return FAILED
    return None
