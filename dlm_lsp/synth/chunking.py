"""Chunking: prose that is too long for one request, cut into passages that share its pairs."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

# Bytes per token: about 4.2 in English prose, 2 to 3 in CJK text, for the vocabularies of today.
_BYTES_PER_TOKEN = 4
_SENTENCE = re.compile(r"""(?:[.!?…।؟]["'”’»)\]]*\s+|[。！？]["'”’」』）]*\s*|\n)""")
_WORD = re.compile(r"\s+")


def estimate_tokens(text: str) -> int:
    """Return roughly how many tokens `text` is, where no tokenizer is at hand."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


def split_text(prose: str, most: int) -> tuple[str, ...]:
    """Cut `prose` into passages of at most `most` characters, which joined are `prose` again.

    A cut falls between paragraphs; where a paragraph is too long between its sentences; where a
    sentence is too long between its words, and as the last resort between two characters.
    """
    return tuple(_packed(prose, most, 0))


def spread_count(count: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return how many of `count` fall to each weight, evenly over their whole length."""
    total = sum(weights)
    marks = [0, *((count * reached * 2 + total) // (total * 2) for reached in accumulate(weights))]
    return tuple(after - before for before, after in pairwise(marks))


def _packed(text: str, most: int, level: int) -> list[str]:
    if len(text) <= most:
        return [text]
    if level == len(_SPLITTERS):
        return [text[at : at + most] for at in range(0, len(text), most)]
    full: list[str] = []
    open_: list[str] = []
    length = 0
    for piece in _SPLITTERS[level](text):
        if length + len(piece) > most and open_:
            full.append("".join(open_))
            open_, length = [], 0
        if len(piece) > most:
            *cut, piece = _packed(piece, most, level + 1)  # noqa: PLW2901 (its tail stays open)
            full += cut
        open_.append(piece)
        length += len(piece)
    return [*full, "".join(open_)]


def _paragraphs(text: str) -> Iterator[str]:
    """Yield paragraphs with the blank lines behind them; a code block is not torn apart."""
    lines: list[str] = []
    in_code = False
    ended = False
    for line in text.splitlines(keepends=True):
        if ended and line.strip():
            yield "".join(lines)
            lines, ended = [], False
        if line.startswith("```"):
            in_code = not in_code
        ended = not in_code and not line.strip()
        lines.append(line)
    yield "".join(lines)


def _cut_behind(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    at = 0
    for match in pattern.finditer(text):
        yield text[at : match.end()]
        at = match.end()
    if at < len(text):
        yield text[at:]


def _sentences(text: str) -> Iterator[str]:
    return _cut_behind(_SENTENCE, text)


def _words(text: str) -> Iterator[str]:
    return _cut_behind(_WORD, text)


_SPLITTERS = (_paragraphs, _sentences, _words)
