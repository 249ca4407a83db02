r"""Lenient JSON: what models write for JSON, rewritten as JSON without a change to its texts.

Python's quotes, typographic ones and those that nobody escaped, full-width colons and commas, keys
without quotes, comments, trailing commas. A quote ends a string where what follows can stand behind
one; nothing is closed that the model left open. One pass, and each look ahead is bounded.
"""

import re

_CLOSING = {
    '"': '"”“＂',
    "'": "'",
    "“": '”“"',
    "”": '”"',
    "„": '“”"',
    "‟": '”"',
    "«": "»",
    "‘": "’",
    "「": "」",
    "『": "』",
    "＂": '＂"',
}
_OPENING = "".join(_CLOSING)
_KEY = rf"[{_OPENING}][^{_OPENING}”’»」』\n:：]{{1,60}}[{_OPENING}”’»」』]\s{{0,9}}[:：]"
_BARE_KEY = r"[A-Za-z_]\w{0,40}\s{0,9}:"
# A comma goes on to a key in an object, to anything that begins a value in a list.
_GAP = r"\s{0,99}(?:(?:(?://|#)[^\n]{0,200}\n|/\*[^*]{0,200}\*/)\s{0,99})?"
_NEXT_KEY = rf"[,，]{_GAP}(?:{_KEY}|{_BARE_KEY}|[}}\]])"
_NEXT_VALUE = rf"[,，]{_GAP}[{_OPENING}{{\[\]\d]"
_CLOSE = r"[}\]]\s{0,99}(?:[,，}\]{;)`]|//|\Z|\n)"
_AFTER_KEY = re.compile(r"\s{0,9}[:：]")
_AFTER_IN_OBJECT = re.compile(rf"{_GAP}(?:\Z|{_NEXT_KEY}|{_CLOSE})")
_AFTER_IN_LIST = re.compile(rf"{_GAP}(?:\Z|{_NEXT_VALUE}|{_CLOSE})")
_OBJECT_BEGINS = re.compile(
    rf"\{{\s{{0,99}}(?://[^\n]{{0,200}}\s{{0,99}})?(?:[{_OPENING}]|{_BARE_KEY})"
)
_LIST_BEGINS = re.compile(
    rf"\[\s{{0,99}}(?:[{_OPENING}]\S|\{{\s{{0,99}}(?:[{_OPENING}]|{_BARE_KEY}))"
)
_COMMENT = re.compile(r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/|#[^\n]*+")
_TRAILING = re.compile(rf"[,，]{_GAP}[}}\]]")
_BRACKET = re.compile(r"[{\[]")
_WORD = re.compile(r"\w++")
_LITERALS = {"None": "null", "True": "true", "False": "false"}
_PUNCTUATION = {"：": ":", "，": ","}
_WHITE = {"\u00a0": " ", "\u3000": " ", "\ufeff": " "}


def as_json(text: str) -> str:
    """Return `text` with the JSON in it as a reader of JSON takes it."""
    parts: list[str] = []
    opened: list[str] = []
    awaits_key = False
    at = 0
    while at < len(text):
        character = text[at]
        if character == "{" and (opened or _OBJECT_BEGINS.match(text, at)):
            opened.append("{")
            awaits_key = True
        elif character == "[" and (opened or _LIST_BEGINS.match(text, at)):
            opened.append("[")
            awaits_key = False
        elif not opened:
            # Prose around it: its quotes are no strings.
            bracket = _BRACKET.search(text, at + 1)
            stop = bracket.start() if bracket else len(text)
            parts.append(text[at:stop])
            at = stop
            continue
        elif character in "}]":
            opened.pop()
            awaits_key = False
        elif character in _CLOSING:
            in_list = opened[-1] == "["
            string, at = _string(text, at, is_key=awaits_key, in_list=in_list)
            parts.append(string)
            continue
        elif character in ",，":
            if not _TRAILING.match(text, at):
                parts.append(",")
            awaits_key = opened[-1] == "{"
            at += 1
            continue
        elif character in ":：":
            awaits_key = False
        elif character in "/#" and (comment := _COMMENT.match(text, at)):
            at = comment.end()
            continue
        elif word := _WORD.match(text, at):
            bare = awaits_key and _AFTER_KEY.match(text, word.end())
            parts.append(f'"{word[0]}"' if bare else _LITERALS.get(word[0], word[0]))
            at = word.end()
            continue
        parts.append(_PUNCTUATION.get(character) or _WHITE.get(character) or character)
        at += 1
    return "".join(parts)


def _string(text: str, start: int, *, is_key: bool, in_list: bool) -> tuple[str, int]:
    """Return the string that begins at `start`, in double quotes, and where it ends."""
    opening = text[start]
    closing = _CLOSING[opening]
    after = _AFTER_KEY if is_key else _AFTER_IN_LIST if in_list else _AFTER_IN_OBJECT
    parts = ['"']
    at = start + 1
    while at < len(text):
        character = text[at]
        if character == "\\":
            pair = text[at : at + 2]
            # JSON knows no escape for a quote that it does not use.
            parts.append(pair[1:] if pair[1:] != '"' and pair[1:] in _CLOSING else pair)
            at += 2
            continue
        if character in closing and after.match(text, at + 1):
            return "".join([*parts, '"']), at + 1
        parts.append('\\"' if character == '"' else character)
        at += 1
    return "".join(parts), at
