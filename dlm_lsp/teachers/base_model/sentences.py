"""Sentence splitting: the sentences of a passage that can stand alone."""

import re

_END = re.compile(r"""(?<=[.!?…。！？])["'”’»)\]]*(?:\s+(?=["'“„«(\[]*[^\Wa-z])|(?<=[。！？]))""")
_ABBREVIATED = re.compile(
    r"(?:(?:^|\bby |(?<!\w)(?=[^\WA-Z]*+[A-Z])\w++\.? )[A-Z]|"
    r"\b(?:am|vom|zum|dem|den|der|bis|seit) \d{1,2}|"
    r"\b(?:Dr|Mr|Mrs|Ms|St|No|vs|etc|approx|bzw|ca|z\.B|e\.g|i\.e))\.$"
)
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
_CODE = re.compile(r"^```.*?^```[^\n]*$", re.MULTILINE | re.DOTALL)
_LEADING = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s+")
_NO_PROSE = re.compile(r"^\s*(?:#|\||!\[|<|$)")


def split_sentences(prose: str) -> tuple[str, ...]:
    """Return the sentences of `prose` that end as sentences do, without headings and code."""
    sentences: list[str] = []
    for block in re.split(r"\n\s*\n", _CODE.sub("\n\n", prose)):
        lines: list[str] = []
        for line in block.splitlines():
            if _NO_PROSE.match(line):
                continue
            if _LEADING.match(line) and lines:
                sentences += _split(lines)
                lines = []
            lines.append(_LEADING.sub("", line).strip())
        sentences += _split(lines)
    return tuple(sentence for sentence in sentences if sentence[-1:] in ".!。！")


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


def _split(lines: list[str]) -> list[str]:
    parts: list[list[str]] = []
    for piece in _END.split(" ".join(lines)):
        # A sentence may be made of very many pieces; its last two words tell whether it goes on.
        words = " ".join(parts[-1][-2:]).split(" ") if parts else []
        if _ABBREVIATED.search(" ".join(words[-2:])):
            parts[-1].append(piece)
        elif piece.strip():
            parts.append([piece.strip()])
    return [" ".join(part) for part in parts]
