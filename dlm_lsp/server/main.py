"""Entry point: the command `dlm-lsp`, its start and its end."""

import argparse
import gc
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import TextIO

from dlm_lsp import __version__
from dlm_lsp.conflicts import check_environment
from dlm_lsp.store.os_reason import os_reason

_MOST_WAITING = 1_000
_LOG_TIMEOUT = 0.2
"""Seconds that the end of the log may hold up the end of the server, twice at most."""


def main() -> None:
    """Serve until the client goes, then end at once, whatever still runs."""
    check_environment("dlm-lsp")
    options = _options()
    listens = options.tcp or options.socket_file
    if not listens and None in (sys.stdin, sys.stdout):
        sys.exit("dlm-lsp: standard input or output is closed; an editor keeps both open")
    file = options.log_file
    to = file.open("a", encoding="utf-8", errors="backslashreplace") if file else sys.stderr
    log = RetryingLogHandler(to)
    logging.basicConfig(
        level=options.log_level.upper(),
        handlers=[log],
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # pygls logs whole messages, and with them what the user writes.
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.getLogger().level))
    # Hardly anything that is imported is ever let go of: looking for garbage can wait.
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 100)
    # Looking for plugins of pydantic, of which we use none, opens a file of each installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from dlm_lsp.server.lazy_types import import_lazy_types

    import_lazy_types()
    from dlm_lsp.server.lifecycle import create_server

    def collect_as_usual() -> None:
        # Not what is there now: to look through it takes as long as several keystrokes.
        gc.freeze()
        gc.set_threshold(*usual)

    server = create_server(on_ready=collect_as_usual)
    try:
        if options.socket_file:
            server.start_socket_file(options.socket_file)
        elif options.tcp:
            server.start_tcp(options.host, options.port)
        else:
            server.start_io(parent=options.client_process_id)
    except OSError as error:
        if not listens:
            raise
        sys.exit(f"dlm-lsp: cannot listen: {os_reason(error)}; choose another port or file")
    # Not `logging.shutdown`, which flushes stderr too, and waits where the thread of the log does.
    log.close()
    # Threads may still wait, and Python would wait for them.
    os._exit(0 if server.protocol._shutdown else 1)


class RetryingLogHandler(logging.Handler):
    """Has a thread write what is logged, so that only it waits where nobody reads.

    What is logged while too much waits is counted and not written. The handler of the standard
    library that does so takes 3 ms to import.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: Queue[str | None] = Queue(_MOST_WAITING)
        self._lost = 0
        self._thread = Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Leave a record to the thread."""
        try:
            self._waiting.put_nowait(f"{self.format(record)}\n")
        except Full:
            self._lost += 1
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Give the thread a moment to write what is left."""
        with suppress(Full):
            self._waiting.put(None, timeout=_LOG_TIMEOUT)
            self._thread.join(_LOG_TIMEOUT)
        super().close()

    def _write(self) -> None:
        while (line := self._waiting.get()) is not None:
            lost, self._lost = self._lost, 0
            with suppress(OSError, ValueError):
                self._stream.write(f"{line}({lost} more were lost)\n" if lost else line)
                self._stream.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dlm-lsp",
        description="Language server for .dlm notes, over standard input and output.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dlm-lsp {__version__}")
    parser.add_argument("--stdio", action="store_true", help="the default; for editors that say so")
    parser.add_argument(
        "--tcp",
        action="store_true",
        help="listen on a TCP port instead, for one editor that connects by itself, such as from "
        "outside a container; until it has, any process of this machine can take its place, read "
        "your notes and use your keys",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="with --tcp (%(default)s); any other lets in who reaches this machine",
    )
    parser.add_argument("--port", type=int, default=2087, help="with --tcp (%(default)s)")
    if sys.platform == "win32":
        parser.set_defaults(socket_file=None)
    else:
        parser.add_argument(
            "--socket-file",
            type=Path,
            metavar="PATH",
            help="listen as with --tcp, on a new file that only your own processes can connect to",
        )
    parser.add_argument(
        "--clientProcessId",
        dest="client_process_id",
        type=int,
        metavar="PID",
        help="end when this process does; for editors that say so",
    )
    parser.add_argument("--log-file", type=Path, help="write the log there, not to standard error")
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="warning",
        help="what is logged (%(default)s)",
    )
    return parser.parse_args()
