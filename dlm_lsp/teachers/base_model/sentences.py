"""Lone sentences: those of a passage that can be asked about on their own."""

import re

_OPAQUE = re.compile(
    r"^(?:it|they|he|she|we|this|these|those|that|such|its|their|his|her|however|therefore|but|and|"
    r"so|one|another|both|others?|here|there|then|thus|also|instead|otherwise|for example|"
    r"er|sie|es|dies\w*|jene\w*|dabei|dadurch|deshalb|dort|dann|auch|"
    r"il|elle|ils|elles|ce|cet|cette|ces|cela)\b|\b(?:this|these|those|such)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|they|them|he|she|him)\b", re.IGNORECASE)
_BARE_SUBJECT = re.compile(
    r"^The (?:(?:first|second|third|last|other|same) )?[a-z]+ (?:also |only )?"
    r"(?:(?!of\b)[a-z]+(?:s|ed|ad)|are|were|have|can|may|must|will)\b"
)


def stands_alone(sentence: str) -> bool:
    """Say whether `sentence` is of a fit length and names what it is about."""
    words = len(sentence.split())
    unspaced = words <= 2 and 12 <= len(sentence) <= 120
    if not 5 <= words <= 45 and not unspaced:
        return False
    main_clause = re.split(r"[,;:]", sentence)[0]
    return not (_OPAQUE.search(sentence) or _PRONOUN.search(main_clause))


def has_bare_subject(sentence: str) -> bool:
    """Say whether `sentence` speaks of "the door" where a reader may not know which one."""
    return bool(_BARE_SUBJECT.match(sentence))
