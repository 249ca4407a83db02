"""Terminal text: results in colour and wrapped at the width of a terminal, plain anywhere else."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from rich.text import Text

from dlm_lsp.cli.output import escape_controls, out, print_result

LineStyle = Literal["heading", "added", "refused", "warning", "error", "quiet", "plain"]
"""What a line is; `NO_COLOR` leaves weight and brightness."""
Line = tuple[LineStyle, str]

_STYLES: dict[LineStyle, str] = {
    "heading": "bold",
    "added": "green",
    "refused": "yellow",
    "warning": "yellow",
    "error": "red",
    "quiet": "dim",
    "plain": "",
}
_NARROWEST = 20


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines of words: what is too long for a terminal goes on below where it began."""
    console = out()
    if not console.is_terminal:
        print_result("\n".join(text for _, text in lines))
        return
    for style, text in lines:
        for line in escape_controls(text).split("\n"):
            for part in _wrapped(line, console.width):
                console.print(Text(part, _STYLES[style]), soft_wrap=True)


def print_as(style: LineStyle, text: str) -> None:
    """Print a line that is not wrapped, for it may be copied or clicked on."""
    console = out()
    if console.is_terminal:
        console.print(Text(escape_controls(text), _STYLES[style]), soft_wrap=True)
    else:
        print_result(text)


def _wrapped(line: str, width: int) -> Iterator[str]:
    found = re.match(r" *(?:[-+] )?", line)
    indent = found.end() if found else 0
    words = Text(line[indent:])
    first, *more = words.wrap(out(), max(width - indent, _NARROWEST)) or [words]
    yield line[:indent] + first.plain.rstrip()
    for part in more:
        yield " " * indent + part.plain.rstrip()
