"""Evidence selection: the passage of a section that an answer rests on."""

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from dlm_lsp.document.sentence_marks import MARKS_WITHOUT_BLANKS, SENTENCE_MARKS
from dlm_lsp.quality.word_tokenize import word_tokens

_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")
# More of a quotation does not tell better which passage is meant.
_LONGEST = 1_000
_PASSAGE_END = re.compile(
    rf"(?<=[{SENTENCE_MARKS}])[\"'”’»)\]]*+\s+|(?<=[{MARKS_WITHOUT_BLANKS}])|\n+"
)


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


@lru_cache(maxsize=32)
def _passages(prose: str) -> tuple[dict[str, str], str]:
    """Return the passages of a section with their plain words, and all of these in one line."""
    passages = (passage.strip() for passage in _PASSAGE_END.split(prose))
    plain = {passage: words for passage in passages if (words := _plain(passage))}
    return plain, f" {_plain(prose)} "


def _plain(text: str) -> str:
    return " ".join(word for word in word_tokens(text) if any(map(str.isalnum, word)))
