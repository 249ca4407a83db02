"""Exit codes: how a command ends, and one line for whatever went wrong."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from typer.exceptions import TyperException

from dlm_lsp.cli.flags import flag_name
from dlm_lsp.cli.streams import OutputClosed, guard_streams, silence_stream
from dlm_lsp.errors import (
    CopyError,
    DlmError,
    OptionError,
    PrivateSourceError,
    SelectorError,
    UsageError,
)

DONE = 0
FAILED = 1
USAGE = 2
NOTHING_ACCEPTED = 3
INTERRUPTED = 130

_OPTIONS_OF_DLM = ("-q", "--quiet", "-v", "--verbose", "--version")
"""What is asked of every command, and stands before it."""

_LIBRARY_WORDS = {
    "Value error, ": "",
    "Input should be a valid number, unable to parse string as a number": "it takes a number",
    "Input should be a valid integer, unable to parse string as an integer": (
        "it takes a whole number"
    ),
}


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C before there was anything to keep: a signal, which none may catch."""


class _PastTyper(BaseException):
    """Carries an error past typer, which would end without a word about it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@contextmanager
def bypass_typer() -> Iterator[None]:
    """Let a Ctrl-C, a broken pipe and an end of input reach `run_command`: typer swallows them."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted from None
    except (BrokenPipeError, EOFError) as error:
        raise _PastTyper(error) from error


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run `command` on the arguments of the process, and exit.

    Every error is told in a line or two: one of the tree under `DlmError` as it says itself, any
    other as a defect of this program.
    """
    guard_streams()
    try:
        code = _outcome(command)
        # At its own end Python would tell in its own words that nothing can be written.
        sys.stdout.flush()
    except OutputClosed as closed:
        code = _tell_closed(closed)
    # At its end Python looks through all that is loaded for cycles, which takes 0.1 s of a run.
    gc.freeze()
    sys.exit(code)


def _outcome(command: Callable[..., Any]) -> int:
    try:
        return command(standalone_mode=False) or DONE
    except (Interrupted, KeyboardInterrupt):
        return _tell("interrupted", INTERRUPTED)
    except TyperException as error:
        message = _in_plain_words(error.format_message())
        if message.startswith("Usage: "):
            sys.stderr.write(f"{message}\n")
            return USAGE
        return _tell(f"{message} ({_way_on(message)})", USAGE)
    except _PastTyper as carrier:
        return _tell_error(carrier.error)
    except Exception as error:
        return _tell_error(error)


def _way_on(message: str) -> str:
    """Return what to do where typer does not understand the command line."""
    option = message.removeprefix("No such option: ").partition(" ")[0]
    if option in _OPTIONS_OF_DLM:
        return f"it stands before the command: `dlm {option} ...`"
    return "`--help` shows what there is"


def _in_plain_words(message: str) -> str:
    """Return what typer says of an argument without the words of the library that checks it."""
    for words, plain in _LIBRARY_WORDS.items():
        message = message.replace(words, plain)
    return message


def shell_message(error: DlmError) -> str:
    """Return the message of an error, with an option by its flag."""
    if isinstance(error, CopyError):
        return f"{error} with --force (`dlm check --fix` with both files gives the copy one)"
    if isinstance(error, OptionError | PrivateSourceError):
        return error.worded(flag_name)
    return str(error)


def exit_code(error: DlmError) -> int:
    """Return the exit code of an error: 2 where the command line cannot be meant, else 1."""
    return USAGE if isinstance(error, UsageError | SelectorError) else FAILED


def _tell(message: str, code: int) -> int:
    """Say what went wrong, as JSON too where that was asked for, and return `code`."""
    from dlm_lsp.cli.output import escape_line

    if not {"--json", "--jsonl"}.isdisjoint(sys.argv):
        import json

        sys.stdout.write(json.dumps({"error": message}) + "\n")
    sys.stderr.write(f"dlm: {escape_line(message)}\n")
    return code


def _tell_error(error: Exception) -> int:
    if isinstance(error, DlmError):
        return _tell(shell_message(error), exit_code(error))
    from dlm_lsp.store.defects import describe_defect

    return _tell(describe_defect(error), FAILED)


def _tell_closed(closed: OutputClosed) -> int:
    silence_stream(closed.descriptor)
    if not closed.expected:
        # Nobody is left to be told if stderr is full as well.
        with suppress(OutputClosed):
            sys.stderr.write(f"dlm: cannot write the output: {closed}; make room for it\n")
    return FAILED
