"""Default-ignorable characters: those that reorder or hide text, and those that a script needs.

Unicode calls most of them Default_Ignorable_Code_Point or Bidi_Control; that some stay follows what
Unicode says of joiners (chapter 23), variation sequences and emoji (UTS #51).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.problem import Fix, Problem, Severity

# Format characters (Cf) but for those that are drawn, fillers, variation selectors and plane 14.
_CANDIDATE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE = re.compile(r"[^\n\r]+")
_OVERRIDES = "\u202d\u202e"
_TAG = re.compile("[\U000e0000-\U000e007f]")
# The flags of England, Scotland and their like are spelt in tags.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
# What begins an embedding or an isolate, and what ends it.
_EMBEDDINGS = dict.fromkeys("\u202a\u202b", "\u202c") | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
_DIRECTION_CONTROLS = frozenset((*_EMBEDDINGS, *_EMBEDDINGS.values(), *_OVERRIDES))
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_JOINER = "\u200d"
# They stand between letters of scripts that join or that are written without blanks.
_AMONG_LETTERS = "\u180e\u200b\u200c\u200d"
_JAMO_FILLERS = "\u115f\u1160"
_GRAPHEME_JOINER = "\u034f"
_EMOJI_SELECTOR, _KEYCAP = "\ufe0f\u20e3"
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SYMBOLS = ("So", "Sm", "Sk")
_NAMED = 3


def hidden_characters(text: str) -> list[int]:
    """Return where in `text` characters stand that reorder or hide text and that no script needs.

    What stands on another line makes no difference.
    """
    if text.isascii() or not _CANDIDATE.search(text):
        return []
    return [at for line in _LINE.finditer(text) for at in _on_line(text, Span(*line.span()))]


def without_hidden_characters(text: str) -> str:
    """Return `text` without its hidden characters and without controls of direction.

    Words are learned in the order that they are written in, however they are drawn.
    """
    if text.isascii():
        return text
    text = "".join(character for character in text if character not in _DIRECTION_CONTROLS)
    hidden = hidden_characters(text)
    edges = zip((-1, *hidden), (*hidden, len(text)), strict=True)
    return "".join(text[before + 1 : after] for before, after in edges) if hidden else text


def misleading_characters(text: str) -> list[int]:
    """Return the hidden characters without which `text` would say something else.

    They are overrides, which turn the order of letters round, and tags, which spell hidden words.
    """
    return [at for at in hidden_characters(text) if text[at] in _OVERRIDES or _TAG.match(text, at)]


def hidden_character_problems(text: str, span: Span) -> Iterator[Problem]:
    """Yield a problem for each line of `text[span]` with hidden characters, and its fix."""
    if text.isascii() or not _CANDIDATE.search(text, span.start, span.end):
        return
    for line in _LINE.finditer(text, span.start, span.end):
        hidden = list(_on_line(text, Span(*line.span())))
        if not hidden:
            continue
        # An editor can underline only what it draws.
        here = Span(max(line.start(), hidden[0] - 1), min(line.end(), hidden[-1] + 2))
        fix = Fix("Remove what is hidden", tuple(Edit(Span(at, at + 1), "") for at in hidden))
        message = f"nobody sees what stands here, or what it does: {character_names(text, hidden)}"
        yield Problem("hidden-characters", Severity.WARNING, here, message, fix)


def character_names(text: str, places: Sequence[int]) -> str:
    """Return the names of the characters at `places`, each once and not very many."""
    counts: dict[str, int] = {}
    for at in places:
        counts[text[at]] = counts.get(text[at], 0) + 1
    names = [
        f"{unicodedata.name(character, 'unassigned')} (U+{ord(character):04X})"
        + (f" {count} times" if count > 1 else "")
        for character, count in counts.items()
    ]
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])


def _on_line(text: str, line: Span) -> Iterator[int]:
    candidates = [match.start() for match in _CANDIDATE.finditer(text, line.start, line.end)]
    if not candidates:
        return
    right_to_left = _has_right_to_left(text[line.start : line.end])
    controls = [text[at] for at in candidates if text[at] in _DIRECTION_CONTROLS]
    well_nested = right_to_left and _is_well_nested(controls)
    in_flags = frozenset(
        at for flag in _FLAG.finditer(text, line.start, line.end) for at in range(*flag.span())
    )
    for at in candidates:
        if text[at] in _DIRECTION_MARKS:
            needed = right_to_left
        elif text[at] in _DIRECTION_CONTROLS:
            needed = well_nested
        else:
            needed = at in in_flags or _is_needed(text, at)
        if not needed:
            yield at


def _is_well_nested(controls: Sequence[str]) -> bool:
    ends: list[str] = []
    for control in controls:
        if control in _EMBEDDINGS:
            ends.append(_EMBEDDINGS[control])
        elif not ends or ends.pop() != control:
            return False
    return not ends


def _is_needed(text: str, at: int) -> bool:
    """Tell whether the character at `at` makes a difference to what is drawn around it."""
    character = text[at]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if character in _AMONG_LETTERS and (_joins(before) or _joins(after)):
        return True
    if character == _JOINER:
        base = text[at - 2 : at - 1] if before == _EMOJI_SELECTOR else before
        return _is_symbol(base) and _is_symbol(after)
    if _SELECTORS.match(character):
        is_keycap = character == _EMOJI_SELECTOR and after == _KEYCAP
        return is_keycap or (before > "\x7f" and not _CANDIDATE.match(before))
    if character in _JAMO_FILLERS:
        return _is_jamo(before) or _is_jamo(after)
    return (
        character == _GRAPHEME_JOINER
        and unicodedata.category(before or " ") == "Mn"
        and not _CANDIDATE.match(before)
    )


def _joins(character: str) -> bool:
    """Tell whether a letter or sign is of a script that has no capitals and no wide letters."""
    return (
        bool(character)
        and unicodedata.category(character) in ("Lo", "Mn", "Mc")
        and unicodedata.east_asian_width(character) not in ("W", "F")
        and not _CANDIDATE.match(character)
    )


def _is_symbol(character: str) -> bool:
    return character > "\x7f" and unicodedata.category(character) in _SYMBOLS


def _is_jamo(character: str) -> bool:
    return (
        bool(character)
        and unicodedata.name(character, "").startswith("HANGUL ")
        and (not _CANDIDATE.match(character))
    )


def _has_right_to_left(line: str) -> bool:
    return any(
        unicodedata.bidirectional(character) in ("R", "AL") and character not in _DIRECTION_MARKS
        for character in line
    )
