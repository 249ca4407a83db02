"""Terminal: with a program in it, as one who sits before it sees and uses it."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from e2e.home import PATIENCE, ROOT, Home

T = TypeVar("T")

_WIDTH, _HEIGHT = 160, 48
_LOOKS_EVERY = 0.1
_REVERSED = re.compile("\x1b\\[(?:0;)?7m(?:\x1b\\[[0-9;]*m)*([^\x1b]*)")
_ESCAPE = re.compile("\x1b\\[[0-9;]*m")
_FOREGROUND = re.compile("\x1b\\[(?:[0-9;]*;)?(38;[0-9;]+|3[0-79]|9[0-7]|0?)m")


def without_colours(shown: str) -> str:
    """Return what a terminal shows, without the sequences that colour it."""
    return _ESCAPE.sub("", shown)


class Terminal:
    """A tmux session with one program."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._tmux = ("tmux", "-S", str(home.folder / "tmux"), "-f", "/dev/null")

    @classmethod
    @contextmanager
    def showing(cls, home: Home, *command: str | Path) -> Iterator["Terminal"]:
        """Start a program in a terminal, and end both."""
        terminal = cls(home)
        size = ("-x", str(_WIDTH), "-y", str(_HEIGHT))
        words = [str(word) for word in command]
        # What the program shows stays to be seen when it has ended.
        keep = (";", "set-option", "-g", "remain-on-exit", "on")
        terminal._do("start-server", ";", "new-session", "-d", *size, *words, *keep)
        try:
            yield terminal
        finally:
            terminal._do("kill-server")

    def screen(self) -> str:
        """What is to be seen."""
        return self._do("capture-pane", "-p")

    def reversed(self) -> list[str]:
        """What is shown in reverse, as the cursor and the selected line of a menu are."""
        return [found.strip() for found in _REVERSED.findall(self._do("capture-pane", "-p", "-e"))]

    def reversed_other_than(self, before: list[str]) -> list[str]:
        """Wait until something else is in reverse, and return it."""
        return self._first(self.reversed, lambda seen: seen != before, "another choice")

    def colour_of(self, words: str) -> str:
        """Return the colour of what is first seen of some words; empty for that of all text."""
        before, found, _ = self._do("capture-pane", "-p", "-e").partition(words)
        assert found, f"not to be seen: {words!r}"
        last = (_FOREGROUND.findall(before) or [""])[-1]
        return "" if last in ("0", "39") else last

    def press(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them."""
        self._do("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("send-keys", "-l", text)

    def until(self, *words: str) -> str:
        """Wait until one of some words is to be seen, and return the screen."""
        return self._first(self.screen, lambda shown: any(word in shown for word in words), words)

    def until_gone(self, words: str) -> None:
        """Wait until some words are not to be seen any more."""
        self._first(self.screen, lambda shown: words not in shown, f"that {words!r} goes")

    def until_count(self, words: str, count: int) -> None:
        """Wait until some words are to be seen in so many places."""
        self._first(self.screen, lambda shown: shown.count(words) == count, f"{count} {words!r}")

    def until_file(self, path: Path) -> None:
        """Wait until a file is there."""
        self._first(path.is_file, bool, path)

    def _first(self, look: Callable[[], T], is_it: Callable[[T], bool], what: object) -> T:
        end = time.monotonic() + PATIENCE
        while not is_it(seen := look()):
            assert time.monotonic() < end, f"waited in vain for {what}:\n{self.screen()}"
            # A terminal tells nobody that it has changed.
            time.sleep(_LOOKS_EVERY)
        return seen

    def _do(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words],
            cwd=ROOT,
            env=dict(self._home.env),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"tmux {words[0]}: {done.stderr}"
        return done.stdout
