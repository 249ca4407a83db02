"""Section fields: the headers of a question-and-answer body, and their texts (format §6)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import line_break_of, with_line_feeds
from dlm_lsp.document.problem import Fix, Problem, Severity

QUESTION_AND_ANSWER = ("Q", "A")
PREFERENCE = ("Prompt", "Chosen", "Rejected")

_HEADER = re.compile(r"### (Q(?: !probe)?|A|Prompt|Chosen|Rejected)[^\S\r\n]*(?=[\r\n]|\Z)")
_ALMOST = re.compile(
    r"#{1,6}[^\S\r\n]*(q|a|question|answer|prompt|chosen|rejected)[^\S\r\n]*([:.]?)(?=[\r\n]|\Z)",
    re.IGNORECASE,
)
_TEXT_BESIDE = re.compile(r"### (Q|A|Prompt|Chosen|Rejected)(?:\b:?[^\S\r\n]+|:)(?=\S)([^\r\n]+)")
# Questions and answers without a `#` in them, in good order: nothing can be wrong with them.
_FAULTLESS = re.compile(
    r"""\s*+ (?: (?<![^\n\r]) \#\#\#\ Q (?:\ !probe)? [ \t]*+ [\r\n] \s*+ [^\#\s] [^\#]*+
                 (?<=[\n\r]) \#\#\#\ A [ \t]*+ [\r\n] \s*+ [^\#\s] [^\#]*+ )++ \Z""",
    re.VERBOSE,
)
_NOWHERE = Span(0, 0)
_FULL_NAMES = {"question": "Q", "answer": "A"}


@dataclass(frozen=True, slots=True)
class Field:
    """One header and the trimmed text under it, in line feeds."""

    name: str
    header: Span
    span: Span
    text: str
    probe: bool


def read_qa_fields(
    text: str, body: Span, names: Sequence[str], owner: Span = _NOWHERE
) -> tuple[list[tuple[Field, ...]], list[Problem]]:
    """Return every complete turn in `text[body]`, one field per name, and every problem.

    `owner` is blamed where the body holds no turn at all.
    """
    fields = list(_fields(text, body, names))
    problems = _around(text, body, fields, names)
    turns: list[tuple[Field, ...]] = []
    turn: list[Field] = []
    for field in fields:
        expected = names[len(turn)]
        if field.name != expected and turn:
            problems.append(_incomplete(turn, expected))
            turn = []
        if field.name != names[len(turn)]:
            problems.append(_out_of_order(field, names))
            continue
        if not field.text:
            problems.append(_empty(field))
        turn.append(field)
        if len(turn) == len(names):
            if all(part.text for part in turn):
                turns.append(tuple(turn))
            turn = []
    if turn:
        problems.append(_incomplete(turn, names[len(turn)]))
    if not fields:
        wanted = " and ".join(f"`### {name}`" for name in names)
        problems.append(_error("no-pairs", owner, f"this section has no {wanted}"))
    return turns, problems


def is_faultless(text: str, start: int, end: int, names: Sequence[str]) -> bool:
    """Tell quickly whether `read_qa_fields` would find no problem; False may be wrong."""
    return names is QUESTION_AND_ANSWER and _FAULTLESS.match(text, start, end) is not None


def is_qa_header(line: str, names: Sequence[str]) -> bool:
    """Tell whether `line` is the header of one of `names`."""
    match = _HEADER.fullmatch(line.strip())
    return match is not None and match[1].split()[0] in names


def _fields(text: str, body: Span, names: Sequence[str]) -> Iterator[Field]:
    headers = [
        match
        for match in _HEADER.finditer(text, body.start, body.end)
        if match[1].split()[0] in names and _opens_line(text, match.start(), body.start)
    ]
    for index, match in enumerate(headers):
        end = headers[index + 1].start() if index + 1 < len(headers) else body.end
        span = _trimmed(text, match.end(), end)
        yield Field(
            name=match[1].split()[0],
            header=Span(match.start(), match.start() + 4 + len(match[1])),
            span=span,
            text=with_line_feeds(text[span.start : span.end]),
            probe=match[1].endswith("!probe"),
        )


def _around(text: str, body: Span, fields: Sequence[Field], names: Sequence[str]) -> list[Problem]:
    problems = []
    first = fields[0].header.start if fields else body.end
    before = _trimmed(text, body.start, first)
    if before.start < before.end:
        message = (
            f"text before the first `### {names[0]}` belongs to no turn; move it to a prose section"
        )
        problems.append(_error("text-before-first-header", before, message))
    for match in _ALMOST.finditer(text, body.start, body.end):
        if _HEADER.match(text, match.start(), body.end) or not _opens_line(
            text, match.start(), body.start
        ):
            continue
        word = match[1].lower()
        name = _FULL_NAMES.get(word, word.capitalize())
        if name in names and (word in _FULL_NAMES or match[0].startswith("##")):
            span = Span(match.start(), match.end())
            message = f"not a header, so it is plain text: write `### {name}`"
            fix = Fix(f"Change to `### {name}`", (Edit(span, f"### {name}"),))
            problems.append(Problem("near-miss-header", Severity.WARNING, span, message, fix))
    line_break = line_break_of(text[body.start : body.end])
    for match in _TEXT_BESIDE.finditer(text, body.start, body.end):
        if (
            match[1] in names
            and match[2].strip() != "!probe"
            and _opens_line(text, match.start(), body.start)
        ):
            span = Span(match.start(), match.end())
            message = (
                f"not a header, so it is plain text: `### {match[1]}` stands alone on its line"
            )
            moved = f"### {match[1]}{line_break}{match[2].strip()}"
            fix = Fix("Move the text to the next line", (Edit(span, moved),))
            problems.append(Problem("near-miss-header", Severity.WARNING, span, message, fix))
    return problems


def _opens_line(text: str, offset: int, floor: int) -> bool:
    while offset > floor and text[offset - 1] not in "\r\n":
        offset -= 1
        if not text[offset].isspace():
            return False
    return True


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    stripped = piece.lstrip()
    start += len(piece) - len(stripped)
    return Span(start, start + len(stripped.rstrip()))


def _incomplete(turn: Sequence[Field], expected: str) -> Problem:
    last = turn[-1]
    message = f"`### {last.name}` is not followed by `### {expected}`"
    return _error("incomplete-turn", last.header, message)


def _out_of_order(field: Field, names: Sequence[str]) -> Problem:
    before = names[names.index(field.name) - 1]
    message = f"`### {field.name}` stands here without a `### {before}` before it"
    return _error("header-out-of-order", field.header, message)


def _empty(field: Field) -> Problem:
    return _error("empty-text", field.header, f"there is no text under `### {field.name}`")


def _error(code: str, span: Span, message: str, fix: Fix | None = None) -> Problem:
    return Problem(code, Severity.ERROR, span, message, fix)
