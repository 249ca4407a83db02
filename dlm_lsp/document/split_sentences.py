"""Sentence splitting: the sentences of a passage, without its headings, tables and code."""

import re

from dlm_lsp.document.sentence_marks import (
    MARKS_WITHOUT_BLANKS,
    QUESTION_MARKS,
    SENTENCE_MARKS,
)

_END = re.compile(
    rf"""(?<=[{SENTENCE_MARKS}…])["'”’»)\]]*"""
    rf"""(?:\s+(?=["'“„«(\[]*[^\Wa-z])|(?<=[{MARKS_WITHOUT_BLANKS}]))"""
)
_STATED = tuple(set(SENTENCE_MARKS) - set(QUESTION_MARKS))
_ABBREVIATED = re.compile(
    r"(?:(?:^|\bby |(?<!\w)(?=[^\WA-Z]*+[A-Z])\w++\.? )[A-Z]|"
    r"\b(?:am|vom|zum|dem|den|der|bis|seit) \d{1,2}|"
    r"\b(?:Dr|Mr|Mrs|Ms|St|No|vs|etc|approx|bzw|ca|z\.B|e\.g|i\.e))\.$"
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
    return tuple(sentence for sentence in sentences if sentence.endswith(_STATED))


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
