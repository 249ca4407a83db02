"""Evidence selection: the passage of a section that an answer rests on."""

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from dlm_lsp.document.split_sentences import UNSPACED_MARKS
from dlm_lsp.quality.word_tokenize import word_tokens

_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")
# More of a quotation does not tell better which passage is meant.
_LONGEST = 1_000
# How like a passage has to be, of 100: links and emphasis take up to a third of it.
_LIKE = 70
_PASSAGE_END = re.compile(rf"(?<=[.!?])[\"'”’»)\]]*+\s+|(?<=[{UNSPACED_MARKS}])|\n+")


def standing_evidence(evidence: str, answer: str, prose: str) -> str:
    """Return `evidence` if it stands in `prose`, else the passage there that is most like it.

    Marks, case and line ends aside. Where there is none, it is the passage most like `answer`.
    """
    passages, whole = _passages(prose)
    quotes = [quote for quote in map(_plain, _ELLIPSIS.split(evidence)) if quote]
    if quotes and all(f" {quote} " in whole for quote in quotes):
        return evidence
    wanted = (" ".join(quotes) or _plain(answer))[:_LONGEST]
    likest = process.extractOne(wanted, passages, scorer=fuzz.token_set_ratio)
    return likest[2] if likest else ""


def locate_evidence(evidence: str, text: str) -> tuple[int, int] | None:
    """Return where in `text` a passage stands, as offsets; None where nothing is much like it.

    `text` is as its author wrote it, `evidence` may be as that reads, without its Markdown.
    """
    if not evidence:
        return None
    at = text.find(evidence)
    if at >= 0:
        return at, at + len(evidence)
    if len(evidence) > len(text):
        return None
    found = fuzz.partial_ratio_alignment(
        evidence[:_LONGEST], text, score_cutoff=_LIKE, processor=None
    )
    return (found.dest_start, found.dest_end) if found else None


@lru_cache(maxsize=32)
def _passages(prose: str) -> tuple[dict[str, str], str]:
    """Return the passages of a section with their plain words, and all of these in one line."""
    passages = (passage.strip() for passage in _PASSAGE_END.split(prose))
    plain = {passage: words for passage in passages if (words := _plain(passage))}
    return plain, f" {_plain(prose)} "


def _plain(text: str) -> str:
    return " ".join(word for word in word_tokens(text) if any(map(str.isalnum, word)))
