"""JSON objects: those that are whole in a text, also where they stand in a broken one.

A teacher chooses the text, so the time is linear in its length: what was open where reading failed
is not tried again, and a failure is found in a window, for the library counts the lines before it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

# Numbers stay as they are written: 1.10 is not 1.1, and no length of digits is too much.
_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)
_BEGUN = re.compile(r'\{[ \t\n\r]*+["}]')
_BRACKET_OR_STRING = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_FIRST_WINDOW = 1024
_WIDENED = 4
# So far before the end of a window the library may say that it met something else than that end.
_LONGEST_TOKEN = 16
# Of objects that stand in each other deeper than the library reads, so many are passed at once.
_PASSED = 100


class FoundObject(NamedTuple):
    """A whole object, and from where to where it stands in the text."""

    value: dict[str, Any]
    start: int
    end: int


def find_objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield each whole object of `text` that stands in no other whole one, numbers as text."""
    for found in locate_objects(text):
        yield found.value


def locate_objects(text: str) -> Iterator[FoundObject]:
    """Yield the objects of `find_objects`, each with its place."""
    broken: set[int] = set()
    at = text.find("{")
    while at >= 0:
        end = at + 1
        if at not in broken and _BEGUN.match(text, at):
            read = _read(text, at)
            if isinstance(read, tuple):
                value, end = read
                yield FoundObject(value, at, end)
            else:
                broken.update(read)
        at = text.find("{", end)


def _read(text: str, at: int) -> tuple[dict[str, Any], int] | list[int]:
    """Return the object at `at` and where it ends, or where the objects begin that are broken."""
    size = _FIRST_WINDOW
    while True:
        window = text[at : at + size]
        try:
            value, length = _DECODER.raw_decode(window)
        except json.JSONDecodeError as error:
            if at + size >= len(text) or not _may_go_on(error, len(window)):
                return _open_objects(text, at, at + error.pos)
        except RecursionError:
            return _open_objects(text, at, at + size, deepest=2 * _PASSED)[:_PASSED]
        else:
            return value, at + length
        size *= _WIDENED


def _may_go_on(error: json.JSONDecodeError, size: int) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos > size - _LONGEST_TOKEN


def _open_objects(text: str, start: int, end: int, deepest: int | None = None) -> list[int]:
    """Return where the objects begin that begin in `text[start:end]` and do not end there.

    With `deepest`, it is those that are open where so many objects and lists are.
    """
    opened: list[int] = []
    for match in _BRACKET_OR_STRING.finditer(text, start, end):
        if match[0] in "{[":
            opened.append(match.start())
        elif match[0] in "}]" and opened:
            opened.pop()
        if len(opened) == deepest:
            break
    return [at for at in opened if text[at] == "{"]
