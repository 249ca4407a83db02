"""Well-formed pairs: words that can stand in a document as exactly one pair (format §6)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dlm_lsp.document.conflict import conflict_problems
from dlm_lsp.document.edit import Span
from dlm_lsp.document.fence import read_fence
from dlm_lsp.document.hidden_characters import (
    character_names,
    misleading_characters,
    without_hidden_characters,
)
from dlm_lsp.document.marker import looks_like_marker
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, is_qa_header, read_qa_fields
from dlm_lsp.document.section import Pair

# Everything that some reader of text, such as str.splitlines, takes for the end of a line.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_CODE = "```"


@dataclass(frozen=True, slots=True)
class PairFault:
    """Why a pair cannot be written: a stable reason and a line for a person."""

    reason: str
    detail: str


def well_formed(question: str, answer: str) -> Pair | PairFault:
    """Return the pair as it will read back from a document, or why it cannot stand in one.

    Paragraphs are parted by one line feed, blank lines stay inside code blocks only, control
    characters go, and so do those that hide or reorder text, except where a script needs them.
    Nothing else of the words is changed.
    """
    for name, text in (("question", question), ("answer", answer)):
        if places := misleading_characters(text):
            detail = f"the {name} hides what it says with {character_names(text, places)}"
            return PairFault("invalid_structure", detail)
    pair = Pair(_normalised(question), _normalised(answer))
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        if fault := _fault(name, text):
            return fault
    body = body_of(pair)
    if any(conflict_problems(body, Span(0, len(body)))):
        return PairFault("invalid_structure", "it holds the lines of a merge conflict")
    turns, problems = read_qa_fields(body, Span(0, len(body)), QUESTION_AND_ANSWER)
    read = [(q.text, a.text) for q, a in turns]
    if problems or read != [(pair.question, pair.answer)]:
        detail = problems[0].message if problems else "it does not read back as it was written"
        return PairFault("invalid_structure", detail)
    return pair


def body_of(pair: Pair) -> str:
    """Return the body of an instruction section that holds just `pair`, in line feeds."""
    probe = " !probe" if pair.probe else ""
    return f"### Q{probe}\n{pair.question}\n### A\n{pair.answer}"


def _normalised(raw: str) -> str:
    broken = _LINE_ENDS.sub("\n", raw)
    # Trimmed before its lines are looked at: what then stands at the head of a line stays there.
    printable = "".join(c for c in broken if c in "\n\t" or unicodedata.category(c) != "Cc")
    text = without_hidden_characters(printable).strip()
    lines = []
    in_code = False
    for line in text.split("\n"):
        if line.startswith(_CODE):
            in_code = not in_code
        if line.strip() or in_code:
            lines.append(line.rstrip())
    return "\n".join(lines)


def _fault(name: str, text: str) -> PairFault | None:
    if not text or (name == "question" and not any(map(str.isalnum, text))):
        return PairFault("empty_pair", f"the {name} is empty")
    for structure in _structures(text):
        return PairFault("invalid_structure", f"the {name} holds {structure}")
    return None


def _structures(text: str) -> Iterator[str]:
    """Yield everything in `text` that would not stay mere text in a document."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        yield "half a character (a lone surrogate)"
    in_code = False
    for line in text.split("\n"):
        if is_qa_header(line, QUESTION_AND_ANSWER):
            yield f"the header line `{line.strip()}`"
        if looks_like_marker(line):
            yield "a line that looks like a marker"
        if line.startswith(_CODE):
            in_code = not in_code
        elif not in_code and any(read_fence(line, 0)):
            yield f"the fence line `{line.strip()}`"
    if in_code:
        yield "a code block that is never closed"
