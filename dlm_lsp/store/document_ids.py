"""Document ids: the one that a file has, and new ones (format §2)."""

import secrets
import time
from pathlib import Path

from dlm_lsp.document.parse import read_head
from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import read_beginning

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEAD_BYTES = 2**16
"""The most bytes that are looked at for a frontmatter."""


def read_document_id(path: Path) -> str | None:
    """Return the `dlm_id` of a file; None where it cannot be read or has no sound frontmatter."""
    try:
        head = read_beginning(path, _HEAD_BYTES)
    except (StoreError, ValueError):  # a null character in the path
        return None
    frontmatter = read_head(head.decode("utf-8", "replace")).frontmatter
    return frontmatter.dlm_id if frontmatter else None


def new_document_id() -> str:
    """Return a new ULID: 48 bits of the time in milliseconds, and 80 of chance."""
    number = (time.time_ns() // 10**6) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
