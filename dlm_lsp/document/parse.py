"""Parsing: from text to Document; never fails, one pass, every problem (format §1 to §6)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from dlm_lsp.document.conflict import conflict_problems
from dlm_lsp.document.document import Document
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.fence import Fence, read_fence
from dlm_lsp.document.hidden_characters import hidden_character_problems
from dlm_lsp.document.lines import (
    LINE_BREAK,
    after_break,
    with_line_feeds,
    without_last_break,
)
from dlm_lsp.document.marker import (
    MARKER_HINT,
    looks_like_marker,
    skip_markers,
    stray_marker_problem,
)
from dlm_lsp.document.problem import Fix, Problem, Severity
from dlm_lsp.document.qa_fields import (
    PREFERENCE,
    QUESTION_AND_ANSWER,
    is_faultless,
    read_qa_fields,
)
from dlm_lsp.document.section import Section, SectionType, section_id

if TYPE_CHECKING:
    from dlm_lsp.document.schema import Frontmatter

HEAD_REACH = 2000
"""How far below the first line a frontmatter is looked for that is not on top."""

_DELIMITER = "---"
# A line that may be a fence or switch code mode. The leading break lets the search jump from line
# to line; the first line of the body has one before it, except in a text without frontmatter.
_CANDIDATE = re.compile(r"[\n\r](```|[ \t\u00a0\u200b\ufeff\u3000]*:[^\n\r]*)")
_CANDIDATE_AFTER_LF = re.compile(_CANDIDATE.pattern.replace(r"[\n\r](", r"\n(", 1))
_FIRST_CANDIDATE = re.compile(_CANDIDATE.pattern.removeprefix(r"[\n\r]"))
_LINE = re.compile(r"[^\n\r]*")
_CLOSING = re.compile(r"[\n\r]---(?=[\n\r]|\Z)")
_CODE = "```"
_COMMENT = "<!--"
_MARKED = (SectionType.INSTRUCTION, SectionType.PREFERENCE)


def parse(text: str) -> Document:
    """Return the Document that `text` is, whatever it is."""
    head = read_head(text)
    problems = list(head.problems)
    body = Span(head.end, len(text))
    sections = tuple(Body(text, body, problems).sections())
    problems.sort(key=lambda problem: problem.span)
    return Document(text, head.frontmatter, head.yaml, body, sections, tuple(problems))


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body, which begins at `end`.

    `closed` tells that there are both lines of three dashes.
    """

    frontmatter: "Frontmatter | None"
    yaml: Span
    end: int
    closed: bool
    problems: tuple[Problem, ...]


def read_head(text: str) -> Head:
    """Return what stands before the body of `text`."""
    start = 1 if text.startswith("\ufeff") else 0
    yaml, end, problems = _split(text, start)
    if yaml is None:
        return Head(None, Span(start, start), end, closed=False, problems=tuple(problems))
    # To import its schema takes a quarter of the server's start, which needs no document yet.
    from dlm_lsp.document.frontmatter import read_frontmatter

    frontmatter, problems = read_frontmatter(text, yaml)
    problems += hidden_character_problems(text, yaml)
    if conflicts := list(conflict_problems(text, yaml)):
        # The rest is no more than what two versions one below the other look like.
        problems = conflicts
    end = after_break(text, end)
    return Head(frontmatter, yaml, end, closed=True, problems=tuple(problems))


def missing_media(document: Document, exists: Callable[[str], bool]) -> list[Problem]:
    """Return a problem for each image or audio section whose path `exists` denies."""
    return [
        Problem(
            "missing-file",
            Severity.WARNING,
            section.media.path_span,
            f"there is no file `{section.media.path}` beside the document",
        )
        for section in document.sections
        if section.media and section.media.path and not exists(section.media.path)
    ]


def _split(text: str, start: int) -> tuple[Span | None, int, list[Problem]]:
    """Return where the YAML stands and where what follows it begins."""
    first = _line_at(text, start)
    if text[first.start : first.end] != _DELIMITER:
        return None, start, [_no_frontmatter(text, first)]
    closing = _CLOSING.search(text, first.end)
    if closing:
        yaml = Span(after_break(text, first.end), closing.start() + 1)
        return yaml, after_break(text, closing.end()), []
    message = "the frontmatter is not closed: no later line is exactly `---`"
    problem = Problem("unclosed-frontmatter", Severity.ERROR, first, message)
    return None, len(text), [problem]


def _no_frontmatter(text: str, first: Span) -> Problem:
    message = "a document starts with a line that is exactly `---`, then its frontmatter"
    almost = text[first.start : first.end].strip() == _DELIMITER
    fix: Fix | None
    if almost:
        fix = Fix("Change to `---`", (Edit(first, _DELIMITER),), is_safe=True)
    else:
        from dlm_lsp.document.new_frontmatter import add_frontmatter

        fix = add_frontmatter(text, first.start, HEAD_REACH)
    return Problem("missing-frontmatter", Severity.ERROR, first, message, fix)


class Body:
    """The walk through one body; it keeps what is the same for every section.

    What is wrong in it is added to `problems`.
    """

    def __init__(self, text: str, body: Span, problems: list[Problem]) -> None:
        self._text = text
        self._span = body
        self._problems = problems
        self._with_cr = "\r" in text
        self._is_ascii = text.isascii()
        self._code_at = -1

    @property
    def ends_in_code(self) -> bool:
        """Whether a code block is still open at the end, once all fences were read."""
        return self._code_at >= 0

    def fences(self) -> Iterator[tuple[Fence, int, int]]:
        """Yield the lines that open a section, in order: each fence, its start and its end."""
        code_at = -1
        for match in self._candidates():
            line = match[1]
            if line == _CODE:
                code_at = -1 if code_at >= 0 else match.start(1)
            elif code_at < 0:
                at, end = match.span(1)
                fence, fence_problems = read_fence(line, at)
                if fence_problems:
                    self._problems += fence_problems
                if fence:
                    yield fence, at, end
        self._code_at = code_at

    def sections(self) -> Iterator[Section]:
        """Yield the sections in order."""
        fence, fence_end = Fence(SectionType.PROSE), None
        start = self._span.start
        for next_fence, at, end in self.fences():
            if section := self._section(fence, start, fence_end, at):
                yield section
            fence, start, fence_end = next_fence, at, end
        if section := self._section(fence, start, fence_end, self._span.end):
            yield section
        if self.ends_in_code:
            self._problems.append(_unclosed_code(self._text, self._code_at))

    def _candidates(self) -> Iterator[re.Match[str]]:
        start, end = self._span
        first = _FIRST_CANDIDATE.match(self._text, start, end)
        pattern = _CANDIDATE if self._with_cr else _CANDIDATE_AFTER_LF
        return chain([first] if first else [], pattern.finditer(self._text, start, end))

    def _section(self, fence: Fence, start: int, fence_end: int | None, end: int) -> Section | None:
        text, type_ = self._text, fence.type
        at = start if fence_end is None else after_break(text, fence_end)
        if type_ in _MARKED and text.startswith(_COMMENT, at):
            at, marker_problems = skip_markers(text, at, end, type_)
            self._problems += marker_problems
        body_end = without_last_break(text, at, end)
        content = text[at:body_end]
        if self._with_cr:
            content = with_line_feeds(content)
        if type_ is SectionType.PROSE and (not content or content.isspace()):
            return None
        if MARKER_HINT in content:
            self._problems += _stray_markers(text, Span(at, body_end), type_)
        if type_ in _MARKED:
            names = QUESTION_AND_ANSWER if type_ is SectionType.INSTRUCTION else PREFERENCE
            if not is_faultless(text, at, body_end, names):
                body = Span(at, body_end)
                owner = body if fence_end is None else Span(start, fence_end)
                self._problems += read_qa_fields(text, body, names, owner)[1]
        self._problems += conflict_problems(text, Span(start, end))
        if not self._is_ascii:
            self._problems += hidden_character_problems(text, Span(start, end))
        media = fence.media
        id_ = section_id(type_, media.path if media else content)
        return Section(
            type_, fence.adapter, start, fence_end, at, body_end, end, content, id_, media, text
        )


def _stray_markers(text: str, body: Span, type_: SectionType) -> Iterator[Problem]:
    in_code = False
    for line in _lines(text, body):
        words = text[line.start : line.end]
        if words.startswith(_CODE):
            in_code = not in_code
        elif not in_code and looks_like_marker(words):
            problem = stray_marker_problem(words, line, type_, body.start)
            if problem:
                yield problem


def _unclosed_code(text: str, at: int) -> Problem:
    message = "this code block is never closed: everything below it is code, fences too"
    end = len(text)
    line_break = LINE_BREAK.search(text, at)
    before = "" if text.endswith(("\n", "\r")) else line_break[0] if line_break else "\n"
    closing = f"{before}{_CODE}"
    fix = Fix("Close the code block at the end", (Edit(Span(end, end), closing),))
    return Problem("unclosed-code", Severity.ERROR, Span(at, at + len(_CODE)), message, fix)


def _line_at(text: str, start: int) -> Span:
    match = _LINE.match(text, start)
    return Span(start, match.end() if match else start)


def _lines(text: str, span: Span) -> Iterator[Span]:
    at = span.start
    for match in LINE_BREAK.finditer(text, span.start, span.end):
        yield Span(at, match.start())
        at = match.end()
    yield Span(at, span.end)
