"""Teacher names: what to call a teacher where there is little room."""

import re

_ADDRESSED = re.compile(r"https?://[^#]*")
_SEPARATOR = re.compile(r"[/\\]")


def short_teacher_name(selector: str) -> str:
    """Return the name of the model that a selector ends in, without provider, address and folder.

    The teacher `self` is the document's own adapter.
    """
    if selector == "self":
        return "own adapter"
    kind, colon, target = selector.partition(":")
    if not colon:
        return selector
    if _ADDRESSED.match(target):
        address, _, model = target.partition("#")
        target = model or address.partition("://")[2]
    parts = [part for part in _SEPARATOR.split(target.strip()) if part]
    return parts[-1] if parts else kind or selector
