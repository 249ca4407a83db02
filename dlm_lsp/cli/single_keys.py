"""Single keys: what is pressed at a terminal, key by key, without Enter."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CTRL_C = "\x03"
CTRL_D = "\x04"

if sys.platform == "win32":
    import msvcrt

    _ARROWS = {"H": "up", "P": "down", "K": "left", "M": "right"}

    class SingleKeys:
        """The keys of a console."""

        def read(self) -> str:
            """Return the next key: a letter, or the name of an arrow; empty for any other."""
            key = msvcrt.getwch()
            if key in ("\x00", "\xe0"):
                return _ARROWS.get(msvcrt.getwch(), "")
            return key

        def release(self) -> None:
            """Leave the console to others until the next key is read."""

else:
    import codecs
    import select
    import termios

    _ARROWS = {b"A": "up", b"B": "down", b"C": "right", b"D": "left"}
    _SEQUENCE_FOLLOWS = 0.05
    """Seconds within which a terminal sends the rest of what an arrow is."""

    class SingleKeys:
        """The keys of the terminal on stdin.

        What is pressed while nothing is read waits, and is not echoed. A Ctrl-C is a key: it would
        interrupt a decision that is being written.
        """

        def __init__(self) -> None:
            self._terminal = sys.stdin.fileno()
            self._before = termios.tcgetattr(self._terminal)
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def read(self) -> str:
            """Return the next key: a letter, or the name of an arrow; empty for any other."""
            self._take()
            while byte := self._byte():
                if byte == b"\x1b":
                    return self._escape()
                if key := self._decoder.decode(byte):
                    return key
            return CTRL_D

        def release(self) -> None:
            """Leave the terminal to others, as it was, until the next key is read."""
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

        def _take(self) -> None:
            mode = [*self._before[:6], [*self._before[6]]]
            mode[3] &= ~(termios.ICANON | termios.ECHO)
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
            mode[6][termios.VINTR] = bytes([os.fpathconf(self._terminal, "PC_VDISABLE") & 0xFF])
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, mode)

        def _byte(self) -> bytes:
            try:
                return os.read(self._terminal, 1)
            except OSError:
                # The terminal is gone.
                return b""

        def _escape(self) -> str:
            """Return the key that an escape begins; alone it is none."""
            if not select.select([self._terminal], [], [], _SEQUENCE_FOLLOWS)[0]:
                return ""
            if self._byte() not in (b"[", b"O"):
                return ""
            last = self._byte()
            while last and not b"@" <= last <= b"~":
                last = self._byte()
            return _ARROWS.get(last, "")


@contextmanager
def single_keys() -> Iterator[SingleKeys]:
    """Give the keys of the terminal, and leave it as it was."""
    keys = SingleKeys()
    try:
        yield keys
    finally:
        keys.release()
