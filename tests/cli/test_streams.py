"""Standard streams that take no more; what becomes of a command then, `test_exit_codes` shows."""

import io
import os
import sys

import pytest

from dlm_lsp.cli.streams import OutputClosed, guard_streams, silence_stream


@pytest.fixture
def stdout(monkeypatch):
    """Put a file of the process in the place of stdout and stderr."""

    def put(path: str, **layers) -> None:
        raw = os.open(path, os.O_WRONLY | os.O_CREAT)
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(os.fdopen(raw, "wb"), **layers))
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        guard_streams()

    return put


def test_a_full_device_raises_what_no_command_catches(stdout):
    stdout("/dev/full")
    sys.stdout.write("a")
    with pytest.raises(OutputClosed, match="No space left") as closed:
        sys.stdout.flush()
    assert not closed.value.expected
    assert not isinstance(closed.value, Exception)
    silence_stream(closed.value.descriptor)
    sys.stdout.flush()


def test_what_can_be_written_is_written(stdout, tmp_path):
    path = tmp_path / "out"
    stdout(str(path), encoding="ascii")
    sys.stdout.write("ä\n")
    sys.stdout.flush()
    assert path.read_text("ascii") == "\\xe4\n"
    assert not sys.stdout.isatty()
    assert sys.stdout.fileno() > 2


def test_what_was_written_as_an_interrupt_came_is_not_written_again(stdout, tmp_path):
    path = tmp_path / "out"
    stdout(str(path), line_buffering=True)

    def interrupt(_frame: object, event: str, function: object) -> None:
        if event == "c_return" and getattr(function, "__name__", "") == "write":
            raise KeyboardInterrupt

    sys.setprofile(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            sys.stdout.write("a\n")
    finally:
        sys.setprofile(None)
    sys.stdout.flush()
    assert path.read_text() == "a\n"


def test_a_stream_in_memory_stays(capsys):
    before = sys.stdout
    guard_streams()
    assert sys.stdout is before


def test_a_stream_that_is_closed_has_one_in_its_place(monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    guard_streams()
    assert sys.stdin.buffer.read() == b""
    assert not sys.stdin.isatty()
    sys.stdout.write("x")
    sys.stdout.flush()
    sys.stderr.write("x")
