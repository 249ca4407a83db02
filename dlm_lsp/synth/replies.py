"""Which pairs a reply holds, whatever shape a model gave it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

# What models are seen to call the three fields, in lower case.
_NAMES = {
    "question": "question",
    "q": "question",
    "answer": "answer",
    "a": "answer",
    "evidence": "evidence",
}
_THINK_TAG = r"(?:think|thinking|reasoning|thought)"
_THOUGHT = re.compile(rf"<{_THINK_TAG}>.*?(?:</{_THINK_TAG}>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(rf"\A.*</{_THINK_TAG}>", re.DOTALL | re.IGNORECASE)
# A backslash that begins no JSON escape: LaTeX and regular expressions, mostly.
_ESCAPE = re.compile(r"""\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)""")
_BOLD = r"(?:\*\*|__)?"
_NUMBER = r"(?:[-*>]\s+)?(?:\(?\d+\s*[.):]\s*)?"
_TURN = re.compile(
    rf"^\s*(?:\#+\s*)?{_BOLD}{_NUMBER}{_BOLD}"
    rf"(?:(?P<q>Q|Question)|(?:A|Answer))\s*\d*{_BOLD}(?:\s*[:：]|(?<=\d)[.)])\s*{_BOLD}\s*(?P<text>.*)$"
    r"|^\#+\s*(?:(?P<head>Q|Question)|(?:A|Answer))\s*\d*\s*$",
    re.IGNORECASE,
)
_NONE = "the reply holds no pair that can be read"


@dataclass(frozen=True, slots=True)
class Written:
    """A pair as a model wrote it, not yet known to be well-formed."""

    question: str
    answer: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reply holds; `complaint` says in one line how it broke its form, if it did."""

    pairs: tuple[Written, ...]
    complaint: str = ""


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    answer: str
    evidence: str


class _Pairs(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    pairs: list[_Item]


def parse_reply(text: str, *, cut: bool = False) -> Parsed:
    """Return every complete pair of a reply; `cut` says that it broke off at its token limit."""
    try:
        strict = _Pairs.model_validate_json(text.encode("utf-8", "surrogatepass"))
    except ValidationError:
        return _salvaged(text, cut=cut)
    pairs = tuple(Written(item.question, item.answer, item.evidence) for item in strict.pairs)
    return Parsed(pairs, "" if pairs else _NONE)


def _salvaged(text: str, *, cut: bool) -> Parsed:
    said = _without_thoughts(text)
    pairs, broken = _objects(said)
    if not pairs:
        pairs = _turns(said, cut=cut)
    if not pairs:
        return Parsed((), _NONE if said.strip() else "the reply is empty")
    if cut:
        return Parsed(tuple(pairs), "the reply broke off at its token limit")
    if broken:
        return Parsed(tuple(pairs), f"{broken} of the items had no question or no answer in text")
    return Parsed(tuple(pairs))


def _without_thoughts(text: str) -> str:
    # A reply that opens with its JSON is past thinking: there, a tag is a word of a pair.
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[", "```")):
        return text
    return _THOUGHT_END.sub("", _THOUGHT.sub("", text), count=1)


def _objects(text: str) -> tuple[list[Written], int]:
    """Return the pairs among the JSON values of `text`, and how many objects were half a pair."""
    text = _ESCAPE.sub(lambda m: m[0] if m[1] else r"\\", text)
    # Numbers stay as they are written: 1.10 is not 1.1, and no length of digits is too much.
    decoder = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)
    pairs: list[Written] = []
    broken = 0
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            # Broken here, or cut off further in: what stands inside may be whole.
            at = text.find("{", at + 1)
            continue
        for written in _in_value(value):
            if written:
                pairs.append(written)
            else:
                broken += 1
        at = text.find("{", end)
    return pairs, broken


def _in_value(value: Any) -> Iterator[Written | None]:
    """Yield the pairs within a JSON value in their order, None for each half of a pair."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += reversed(value)
        elif isinstance(value, dict):
            named = {_NAMES.get(key.strip().lower()): item for key, item in value.items()}
            if "question" not in named and "answer" not in named:
                pending += reversed(value.values())
                continue
            question, answer = named.get("question"), named.get("answer")
            evidence = named.get("evidence")
            if isinstance(question, str) and isinstance(answer, str):
                yield Written(question, answer, evidence if isinstance(evidence, str) else "")
            else:
                yield None


def _turns(text: str, *, cut: bool) -> list[Written]:
    """Return the pairs of a list of `Q:` and `A:` lines, numbered or not."""
    turns: list[tuple[bool, list[str]]] = []
    in_code = False
    taking = False
    for line in text.split("\n"):
        turn = None if in_code else _TURN.match(line)
        if turn:
            turns.append((bool(turn["q"] or turn["head"]), [turn["text"] or ""]))
            taking = True
            continue
        if line.lstrip().startswith("```"):
            in_code = not in_code
        # A blank line ends a turn that has begun: what follows is most often small talk.
        if taking and not in_code and not line.strip() and any(turns[-1][1]):
            taking = False
        if taking:
            turns[-1][1].append(line)
    pairs = [
        Written("\n".join(asked).strip(), "\n".join(answered).strip())
        for (is_question, asked), (is_question_too, answered) in pairwise(turns)
        if is_question and not is_question_too
    ]
    ends_in_pair = len(turns) > 1 and turns[-2][0] and not turns[-1][0]
    return pairs[:-1] if cut and ends_in_pair else pairs
