"""The command `dlm-lsp`: how the server is started and how it ends."""

import argparse
import gc
import logging
import os
from importlib.metadata import version
from pathlib import Path


def main() -> None:
    """Serve until the client goes, then end at once, whatever still runs."""
    options = _options()
    logging.basicConfig(
        level=options.log_level.upper(),
        filename=options.log_file,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # pygls logs whole messages, and with them what the user writes.
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.getLogger().level))
    # Hardly anything that is imported is ever let go of: looking for garbage can wait.
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 100)
    # Looking for plugins of pydantic, of which we use none, opens a file of each installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from dlm_lsp.server.features import create_server

    server = create_server()
    gc.set_threshold(*usual)
    if options.tcp:
        server.start_tcp(options.host, options.port)
    else:
        server.start_io()
    logging.shutdown()
    # Threads may still wait, and Python would wait for them.
    os._exit(0 if server.protocol._shutdown else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dlm-lsp",
        description="Language server for .dlm notes, over standard input and output.",
    )
    parser.add_argument("--version", action="version", version=f"dlm-lsp {version('dlm-lsp')}")
    parser.add_argument("--stdio", action="store_true", help="the default; for editors that say so")
    parser.add_argument("--tcp", action="store_true", help="listen on a TCP port instead")
    parser.add_argument("--host", default="127.0.0.1", help="with --tcp (%(default)s)")
    parser.add_argument("--port", type=int, default=2087, help="with --tcp (%(default)s)")
    parser.add_argument("--log-file", type=Path, help="write the log there, not to standard error")
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="warning",
        help="what is logged (%(default)s)",
    )
    return parser.parse_args()
