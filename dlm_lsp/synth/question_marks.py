"""Question marks: whether a text asks something, by how it ends in its own script."""

import re
import unicodedata
from functools import lru_cache

# What may stand behind the mark: quotes, brackets and emphasis that are closed there.
_CLOSERS = "*_~`\"'”’»›）)]】」』 \t\r\n\u200e\u200f"
# Japanese asks by a particle, and often ends it with a full stop (か。).
_PARTICLE = re.compile(r"か[。．.]?\Z")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
# Armenian sets its mark over the vowel that is stressed.
_ARMENIAN = "\u055e"


def is_question(text: str) -> bool:
    """Tell whether a text ends as questions end in its script."""
    # Of a text without an end its last words say as much.
    end = text[-200:].rstrip(_CLOSERS)
    if not end:
        return False
    if is_question_mark(end[-1]) or _ARMENIAN in text[-200:] or _PARTICLE.search(end):
        return True
    return end[-1] == ";" and bool(_GREEK.search(text[-200:]))


@lru_cache(maxsize=256)
def is_question_mark(character: str) -> bool:
    """Tell whether a character is a question mark of any script, by its name in Unicode."""
    if character.isascii():
        return character == "?"
    name = unicodedata.name(character, "")
    if name.startswith("INVERTED"):
        return False
    return name.endswith("QUESTION MARK") or name in ("QUESTION EXCLAMATION MARK", "INTERROBANG")
