"""Thoughts in replies: what a reasoning model writes before its answer, in its family's marks.

Marks that stand in a text as words are no marks: within a whole JSON object, in quotes, and in the
middle of a sentence. What is left open is thought to its end, and what stands before an end that
has no beginning is thought too, for some chat templates begin the thought themselves.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.synth.json_objects import locate_objects

_NAMES = r"(?:think(?:ing)?|thoughts?|reason(?:ing)?|analysis|reflection|scratchpad)"
# <think>, <seed:think>, <mm:think>; [THINK]; Kimi's triangles; OpenThinker's, Cohere's and Gemma's.
_TAG = re.compile(
    rf"<(?P<xml>/?)(?:[a-z]\w{{0,20}}:)?{_NAMES}(?:\s[^<>\n]{{0,80}})?>"
    rf"|\[(?P<square>/?){_NAMES}\]"
    rf"|◁(?P<triangle>/?){_NAMES}▷"
    rf"|<\|(?P<bar>/?){_NAMES}\|>"
    r"|<\|(?P<of>begin|end)_of_thought\|>"
    r"|<\|(?P<upper>START|END)_THINKING\|>"
    r"|(?P<gemma><\|channel>thought|<unused94>thought|<channel\|>|<unused95>)",
    re.IGNORECASE,
)
_CLOSING = frozenset(("/", "end", "<channel|>", "<unused95>"))
# Harmony, the channels of gpt-oss.
_HARMONY = re.compile(
    r"<\|channel\|>[ \t]*+(?P<channel>\w+)[^<\n]{0,200}(?:<\|constrain\|>[^<\n]{0,80})?"
    r"<\|message\|>"
    r"|<\|(?:end|return|call|start)\|>"
)
# What is left of it where a server drops its special tokens.
_BARE_CHANNEL = re.compile(r"\s*+(?:assistant)?(?:analysis|commentary)(?=[^\sa-z:.,_*-])")
_BARE_FINAL = re.compile("assistantfinal")
_JSON_BEGINS = re.compile(r"\s*+[{\[]\s*+[\"'{\[“]|\s*+```")
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t>*_\ufeff]*+\Z")
_LINE_ENDS = re.compile(r"[ \t*_]*+(?:\n|\Z)")
_BEHIND_SENTENCE = re.compile(r"[.!。！}\]>][ \t]*+\Z")
_BEHIND_THOUGHT = re.compile(r"[.!?…。！？:：)\]}>\"”」][ \t]*+\Z")
_QUOTES = frozenset("`\"'“”„‘’«»「」")
_FENCE = re.compile(r"^[ \t]*+```", re.MULTILINE)
# So far back is looked for the beginning of a line that holds nothing but blanks.
_BACK = 40


def without_thoughts(text: str) -> str:
    """Return what a reply says once it has thought."""
    text = _final_channel(text)
    if not _TAG.search(text):
        return text
    tags = _tags(text)
    end = len(text.rstrip())
    parts: list[str] = []
    at = 0
    thinking = False
    skipped: set[int] = set()
    for number, tag in enumerate(tags):
        if number in skipped:
            continue
        if thinking:
            if tag.closes:
                thinking, at = False, tag.end
        elif tag.closes:
            if _ends_thought(text, tag, end):
                parts, at = [], tag.end
        elif _begins_thought(text, tag, at):
            parts.append(text[at : tag.start])
            thinking = True
        elif tag.closed_by is not None:
            closer = tags[tag.closed_by]
            if tag.fenced or "\n" not in text[tag.end : closer.start]:
                skipped.add(tag.closed_by)
    if not thinking:
        parts.append(text[at:])
    # What stood around a thought is no one line.
    return "\n".join(parts)


@dataclass(slots=True)
class _Tag:
    start: int
    end: int
    closes: bool
    fenced: bool
    closed_by: int | None = None


def _tags(text: str) -> list[_Tag]:
    """Return the marks of `text` that are no words, and which one closes each."""
    outside = _Outside(text)
    fences = [fence.start() for fence in _FENCE.finditer(text)]
    tags = [
        _Tag(
            found.start(),
            found.end(),
            found[found.lastgroup or 0].lower() in _CLOSING,
            bisect_right(fences, found.start()) % 2 == 1,
        )
        for found in _TAG.finditer(text)
        if outside.holds(found.start()) and not _quoted(text, found.start(), found.end())
    ]
    closer: int | None = None
    for number in reversed(range(len(tags))):
        tags[number].closed_by = closer
        if tags[number].closes:
            closer = number
    return tags


class _Outside:
    """What of a text stands in none of its whole JSON objects."""

    def __init__(self, text: str) -> None:
        found = list(locate_objects(text))
        self._starts: Sequence[int] = [each.start for each in found]
        self._ends: Sequence[int] = [each.end for each in found]

    def holds(self, place: int) -> bool:
        number = bisect_right(self._starts, place) - 1
        return number < 0 or place >= self._ends[number]


def _quoted(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in _QUOTES and text[end : end + 1] in _QUOTES


def _begins_thought(text: str, tag: _Tag, at: int) -> bool:
    if tag.fenced:
        return False
    before = text[max(at, tag.start - _BACK) : tag.start]
    # Behind a sentence it is no word of it; nor is one that goes on for lines.
    return bool(
        _LINE_BEGINS.search(before)
        or _BEHIND_SENTENCE.search(before)
        or (tag.closed_by is not None and _LINE_ENDS.match(text, tag.end))
    )


def _ends_thought(text: str, tag: _Tag, end: int) -> bool:
    if tag.fenced:
        return False
    if _LINE_ENDS.match(text, tag.end):
        # A reply that is JSON from its first character has not thought aloud.
        return tag.end < end or not _JSON_BEGINS.match(text)
    before = text[max(0, tag.start - _BACK) : tag.start]
    return bool(
        _LINE_BEGINS.search(before)
        or _JSON_BEGINS.match(text, tag.end)
        or _BEHIND_THOUGHT.search(before)
        or text[tag.end].isalnum()
    )


def _final_channel(text: str) -> str:
    """Return what stands in the final channels, `text` itself where it has no channels."""
    bare = bool(_BARE_CHANNEL.match(text))
    if not bare and "<|channel|>" not in text:
        return text
    outside = _Outside(text)
    if bare:
        finals = [
            final.end() for final in _BARE_FINAL.finditer(text) if outside.holds(final.start())
        ]
        return text[finals[0] :] if finals else ""
    marks = [mark for mark in _HARMONY.finditer(text) if outside.holds(mark.start())]
    if not any(mark["channel"] for mark in marks):
        return text
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return "\n".join(
        text[mark.end() : end]
        for mark, end in zip(marks, ends, strict=True)
        if mark["channel"] == "final"
    )
