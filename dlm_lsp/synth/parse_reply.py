"""Reply parsing: the pairs that a reply holds, whatever shape a model gave it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from dlm_lsp.synth.json_escapes import double_forgotten_backslashes
from dlm_lsp.synth.json_objects import find_objects

# What models are seen to call the three fields, in lower case and in the language of the prose.
_QUESTION = ("question", "frage", "pregunta", "domanda", "pergunta", "vraag")
_ANSWER = ("answer", "antwort", "réponse", "respuesta", "risposta", "resposta", "antwoord")
_EVIDENCE = ("evidence", "beleg", "preuve", "evidencia", "prova", "evidência", "bewijs")
_NAMES = {
    **dict.fromkeys(("q", *_QUESTION), "question"),
    **dict.fromkeys(("a", *_ANSWER), "answer"),
    **dict.fromkeys(_EVIDENCE, "evidence"),
}
_THINK_TAG = r"(?:think|thinking|reasoning|thought)"
_THOUGHT = re.compile(rf"<{_THINK_TAG}>.*?(?:</{_THINK_TAG}>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(rf"\A.*</{_THINK_TAG}>", re.DOTALL | re.IGNORECASE)
_BOLD = r"(?:\*\*|__)?"
_NUMBER = r"(?:[-*>]\s++)?(?:\(?\d++\s*+[.):]\s*+)?"
_ASKS = f"Q|{'|'.join(_QUESTION)}"
_ANSWERS = f"A|{'|'.join(_ANSWER)}"
_TURN = re.compile(
    rf"^\s*+(?:\#++\s*+)?{_BOLD}{_NUMBER}{_BOLD}(?:(?P<q>{_ASKS})|(?:{_ANSWERS}))"
    rf"\s*+\d*+{_BOLD}(?:\s*+[:：]|(?<=\d)[.)])\s*+{_BOLD}\s*+(?P<text>.*)$"
    rf"|^\#++\s*+(?:(?P<head>{_ASKS})|(?:{_ANSWERS}))\s*+\d*+\s*+$",
    re.IGNORECASE,
)
# What goes on with an answer behind a blank line: a list, a table, code, indented lines.
_GOES_ON = re.compile(r"\s*(?:[-*+•]|\(?(?:\d+|[a-z])[.)])\s+\S|\s{2,}\S|\s*(?:\||```)")
# A single quote that ends a string, as far as that can be seen, and a comma that nothing follows.
_ENDS = re.compile(r"'\s*[:,}\]]")
_TRAILING = re.compile(r",\s*[}\]]")
_NONE = "the reply holds no pair that can be read"


@dataclass(frozen=True, slots=True)
class RawPair:
    """A pair as a model wrote it, not yet known to be well-formed."""

    question: str
    answer: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """What a reply holds; `complaint` says in one line how it broke its form, if it did."""

    pairs: tuple[RawPair, ...]
    complaint: str = ""


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    answer: str
    evidence: str


class _Pairs(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    pairs: list[_Item]


def parse_reply(text: str, *, cut: bool = False) -> ParsedReply:
    """Return every complete pair of a reply; `cut` says that it broke off at its token limit."""
    mended = double_forgotten_backslashes(text)
    try:
        strict = _Pairs.model_validate_json(mended.encode("utf-8", "surrogatepass"))
    except ValidationError:
        return _salvaged(text, cut=cut)
    pairs = tuple(RawPair(item.question, item.answer, item.evidence) for item in strict.pairs)
    return ParsedReply(pairs, "" if pairs else _NONE)


def _salvaged(text: str, *, cut: bool) -> ParsedReply:
    visible = _without_thoughts(text)
    pairs, broken = _objects(visible)
    if (in_json := _in_json(visible)) != visible:
        pairs, broken = max((pairs, broken), _objects(in_json), key=lambda result: len(result[0]))
    if not pairs:
        pairs = _turns(visible, cut=cut)
    if not pairs:
        return ParsedReply((), _NONE if visible.strip() else "the reply is empty")
    if cut:
        return ParsedReply(tuple(pairs), "the reply broke off at its token limit")
    if broken:
        return ParsedReply(
            tuple(pairs), f"{broken} of the items had no question or no answer in text"
        )
    return ParsedReply(tuple(pairs))


def _without_thoughts(text: str) -> str:
    # A reply that opens with its JSON is past thinking: there, a tag is a word of a pair.
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[", "```")):
        return text
    return _THOUGHT_END.sub("", _THOUGHT.sub("", text), count=1)


def _objects(text: str) -> tuple[list[RawPair], int]:
    """Return the pairs among the JSON values of `text`, and how many objects were half a pair."""
    pairs: list[RawPair] = []
    broken = 0
    for value in find_objects(double_forgotten_backslashes(text)):
        for written in _in_value(value):
            if written:
                pairs.append(written)
            else:
                broken += 1
    return pairs, broken


def _in_json(text: str) -> str:
    """Return `text` with the strings of Python in double quotes and without trailing commas."""
    parts: list[str] = []
    quote = before = ""
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            pair = text[at : at + 2]
            parts.append("'" if pair == "\\'" and quote == "'" else pair)
            at += 2
            continue
        written = character
        if quote:
            if character == '"':
                written = '"' if quote == '"' else '\\"'
            if character == quote and (quote == '"' or _ENDS.match(text, at)):
                written, quote = '"', ""
        elif character == '"' or (character == "'" and before in ("{", "[", ",", ":")):
            written, quote = '"', character
        elif character == "," and _TRAILING.match(text, at):
            written = ""
        parts.append(written)
        before = before if character.isspace() else character
        at += 1
    return "".join(parts)


def _in_value(value: Any) -> Iterator[RawPair | None]:
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
            question, answer = named.get("question"), _joined(named.get("answer"), "\n")
            if isinstance(question, str) and answer is not None:
                # Quotations from several places are looked up one by one.
                yield RawPair(question, answer, _joined(named.get("evidence"), " … ") or "")
            else:
                yield None


def _joined(value: Any, between: str) -> str | None:
    """Return a text or a list of texts as one text, None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return between.join(value)
    return None


def _turns(text: str, *, cut: bool) -> list[RawPair]:
    """Return the pairs of a list of `Q:` and `A:` lines, numbered or not."""
    turns: list[tuple[bool, list[str]]] = []
    in_code = taking = paused = has_words = False
    for line in text.split("\n"):
        turn = None if in_code else _TURN.match(line)
        if turn:
            words = _without_bold_end(turn["text"] or "")
            turns.append((bool(turn["q"] or turn["head"]), [words]))
            taking, paused, has_words = True, False, bool(words)
            continue
        # A blank line pauses a turn that has begun: what follows is most often small talk.
        if taking and not in_code and not line.strip() and has_words:
            paused = True
            continue
        if paused:
            taking, paused = bool(_GOES_ON.match(line)), False
        if line.lstrip().startswith("```"):
            in_code = not in_code
        if taking:
            turns[-1][1].append(line)
            has_words = has_words or bool(line)
    pairs = [
        RawPair("\n".join(question).strip(), "\n".join(answer).strip())
        for (is_question, question), (is_question_too, answer) in pairwise(turns)
        if is_question and not is_question_too
    ]
    ends_in_pair = len(turns) > 1 and turns[-2][0] and not turns[-1][0]
    return pairs[:-1] if cut and ends_in_pair else pairs


def _without_bold_end(line: str) -> str:
    """Return a turn without the end of a bold face that began before its `Q:`."""
    line = line.rstrip()
    for mark in ("**", "__"):
        if line.endswith(mark) and line.count(mark) % 2:
            return line.removesuffix(mark).rstrip()
    return line
