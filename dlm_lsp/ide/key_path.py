"""Key paths: the key of the frontmatter that is meant at an offset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlm_lsp.document import Document, Span
from dlm_lsp.ide.frontmatter_keys import KeyValue, key_values
from dlm_lsp.ide.key_docs import ANY_ITEM

_DPO = ("training", "dpo")
_DPO_HYPERPARAMS = ("beta", "learning_rate", "num_epochs")


@dataclass(frozen=True, slots=True)
class KeyAt:
    """The path of a key as the current version words it, and what of it stands at an offset.

    `span` is the key or its value; `value` is None where it is the key.
    """

    path: tuple[str, ...]
    span: Span
    value: Any


def key_at(document: Document, offset: int) -> KeyAt | None:
    """Return the key on which, or on whose value, `offset` is.

    None as well where the frontmatter is not YAML at all.
    """
    start, end = document.yaml
    if not start <= offset < end:
        return None
    keys = key_values(document)
    # Of all that stand around the offset, the innermost comes last.
    for entry in reversed(keys):
        if entry.key and _holds(entry.key, offset):
            return KeyAt(_path(entry, keys), entry.key, None)
        if _is_plain(entry.content) and _holds(entry.value, offset):
            return KeyAt(_path(entry, keys), entry.value, entry.content)
    return None


def _is_plain(content: Any) -> bool:
    parts = content if isinstance(content, list) else [content]
    return not any(isinstance(part, dict) for part in parts)


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _path(entry: KeyValue, keys: Sequence[KeyValue]) -> tuple[str, ...]:
    path = tuple(ANY_ITEM if isinstance(step, int) else str(step) for step in entry.path)
    if path[-1:] == (ANY_ITEM,):
        path = path[:-1]
    if path[:2] != _DPO or not _is_version_1(keys):
        return path
    # Version 1 calls the block by the name of its only method (format §2).
    inner = ("hyperparams",) if path[2:3] and path[2] in _DPO_HYPERPARAMS else ()
    return ("training", "preference", *inner, *path[2:])


def _is_version_1(keys: Sequence[KeyValue]) -> bool:
    return all(entry.content == 1 for entry in keys if entry.path == ("dlm_version",))
