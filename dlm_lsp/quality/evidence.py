"""Evidence selection: the passage of a section that an answer rests on."""

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from dlm_lsp.document.split_sentences import SENTENCE_MARKS, UNSPACED_MARKS
from dlm_lsp.quality.word_tokenize import word_tokens

_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")
# More of a quotation does not tell better which passage is meant.
_LONGEST = 1_000
# How like a passage has to be, of 100: links and emphasis take up to a third of it.
_LIKE = 70
# Where a link leads is not read: `[the Ill](http://...)`, `[the Ill][1]`, `<b>`.
_UNREAD = re.compile(
    r"(?<=\])(?:\([^()\s]*(?:\s+\"[^\"\n]*\")?\)|\[[^\]\n]*\])|</?[A-Za-z!][^<>\n]*>"
)
_PASSAGE_END = re.compile(rf"(?<=[.!?])[\"'”’»)\]]*+\s+|(?<=[{UNSPACED_MARKS}])|\n+")


def standing_evidence(evidence: str, answer: str, prose: str) -> str:
    """Return `evidence` if it stands in `prose`, else the passage there that is most like it.

    Marks, case and line ends aside; a mark that the teacher has put at its end is left out. Where
    there is none, it is the passage most like `answer`.
    """
    passages, whole = _passages(prose)
    if stands_word_for_word(evidence, whole):
        bare = evidence.rstrip(SENTENCE_MARKS)
        return bare if evidence not in prose and bare in prose else evidence
    wanted = (" ".join(_quotes(evidence)) or _plain(answer))[:_LONGEST]
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


def words_as_read(prose: str) -> str:
    """Return the words of Markdown as it is rendered, in one line, for `stands_word_for_word`."""
    return f" {_plain(prose)} "


def stands_word_for_word(evidence: str, words: str) -> bool:
    """Tell whether a quotation stands in a text, of which these are the words as read.

    Marks, case and line ends aside; what an ellipsis parts may stand apart.
    """
    quotes = _quotes(evidence)
    return bool(quotes) and all(f" {quote} " in words for quote in quotes)


def _quotes(evidence: str) -> list[str]:
    return [quote for quote in map(_plain, _ELLIPSIS.split(evidence)) if quote]


@lru_cache(maxsize=32)
def _passages(prose: str) -> tuple[dict[str, str], str]:
    """Return the passages of a section with their plain words, and all of these in one line."""
    passages = (passage.strip() for passage in _PASSAGE_END.split(prose))
    plain = {passage: words for passage in passages if (words := _plain(passage))}
    return plain, words_as_read(prose)


def _plain(text: str) -> str:
    words = word_tokens(_UNREAD.sub(" ", text))
    return " ".join(word for word in words if any(map(str.isalnum, word)))
