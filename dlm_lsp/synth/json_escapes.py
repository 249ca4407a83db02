r"""JSON escapes: backslashes that the writer forgot to double, as in LaTeX and in paths.

JSON reads `"$\frac{1}{2}$"` as a form feed and `rac{1}{2}`. The rule:

- a backslash that begins no escape stands for itself, as does one before `b` or `f` (nobody writes
  a backspace or a form feed) and one before `r` and a further letter (nobody ends lines so);
- `\t` and `\n` stay a tab and a line end, except where they begin a LaTeX command whose rest is no
  word (`heta`, `abla`);
- where the rest may be one (`o` of `\to`, `u` of `\nu`), the command has to stand right behind one
  `$`, or the same string has to hold another forgotten backslash;
- where a drive letter begins a path with a forgotten backslash, all of its single ones stay.
"""

import re

# The parts of a text between double quotes, inside of strings and outside of them.
_PART = re.compile(r'(?:[^"\\]|\\.)+', re.DOTALL)
_PERHAPS = r"(?:t(?=(?:an|au|o|op|ext)(?![A-Za-z]))|n(?=(?:e|eg|i|ot|mid|u)(?![A-Za-z])))"
_SURE = (
    r"[bf]|r(?=[A-Za-z])"
    r"|t(?=(?:ext(?:bf|it|rm|tt|sc|sf|style)|frac|heta|ilde|imes|anh|herefore|riangle)(?![A-Za-z]))"
    r"|t(?=ext\{)"
    r"|n(?=(?:abla|eq|exists|ewcommand|ewline|geq|leq|otin|onumber|ormalsize)(?![A-Za-z]))"
    rf"|(?<=\$\\)(?<!\$\$\\){_PERHAPS}"
    r'|(?!["\\/nrt]|u[0-9a-fA-F]{4})'
)
_ESCAPE = re.compile(rf"\\(?:(?P<sure>{_SURE})|(?P<perhaps>{_PERHAPS})|.)", re.DOTALL)
_PATH = re.compile(r"(?<![\w\\])[A-Za-z]:(?:\\{1,2}[^\\\s\"'`,;<>|]+)+")
_SINGLE = re.compile(r"\\\\?")


def double_forgotten_backslashes(text: str) -> str:
    """Return `text`, which holds JSON, with the backslashes doubled that stand for themselves."""
    return _PART.sub(_part, text) if "\\" in text else text


def _part(part: re.Match[str]) -> str:
    text = part[0]
    if "\\" not in text:
        return text
    forgotten = _forgets(text)

    def doubled(escape: re.Match[str]) -> str:
        alone = escape["sure"] is not None or (forgotten and escape["perhaps"])
        return f"\\{escape[0]}" if alone else escape[0]

    return _ESCAPE.sub(doubled, _PATH.sub(_path, text))


def _path(path: re.Match[str]) -> str:
    return _SINGLE.sub(r"\\\\", path[0]) if _forgets(path[0]) else path[0]


def _forgets(text: str) -> bool:
    return any(escape["sure"] is not None for escape in _ESCAPE.finditer(text))
