"""Response parsing: text and token counts, whatever a server put into a reply."""

from collections.abc import Mapping


def message_text(content: object) -> str | None:
    """Return a message's text: the content, or the texts of its parts; None if it is neither."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        return None
    texts = (
        part.get("text") if isinstance(part, Mapping) else getattr(part, "text", None)
        for part in content
    )
    return "".join(text for text in texts if isinstance(text, str))


def token_count(value: object) -> int | None:
    """Return a number of tokens, None for what is none."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None
