"""Topic naming: a question that names nothing gets the heading that its section stands under."""

import html
import re
from bisect import bisect_right
from functools import lru_cache

from rapidfuzz import fuzz

from dlm_lsp.document.split_sentences import SENTENCE_MARKS
from dlm_lsp.quality.identifiers import identifier_tokens
from dlm_lsp.quality.language_id import detect_language
from dlm_lsp.quality.word_tokenize import name_tokens, normalize, word_tokens

# Forms of one word: "Turmuhr" and "Turmuhren" score 87, "clock" and "clerk" 60.
_SAME_WORD = 75.0
# A question that has at least this share of a heading's words is about it.
_NAMED = 0.5
_SHORTEST_WORD = 4
# From here on scripts are written without blanks, and a sign says as much as a word.
_FIRST_SIGN = "\u0e00"
# Longer headings are sentences, not topics.
_LONGEST = 80
_CAPITAL_NOUNS = ("de", "lb")
# A block in a list is indented; one that is not closed goes to the end.
_FENCED = re.compile(
    r"^[ \t]*+(`{3,}+(?=[^`\n]*$)|~{3,}+).*?(?:^[ \t]*+\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
# Images, tags, anchors, footnotes and emphasis; the name of a link stays.
_NO_WORDS = re.compile(
    r"!\[[^\]\n]*\]\([^)\n]*\)|<[^>\n]+>|\{#[^}\n]*\}|\[\^[^\]\n]*\]|\*\*|__|\\(?=[*_])"
)
_LINK = re.compile(r"\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_NUMBERING = re.compile(r"^(?:\d+[.)])+\d*\s+")


def name_topic(question: str, evidence: str, prose: str) -> str:
    """Return a question about `prose` that says what it is about.

    One with a name, an identifier or half of the words of the heading above its `evidence` says so
    already. Before any other stands that heading: "The tower clock: How much does a weight weigh?"
    """
    heading = _heading_above(evidence, prose)
    if not heading or _names(heading, question) or _names_something(question, prose):
        return question
    return f"{heading}: {question}"


def _names_something(question: str, prose: str) -> bool:
    # Where every noun has a capital, none is a name by it.
    by_capitals = detect_language(prose) not in _CAPITAL_NOUNS
    return bool(identifier_tokens(question) or (by_capitals and name_tokens(question)))


def _names(heading: str, question: str) -> bool:
    telling = [
        word for word in word_tokens(heading) if len(word) >= _SHORTEST_WORD or word >= _FIRST_SIGN
    ]
    if not telling:
        return normalize(heading) in normalize(question)
    asked = word_tokens(question)
    found = sum(any(fuzz.ratio(word, other) >= _SAME_WORD for other in asked) for word in telling)
    return found >= _NAMED * len(telling)


def _heading_above(evidence: str, prose: str) -> str:
    starts, headings = _headings(prose)
    at = prose.find(evidence) if evidence else -1
    if at < 0:
        # Only where the whole of it stands under one heading is it known under which.
        return headings[0] if len(starts) == 1 and not prose[: starts[0]].strip() else ""
    place = bisect_right(starts, at) - 1
    return headings[place] if place >= 0 else ""


@lru_cache(maxsize=32)
def _headings(prose: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return where each heading stands, and its topic; an empty text where it can be none."""
    without_code = _FENCED.sub(lambda match: " " * len(match[0]), prose)
    found = {match.start(): _topic(match[1]) for match in _HEADING.finditer(without_code)}
    return tuple(found), tuple(found.values())


def _topic(heading: str) -> str:
    """Return what a heading says as it is read, without its number and its last mark."""
    text = html.unescape(_LINK.sub(r"\1", _NO_WORDS.sub("", heading)))
    text = _NUMBERING.sub("", text.strip()).rstrip(f"{SENTENCE_MARKS}:： ")
    return text if len(text) <= _LONGEST and any(map(str.isalnum, text)) else ""
