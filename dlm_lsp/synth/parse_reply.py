"""Reply parsing: the pairs that a reply holds, whatever shape a model gave it.

First what is called question and answer, in JSON, in tags, in tables, in lines; then, in the same
order, what is a pair by its question mark. Nothing is made up: what is taken stands in the reply.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dlm_lsp.synth.json_escapes import double_forgotten_backslashes
from dlm_lsp.synth.json_objects import find_objects
from dlm_lsp.synth.lenient_json import as_json
from dlm_lsp.synth.pair_fields import FieldPairs, pairs_in_values
from dlm_lsp.synth.pair_lines import asked_lines, marked_lines, named_lines
from dlm_lsp.synth.pair_tables import table_records
from dlm_lsp.synth.pair_tags import asked_tags, named_tags
from dlm_lsp.synth.raw_pair import RawPair
from dlm_lsp.synth.thoughts import without_thoughts

_EMPTY = "the reply is empty"
_NONE = "the reply holds no pair that can be read"
_CUT = "the reply broke off at its token limit"
# JSON as the text of a string of JSON: that of a whole reply, and of a reply that broke off.
_JSON_STRING = re.compile(r'\s*+(?:```\w*\s*+)?("\s*+(?:\\n)*+[{\[](?:[^"\\]|\\.)*+"?)', re.DOTALL)
_JSON_TEXT = re.compile(r"\s*+(?:```\w*\s*+)?[{\[]")
# A list of two or three texts and nothing else.
_STRING = r'"(?:[^"\\]|\\.)*+"'
_ROW = re.compile(rf"\[\s*+{_STRING}(?:\s*+,\s*+{_STRING}){{1,2}}\s*+\]", re.DOTALL)
_DEEPEST = 3
# What a server leaves of a chat template at the end.
_END_TOKEN = re.compile(r"(?:<\|\w{1,30}\|>|</s>|<eos>|<end_of_turn>|\s{1,40})\Z")
_LONGEST_TOKEN = 40
_FENCE = re.compile(r"^[ \t]*```[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """What a reply holds; `complaint` says in one line how it broke its form, if it did."""

    pairs: tuple[RawPair, ...]
    complaint: str = ""


def parse_reply(text: str, *, cut: bool = False) -> ParsedReply:
    """Return every complete pair of a reply; `cut` says that it broke off at its token limit."""
    visible = without_thoughts(text)
    fields = _in_json(visible)
    pairs = _pairs(visible, fields, cut=cut)
    if not pairs:
        return ParsedReply((), _NONE if visible.strip() else _EMPTY)
    if cut:
        return ParsedReply(pairs, _CUT)
    if fields.named and fields.broken:
        complaint = f"{fields.broken} of the items had no question or no answer in text"
        return ParsedReply(pairs, complaint)
    return ParsedReply(pairs)


def _pairs(visible: str, fields: FieldPairs, *, cut: bool) -> tuple[RawPair, ...]:
    if fields.named:
        return fields.named
    plain = _without_end_tokens(visible)
    rows = pairs_in_values(table_records(plain, cut=cut))
    readings: tuple[Callable[[], Sequence[RawPair]], ...] = (
        lambda: named_tags(plain),
        lambda: rows.named,
        lambda: named_lines(plain, cut=cut),
        lambda: fields.unnamed,
        lambda: asked_tags(plain),
        lambda: rows.unnamed,
        lambda: asked_lines(plain, cut=cut),
        lambda: marked_lines(plain, cut=cut),
        lambda: _fenced_lines(plain, cut=cut),
    )
    return next((tuple(pairs) for reading in readings if (pairs := reading())), ())


def _fenced_lines(text: str, *, cut: bool) -> list[RawPair]:
    """Return the pairs of labelled lines that a reply has put into code blocks."""
    blocks = _FENCE.split(text)[1::2]
    return [
        pair
        for number, block in enumerate(blocks, 1)
        for pair in _labelled(block, cut=cut and number == len(blocks))
    ]


def _labelled(text: str, *, cut: bool) -> list[RawPair]:
    return named_lines(text, cut=cut) or asked_lines(text, cut=cut)


def _without_end_tokens(text: str) -> str:
    end = len(text)
    while found := _END_TOKEN.search(text, max(0, end - _LONGEST_TOKEN), end):
        end = found.start()
    return text[:end]


def _in_json(text: str, depth: int = 0) -> FieldPairs:
    """Return what the JSON in a text holds.

    Where the text is more than that, it is the larger of a strict and of a lenient reading.
    """
    strict = _read(text, depth)
    if strict.named and _is_json(text):
        return strict
    lenient_text = as_json(text)
    if lenient_text == text:
        return strict
    lenient = _read(lenient_text, depth)
    return max(strict, lenient, key=lambda fields: (len(fields.named), len(fields.unnamed)))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read(text: str, depth: int) -> FieldPairs:
    mended = double_forgotten_backslashes(text)
    fields = pairs_in_values(list(_values(mended)))
    if fields.named or fields.unnamed or depth == _DEEPEST:
        return fields
    # Nothing so far: a text in it may be the JSON that was asked for.
    texts = [written for written in fields.texts if _JSON_TEXT.match(written)]
    if string := _JSON_STRING.match(mended):
        texts.append(_decoded(string[1]))
    inner = [_in_json(written, depth + 1) for written in texts]
    return FieldPairs(
        tuple(pair for each in inner for pair in each.named),
        tuple(pair for each in inner for pair in each.unnamed),
        fields.broken,
    )


def _values(text: str) -> Iterator[Any]:
    """Yield the objects of a text, and where there is none the lists of two or three texts."""
    empty = True
    for value in find_objects(text):
        empty = False
        yield value
    if empty:
        for row in _ROW.finditer(text):
            with suppress(ValueError):
                yield json.loads(row[0], strict=False)


def _decoded(string: str) -> str:
    """Return the text of a string of JSON, which may have no end."""
    ended = string if len(string) > 1 and string.endswith('"') else f'{string}"'
    try:
        return str(json.loads(ended, strict=False))
    except ValueError:
        return ""
