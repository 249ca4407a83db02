"""Pair lines: questions and answers that a reply has behind labels, as in `Q:` and `A:`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dlm_lsp.synth.labelled_texts import NAMED_ROLES, Role, asked_roles, fold_roles
from dlm_lsp.synth.question_marks import is_question
from dlm_lsp.synth.raw_pair import RawPair

_BOLD = r"(?:\*\*|__)?"
_NUMBER = r"(?:[-*>•]\s++)?(?:\(?\d++\s*+[.):、]\s*+)?"
# One to three words; what is no letter in some script may be a part of one in another.
_WORD = r"[^\s\d:：.,;!?。，；！？、؟؛۔।։፧።*_#|<>(){}\[\]【】\"'`“”\\/=~]{1,24}"
_LABEL = rf"{_WORD}(?: {_WORD}){{0,2}}"
_TURN = re.compile(
    rf"\s*+(?:>\s*+)?(?:\#++\s*+)?{_BOLD}{_NUMBER}{_BOLD}[\[【(]?(?P<label>{_LABEL}?)"
    rf"\s*+(?:\#?\d++)?(?:{_BOLD}[\]】)]{_BOLD}\s*+[:：]?|{_BOLD}(?:\s*+[:：]|(?<=\d)[.)、]|(?<=[Qq])\.))"
    rf"\s*+{_BOLD}\s*+(?P<text>.*)"
)
_HEAD = re.compile(
    rf"\s*+(?:\#++\s*+{_BOLD}|\*\*|__){_NUMBER}(?P<label>{_LABEL}?)\s*+\d*+{_BOLD}\s*+"
)
# A second label in a line.
_INLINE = re.compile(
    rf"(?:\s|(?<=[?？؟。！]))(?={_BOLD}(?P<label>{_LABEL}?)\s?\d{{0,4}}{_BOLD}[:：])"
)
_MARKED = re.compile(
    r"\s*+(?:\#++\s+|(?:[-*]\s++)?\(?\d{1,4}[.)、]\s*+(?=\S)|(?=\*\*|__))(?P<text>\S.*)"
)
_ITEM_NUMBER = re.compile(r"\A\(?\d{1,4}[.)、]\s*+")
# What goes on with an answer behind a blank line: a list, a table, code, indented lines.
_GOES_ON = re.compile(r"\s*(?:[-*+•]|\(?(?:\d+|[a-z])[.)])\s+\S|\s{2,}\S|\s*(?:\||```)")
_LONGEST_LINE = 4000
_FindRole = Callable[[str], "str | None"]


@dataclass(slots=True)
class _Turn:
    label: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def named_lines(text: str, *, cut: bool) -> list[RawPair]:
    """Return the pairs behind lines that are labelled as question and answer."""
    return _fold(_turns(text, NAMED_ROLES.__contains__), NAMED_ROLES, cut=cut)


def asked_lines(text: str, *, cut: bool) -> list[RawPair]:
    """Return the pairs behind lines with any labels, by the question marks in them."""
    roles = asked_roles([(turn.label, turn.text) for turn in _turns(text, lambda _: True)])
    return _fold(_turns(text, roles.__contains__), roles, cut=cut)


def marked_lines(text: str, *, cut: bool) -> list[RawPair]:
    """Return the pairs of lines that are set off and ask, each with what stands behind it.

    A list of questions alone has no pairs: each but the last has to have its answer.
    """
    turns: list[_Turn] = []
    for turn in _turns(text, lambda _: False, is_head=_asks):
        turns += [_Turn("question", turn.lines[:1]), _Turn("answer", turn.lines[1:])]
    if not all(turn.text for turn in turns[:-1]):
        return []
    return [pair for pair in _fold(turns, NAMED_ROLES, cut=cut) if pair.answer]


def _fold(turns: Sequence[_Turn], roles: Mapping[str, Role], *, cut: bool) -> list[RawPair]:
    # The last turn of a reply that was cut is never whole.
    whole = turns[:-1] if cut else turns
    pairs = fold_roles((roles[turn.label], turn.text) for turn in whole)
    # YAML may quote its texts; a question is hardly ever a quotation.
    return [
        RawPair(pair.question[1:-1], pair.answer[1:-1], pair.evidence.strip('"'))
        if _is_quoted(pair.question) and _is_quoted(pair.answer)
        else pair
        for pair in pairs
    ]


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]


def _asks(line: str) -> str | None:
    """Return the words of a line that is a heading, a numbered item or bold, and a question."""
    marked = _MARKED.fullmatch(line) if len(line) < _LONGEST_LINE else None
    if not marked:
        return None
    words = marked["text"].strip()
    bold = words[:2] if words[:2] in ("**", "__") else ""
    if bold:
        if not words.endswith(bold) or words.count(bold) != 2:
            return None
        words = words[2:-2].strip()
    words = _ITEM_NUMBER.sub("", words)
    return words if is_question(words) else None


def _turns(
    text: str,
    is_label: Callable[[str], bool],
    is_head: Callable[[str], str | None] = lambda _: None,
) -> list[_Turn]:
    turns: list[_Turn] = []
    in_code = taking = paused = has_words = False
    lines = text.split("\n")
    lines.reverse()
    while lines:
        line = lines.pop()
        turn = None if in_code else _begun(line, is_label, lines)
        words = None if turn or in_code else is_head(line)
        if turn or words:
            turns.append(turn or _Turn("question", [words or ""]))
            # Under a heading everything is still to come.
            taking, paused, has_words = True, False, bool(turn and turn.lines[0])
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
            turns[-1].lines.append(line)
            has_words = has_words or bool(line)
    return turns


def _begun(line: str, is_label: Callable[[str], bool], rest: list[str]) -> _Turn | None:
    """Return the turn that begins with a line; what another label begins goes back to the rest."""
    if head := _HEAD.fullmatch(line):
        label = head["label"].lower()
        return _Turn(label, [""]) if is_label(label) else None
    found = _TURN.fullmatch(line)
    if not found or not is_label(label := found["label"].lower()):
        return None
    words = found["text"]
    for inline in _INLINE.finditer(words[:_LONGEST_LINE]):
        other = inline["label"].lower()
        if other == label or not is_label(other):
            continue
        after = words[inline.end() :]
        if is_question(words[: inline.start()]) or _asks_for(label, after[:_LONGEST_LINE]):
            rest.append(after)
            words = words[: inline.start()]
            break
    return _Turn(label, [_without_bold_end(words)])


def _asks_for(label: str, text: str) -> bool:
    """Tell whether a text is a labelled question, answered behind `label` in the same line."""
    asked = _TURN.fullmatch(text)
    inline = _INLINE.search(asked["text"]) if asked else None
    if not (asked and inline):
        return False
    return inline["label"].lower() == label and is_question(asked["text"][: inline.start()])


def _without_bold_end(line: str) -> str:
    """Return a turn without the end of a bold face that began before its `Q:`."""
    line = line.rstrip()
    for mark in ("**", "__"):
        if line.endswith(mark) and line.count(mark) % 2:
            return line.removesuffix(mark).rstrip()
    return line
