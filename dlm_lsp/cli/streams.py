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
    return _GuardedStream(stream, raw.fileno(), unbuffered=unbuffered)


class _GuardedStream(io.TextIOWrapper):
    """Writes to the descriptor of a stream of the process, which stays open.

    The guard is around the buffer. Below it, an interrupt that comes as a write returns would hide
    from the buffer what was written, and it would be written again.
    """

    def __init__(self, stream: io.TextIOWrapper, descriptor: int, *, unbuffered: bool) -> None:
        raw: Any = os.fdopen(descriptor, "wb", buffering=0, closefd=False)
        super().__init__(
            raw if unbuffered else io.BufferedWriter(raw),
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        # One that nobody holds would close the descriptor.
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise OutputClosed(error, self.fileno()) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise OutputClosed(error, self.fileno()) from error
