"""Standard streams: a write that fails ends the command, and is no error of what it works on."""

import io
import os
import sys
from pathlib import Path
from typing import Any, Literal, TextIO


class OutputClosed(BaseException):
    """A standard stream takes no more: a signal, as a Ctrl-C is, that no command may catch.

    `descriptor` is the number of the stream; `expected` tells that its reader has read enough.
    """

    def __init__(self, error: OSError, descriptor: int) -> None:
        super().__init__(error.strerror)
        self.descriptor = descriptor
        self.expected = isinstance(error, BrokenPipeError)


def guard_streams() -> None:
    """Let a failing write to stdout or stderr raise `OutputClosed`, and none fail for a letter.

    Whoever started the process with a closed stream gives nothing there, or wants nothing.
    """
    # Each takes the lowest number that is free: its own, which no file may get.
    sys.stdin = sys.stdin or _nothing("r")
    sys.stdout = _guarded(sys.stdout or _nothing("w"))
    sys.stderr = _guarded(sys.stderr or _nothing("w"))


def _nothing(mode: Literal["r", "w"]) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")


def silence_stream(descriptor: int) -> None:
    """Drop what is still to be written, which would fail once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _guarded(stream: Any) -> Any:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    # What the terminal cannot show must not cost the run.
    stream.reconfigure(errors="backslashreplace")
    unbuffered = isinstance(stream.buffer, io.RawIOBase)
    raw = stream.buffer if unbuffered else getattr(stream.buffer, "raw", None)
    # A test may have put a buffer in memory there.
    if not isinstance(raw, io.RawIOBase):
        return stream
    guarded = _GuardedStream(stream, raw)
    return io.TextIOWrapper(
        guarded if unbuffered else io.BufferedWriter(guarded),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _GuardedStream(io.RawIOBase):
    """Writes to a stream of the process, which stays open."""

    def __init__(self, stream: io.TextIOWrapper, raw: io.RawIOBase) -> None:
        super().__init__()
        # One that nobody holds would close what is below it.
        self._stream = stream
        self._raw = raw

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: Any) -> int | None:
        try:
            return self._raw.write(data)
        except OSError as error:
            raise OutputClosed(error, self.fileno()) from error
