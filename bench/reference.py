"""Reference implementation: where it is installed (`make reference`)."""

import os
from pathlib import Path


def reference_python() -> Path:
    """Return the interpreter of the reference's environment.

    Raises:
        SystemExit: it is not there.
    """
    default = Path(__file__).resolve().parent.parent / ".cache/reference/bin/python"
    python = Path(os.environ.get("DLM_REFERENCE_PYTHON") or default)
    if not python.is_file():
        raise SystemExit(f"no reference implementation at {python}: run `make reference` first")
    return python


def reference_server() -> Path:
    """Return the reference's language server, installed beside nothing else.

    Raises:
        SystemExit: it is not there.
    """
    server = Path(__file__).resolve().parent.parent / ".cache/reference-lsp/bin/dlm-lsp"
    if not server.is_file():
        raise SystemExit(f"no reference server at {server}: run `make reference-server` first")
    return server
