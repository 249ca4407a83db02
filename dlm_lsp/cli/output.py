"""Output: results to stdout, everything else to stderr, no markup in either."""

import io
import json
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from rich.console import Console

from dlm_lsp.errors import UsageError

RunOutput = Literal["text", "json", "jsonl"]
"""How a command prints its results: for people, as one JSON object, or an object a line."""

_JOINERS = "\u200c\u200d"


@dataclass(slots=True)
class _Shown:
    """What the user wants to see of what is no result, for as long as the process lives."""

    progress: bool = True


_shown = _Shown()


def chosen_output(*, as_json: bool, as_json_lines: bool) -> RunOutput:
    """Return what the flags of a command ask for.

    Raises:
        UsageError: they exclude each other.
    """
    if as_json and as_json_lines:
        raise UsageError("--json and --jsonl exclude each other; leave one out")
    return "jsonl" if as_json_lines else "json" if as_json else "text"


@cache
def out() -> Console:
    """Return the console for results."""
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


@cache
def err() -> Console:
    """Return the console for everything that is not a result."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_result(text: str = "") -> None:
    """Print a part of the result."""
    _print(out(), escape_controls(text))


def print_notice(text: str) -> None:
    """Print a message, in one line."""
    _print(err(), escape_line(text))


def hide_progress() -> None:
    """Show no progress from now on; results, notes and errors stay."""
    _shown.progress = False


def draws_progress() -> bool:
    """Tell whether progress is a live line: on a terminal, where it is wanted."""
    return _shown.progress and err().is_terminal


def print_progress(text: str) -> None:
    """Print how far something is, where no live line shows it."""
    if _shown.progress and not err().is_terminal:
        print_notice(text)


def _print(console: Console, text: str) -> None:
    if console.is_terminal:
        # A live line may have to make room.
        console.out(text, highlight=False)
        return
    console.file.write(f"{text}\n")
    console.file.flush()


def print_utf8(text: str) -> None:
    """Print data as a file would hold it: in UTF-8 with line feeds, whatever the terminal takes."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(text)
    sys.stdout.flush()


def print_json(value: dict[str, Any]) -> None:
    """Print `value` as the one JSON object of a command."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def print_json_line(value: dict[str, Any]) -> None:
    """Print `value` as one line of JSON, at once."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def escape_controls(text: str) -> str:
    """Return `text` with all that could steer a terminal written as an escape.

    Blanks of every kind are none of that, nor are the joiners that scripts and emoji need.
    """
    if text.isprintable():
        return text
    return "".join(
        c
        if c == "\n" or c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs"
        else c.encode("unicode_escape").decode()
        for c in text
    )


def escape_line(text: object) -> str:
    """Return `text` as one line: a path, for example, can hold a line break."""
    return escape_controls(str(text)).replace("\n", "\\n")


def pluralize(count: int, noun: str) -> str:
    """Return `count` with `noun` in the right number."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"
