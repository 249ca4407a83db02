"""Text synchronization: openings and changes, read as leniently as their meaning is certain.

A text that is not the client's is worse than none: all later edits would land in the wrong place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

UNVERSIONED = -(2**31)
"""The version of a document that came without one; lsprotocol takes none for an error."""

_MAX = 2**31 - 1
_Range = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class UnreadChange:
    """A change that cannot be read, of the document `uri`, or of any (None).

    `opening` stands before it where the text of an opening cannot be read.
    """

    uri: str | None
    opening: dict[str, Any] | None = None


def read_text_sync(message: dict[str, Any]) -> dict[str, Any] | UnreadChange:
    """Return a message so that lsprotocol can read it; only openings and changes are touched."""
    match message.get("method"):
        case types.TEXT_DOCUMENT_DID_OPEN:
            return _read_opening(message)
        case types.TEXT_DOCUMENT_DID_CHANGE:
            return _read_change(message)
        case _:
            return message


def _read_opening(message: dict[str, Any]) -> dict[str, Any] | UnreadChange:
    item = _mapping(_mapping(message.get("params")).get("textDocument"))
    uri, text, language = item.get("uri"), item.get("text"), item.get("languageId")
    if not isinstance(uri, str):
        return message
    opened = {
        "uri": uri,
        "languageId": language if isinstance(language, str) else "dlm",
        "version": _version(item),
        "text": text if isinstance(text, str) else "",
    }
    opening = {**message, "params": {"textDocument": opened}}
    return opening if isinstance(text, str) else UnreadChange(uri, opening)


def _read_change(message: dict[str, Any]) -> dict[str, Any] | UnreadChange:
    params = _mapping(message.get("params"))
    item, given = _mapping(params.get("textDocument")), params.get("contentChanges")
    uri = item.get("uri")
    if not isinstance(uri, str):
        return UnreadChange(None)
    changes = [_content_change(change) for change in given] if isinstance(given, list) else [None]
    if None in changes:
        return UnreadChange(uri)
    document = {"uri": uri, "version": _version(item)}
    return {**message, "params": {"textDocument": document, "contentChanges": changes}}


def _content_change(change: object) -> dict[str, Any] | None:
    """Return a change without what nobody reads, None where it cannot be read."""
    given = _mapping(change)
    text, range_ = given.get("text"), given.get("range")
    if not isinstance(text, str):
        return None
    if range_ is None:
        return {"text": text}
    read = _range(range_)
    return read and {"range": read, "text": text}


def _range(given: object) -> _Range | None:
    start, end = (_mapping(_mapping(given).get(name)) for name in ("start", "end"))
    numbers = [_number(place.get(unit)) for place in (start, end) for unit in ("line", "character")]
    if None in numbers:
        return None
    start_line, start_character, end_line, end_character = (number or 0 for number in numbers)
    # What ends before the first line or column goes on to the last; such a start means nothing.
    if min(start_line, start_character) < 0:
        return None
    if end_line < 0:
        end_line, end_character = _MAX, 0
    return {
        "start": {"line": _clamped(start_line), "character": _clamped(start_character)},
        "end": {
            "line": _clamped(end_line),
            "character": _MAX if end_character < 0 else _clamped(end_character),
        },
    }


def _clamped(number: int) -> int:
    return min(number, _MAX)


def _number(given: object) -> int | None:
    """Return a whole number, also one that is written as 3.0."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return int(given) if isinstance(given, int) or given.is_integer() else None


def _version(item: Mapping[str, Any]) -> int:
    version = _number(item.get("version"))
    return version if version is not None and abs(version) <= _MAX else UNVERSIONED


def _mapping(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}
