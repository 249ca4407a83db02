"""Pair fields: which values of JSON are question, answer and evidence.

By their names where these are of the formats that data sets have; else by what they say. Of two
texts under any names, the first of which ends in a question mark, that is the question and the
other the answer, and a third is the evidence. Objects with the same keys are read alike, so one
question that has its mark is enough for all.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlm_lsp.synth.question_marks import is_question
from dlm_lsp.synth.raw_pair import RawPair

# In the order in which one is preferred to another that stands beside it.
QUESTION_NAMES = ("question", "q", "instruction", "prompt", "query", "front", "problem", "input")
ANSWER_NAMES = (
    "answer",
    "a",
    "response",
    "output",
    "completion",
    "reply",
    "back",
    "solution",
    "chosen",
)
EVIDENCE_NAMES = ("evidence", "quote", "context", "source", "input")
_ROLES = ("role", "from", "speaker")
_CONTENTS = ("content", "value", "text", "message")
_ASKS = frozenset(("user", "human", "question", "student", "q"))
_ANSWERS = frozenset(("assistant", "gpt", "model", "bot", "ai", "answer", "teacher", "a"))
# More texts than these are a record of something else.
_MOST_TEXTS = 6
_LEADING_NUMBER = re.compile(r"(\d{1,9})[\s_.):-]*+(.*)", re.DOTALL)
_TRAILING_NUMBER = re.compile(r"([^\d]{0,80}?)[\s_.#-]{0,9}0{0,9}([1-9]\d{0,8})", re.DOTALL)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LAST_WORDS = frozenset(("question", "answer", "evidence", "quote"))
_Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldPairs:
    """The pairs of some values: `named` by their names, `unnamed` by what they say.

    `broken` counts the objects that have a question or an answer by name and not both as text;
    `texts` are those that belong to no pair by name: they may be JSON themselves.
    """

    named: tuple[RawPair, ...] = ()
    unnamed: tuple[RawPair, ...] = ()
    broken: int = 0
    texts: tuple[str, ...] = ()


def pairs_in_values(values: Sequence[Any]) -> FieldPairs:
    """Return the pairs within JSON values in their order."""
    reading = _Reading()
    pending: list[Any] = [list(values)]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += reversed(reading.take_object(value))
        elif isinstance(value, list):
            pending += reversed(reading.take_list(value))
        elif isinstance(value, str):
            reading.texts.append(value)
    return FieldPairs(
        tuple(reading.named),
        tuple(_read_alike(reading.unnamed)),
        reading.broken,
        tuple(reading.texts),
    )


@dataclass(slots=True)
class _Reading:
    """What was read so far; each value is taken, or the values in it are returned to be read."""

    named: list[RawPair] = field(default_factory=list)
    unnamed: list[RawPair | _Record] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    broken: int = 0

    def take_list(self, items: Sequence[Any]) -> Sequence[Any]:
        if turns := _turns(items):
            self.named += turns
        elif row := _row(items):
            self.unnamed.append(row)
        else:
            return items
        return ()

    def take_object(self, record: _Record) -> Sequence[Any]:
        if records := _numbered(record):
            return records
        if pairs := _named(record):
            self.named += pairs
        elif _is_half(record):
            self.broken += 1
        elif pairs := _asked_by_keys(record):
            self.unnamed += pairs
        elif len(record) == 1 or any(map(_holds_more, record.values())):
            return list(record.values())
        else:
            self.unnamed.append(record)
            self.texts += [value for value in record.values() if isinstance(value, str)]
        return ()


def _holds_more(value: Any) -> bool:
    return isinstance(value, dict | list) and text_of(value) is None


def text_of(value: Any, between: str = "\n") -> str | None:
    """Return a text or a list of texts as one text, None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return between.join(value)
    return None


def _named(record: _Record) -> list[RawPair]:
    """Return the pair of an object whose fields have names that are known, or none."""
    fields = _by_name(record)
    question_name = _first(fields, QUESTION_NAMES)
    answer_name = _first(fields, ANSWER_NAMES)
    if question_name is None or answer_name is None:
        return _in_columns(fields)
    question, answer = fields[question_name], text_of(fields[answer_name])
    if not isinstance(question, str) or answer is None:
        return []
    beside = fields.get("input")
    # An instruction to answer what stands beside it is no question of its own.
    if isinstance(beside, str) and is_question(beside) and not is_question(question):
        question_name, question = "input", beside
    evidence_name = _first(fields, [name for name in EVIDENCE_NAMES if name != question_name])
    # Quotations from several places are looked up one by one.
    evidence = text_of(fields[evidence_name], " … ") if evidence_name else None
    return [RawPair(question, answer, evidence or "")]


def _by_name(record: _Record) -> dict[str, Any]:
    """Return the fields by their names in lower case; "correct_answer" is an answer too."""
    fields = {_plain(key): value for key, value in record.items()}
    for key, value in record.items():
        words = _WORDS.findall(key)
        if len(words) > 1 and words[-1].lower() == "text":
            words.pop()
        if words and words[-1].lower() in _LAST_WORDS:
            fields.setdefault(words[-1].lower(), value)
    return fields


def _in_columns(fields: _Record) -> list[RawPair]:
    """Return the pairs of a list of questions beside a list of as many answers."""
    questions, answers = fields.get("questions"), fields.get("answers")
    if not (isinstance(questions, list) and isinstance(answers, list)):
        return []
    if len(questions) != len(answers) or not all(
        isinstance(item, str) for item in (*questions, *answers)
    ):
        return []
    return [RawPair(q, a) for q, a in zip(questions, answers, strict=True)]


def _is_half(record: _Record) -> bool:
    return not {"question", "answer", "q", "a"}.isdisjoint(map(_plain, record))


def _plain(key: str) -> str:
    return key.strip().strip("*_`").lower()


def _first(fields: _Record, names: Iterable[str]) -> str | None:
    return next((name for name in names if name in fields), None)


def _turns(items: Sequence[Any]) -> list[RawPair]:
    """Return the pairs of a list of messages that a user and an assistant write in turn."""
    pairs: list[RawPair] = []
    question: str | None = None
    for item in items:
        if not isinstance(item, dict):
            return []
        fields = {_plain(key): value for key, value in item.items()}
        role_name, content_name = _first(fields, _ROLES), _first(fields, _CONTENTS)
        if role_name is None or content_name is None or not isinstance(fields[role_name], str):
            return []
        role, content = fields[role_name].strip().lower(), _content(fields[content_name])
        if role in _ASKS:
            question = content
        elif role in _ANSWERS and question is not None and content is not None:
            pairs.append(RawPair(question, content))
            question = None
    return pairs


def _content(value: Any) -> str | None:
    if isinstance(value, list):
        value = [part.get("text") if isinstance(part, dict) else part for part in value]
    return text_of(value)


def _row(items: Sequence[Any]) -> RawPair | None:
    """Return the pair of a list of just a question and an answer, and perhaps its evidence."""
    if len(items) not in (2, 3) or not all(isinstance(item, str) for item in items):
        return None
    # Two questions are a list of questions.
    if not is_question(items[0]) or is_question(items[1]):
        return None
    return RawPair(*items)


def _asked_by_keys(record: _Record) -> list[RawPair]:
    """Return the pairs of an object whose keys are the questions."""
    pairs = [
        RawPair(key, answer)
        for key, value in record.items()
        if is_question(key) and (answer := text_of(value)) is not None
    ]
    return pairs if len(pairs) == len(record) else []


def _numbered(record: _Record) -> list[dict[str, Any]]:
    """Return the objects that one object holds by numbers, as in question1, answer1, question2."""
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    for key, value in record.items():
        name, number = _split_number(key)
        if name and number:
            groups[number][name] = value
    records = {number: group for number, group in groups.items() if len(group) > 1}
    if not records:
        return []
    rest = {key: value for key, value in record.items() if _split_number(key)[1] not in records}
    return [*([rest] if rest else []), *records.values()]


def _split_number(key: str) -> tuple[str, str]:
    """Return the name and the number of a key, which may have none."""
    if found := _TRAILING_NUMBER.fullmatch(key.strip()):
        return found[1], found[2]
    if found := _LEADING_NUMBER.fullmatch(key.strip()):
        return found[2], found[1].lstrip("0")
    return key, ""


def _read_alike(found: Sequence[RawPair | _Record]) -> Iterator[RawPair]:
    """Yield the pairs of objects under any names; those with the same keys are read alike."""
    texts = [each if isinstance(each, RawPair) else _texts(each) for each in found]
    asked: dict[tuple[str, ...], list[int]] = {}
    for fields in texts:
        if isinstance(fields, dict):
            counts = asked.setdefault(tuple(fields), [0] * len(fields))
            for place, text in enumerate(fields.values()):
                counts[place] += is_question(text)
    for fields in texts:
        if isinstance(fields, RawPair):
            yield fields
        elif 2 <= len(fields) <= _MOST_TEXTS:
            # The last one has no answer behind it. Of evidence and question, both of which may
            # ask, the question comes later.
            counts = asked[tuple(fields)][:-1]
            most = max(counts)
            if most:
                place = len(counts) - 1 - counts[::-1].index(most)
                values = list(fields.values())
                rest = values[:place] + values[place + 2 :]
                yield RawPair(values[place], values[place + 1], max(rest, key=len, default=""))


def _texts(record: _Record) -> dict[str, str]:
    fields = {_plain(key): text_of(value) for key, value in record.items()}
    return {key: text for key, text in fields.items() if text is not None}
