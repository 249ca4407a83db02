"""Terminal process: a command in a pseudo terminal, and the keys that are pressed there."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0


class PtyProcess:
    """A process in a pseudo terminal; `shown` is all that it has written there."""

    def __init__(self, process: subprocess.Popen, terminal: int) -> None:
        self.shown = ""
        self._process = process
        self._terminal = terminal
        self._seen = 0

    @classmethod
    @contextmanager
    def running(
        cls,
        command: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        size: tuple[int, int] = (40, 100),
    ) -> Iterator["PtyProcess"]:
        """Start a command in a terminal of `size` (rows, columns), and end it."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509 (no thread holds a lock here)
        )
        os.close(theirs)
        try:
            yield cls(process, ours)
        finally:
            process.kill()
            process.wait()
            os.close(ours)

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def until(self, words: str) -> str:
        """Wait until some words have been written since the last that were waited for.

        Returns what was written up to there.
        """
        while words not in self.shown[self._seen :]:
            assert self._read(), f"it ended before {words!r}:\n{self.shown}"
        start, self._seen = self._seen, self.shown.index(words, self._seen) + len(words)
        return self.shown[start : self._seen]

    def answer(self, prompt: str, keys: str) -> str:
        """Wait for a prompt and press keys; return what was written before."""
        written = self.until(prompt)
        self.press(keys)
        return written

    def end(self) -> int:
        """Wait until the process ends, and return its exit code."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    def lines(self) -> list[str]:
        """What was written, line by line."""
        return self.shown.replace("\r\n", "\n").split("\n")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], PATIENCE)
        assert ready, f"nothing comes any more:\n{self.shown}"
        try:
            written = os.read(self._terminal, 65536)
        except OSError:
            # The other end is closed.
            return False
        self.shown += written.decode("utf-8", "replace")
        return bool(written)
