"""Defect log: tracebacks of errors that no boundary knows, without local variables or secrets."""

import os
import platform
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from dlm_lsp import __version__
from dlm_lsp.errors import StoreError
from dlm_lsp.store.home import store_home

_LARGEST = 1_000_000
_LONGEST_LINE = 240
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.IGNORECASE)
# A shorter value is no key, and stands in many a word.
_SHORTEST_SECRET = 8
_USER_IN_URL = re.compile(r"(?<=://)[^\s/?#]*@|(?<=vllm-server:)[^\s/?#]*@")
_QUERY_VALUE = re.compile(r"(?<=[?&])([\w.~%-]{1,64}=)[^\s&#'\"]+")
_AUTHORIZATION = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)


def describe_defect(error: BaseException) -> str:
    """Log the traceback of an error that nobody expected, and return one line that says so.

    The line names the error and the log, `$DLM_HOME/logs/defects.log`. It never raises.
    """
    first = next(iter(str(error).splitlines()), "").strip()
    words = f"{type(error).__name__}{f': {first}' if first else ''}"
    shown = redact_secrets(words)[:_LONGEST_LINE]
    try:
        place = f"the traceback is in {_log(error)}; report it with that"
    except (OSError, StoreError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else problem
        place = f"its traceback could not be written ({reason}); set DLM_HOME to a writable folder"
    return f"a defect of dlm, not of what you did: {shown}; {place}"


def redact_secrets(text: str) -> str:
    """Return `text` without the keys of the environment, and without what URLs and headers hide."""
    for name, value in os.environ.items():
        secret = value.strip()
        if _SECRET.search(name) and len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    text = _USER_IN_URL.sub("***@", text)
    return _AUTHORIZATION.sub(r"\1 ***", _QUERY_VALUE.sub(r"\1***", text))


def _log(error: BaseException) -> Path:
    path = store_home() / "logs" / "defects.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST:
        path.unlink()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    head = f"{at} dlm {__version__}, Python {platform.python_version()}, {platform.platform()}"
    entry = redact_secrets("".join(traceback.format_exception(error)))
    # The words of an error can be those of a private document.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(f"{head}\n{entry}\n")
    return path
