"""TOML lines: where in a table somebody wrote what cannot be read in it."""

import re
from collections.abc import Sequence
from tomllib import TOMLDecodeError

_PLACE_IN_MESSAGE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def decode_problem(error: TOMLDecodeError, text: str) -> tuple[int, str]:
    """Return the line (from 1) of what is no TOML in `text`, and what is wrong with it."""
    place = _PLACE_IN_MESSAGE.search(str(error))
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return line, _PLACE_IN_MESSAGE.sub("", str(error))


def line_of_keys(keys: Sequence[str | int], text: str) -> int:
    """Return the line (from 1) of the last key that is found, each looked for from the one before.

    A number counts the tables of a list, which bear the name of the list.
    """
    lines = text.split("\n")
    at, pattern = 0, re.compile("")
    for key in keys:
        if isinstance(key, int):
            later = [index for index in range(at + 1, len(lines)) if pattern.search(lines[index])]
            at = later[key - 1] if 0 < key <= len(later) else at
            continue
        pattern = re.compile(rf"""^(?!\s*#).*?(?<![\w-])["']?{re.escape(key)}["']?\s*[=.\]]""")
        at = next((index for index in range(at, len(lines)) if pattern.search(lines[index])), at)
    return at + 1
