"""Marker lines: where a section came from, in an HTML comment under its fence (format §4)."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import after_break
from dlm_lsp.document.problem import Fix, Problem, Severity

MARKER_HINT = "dlm-auto"
"""What every marker line contains; a line without it needs no second look."""

_MARKER = re.compile(r"<!-- dlm-auto-(synth|mined):(.*) -->")
# A synth marker as it is nearly always written, line break included, with nothing wrong in it.
_USUAL = re.compile(
    r'<!-- dlm-auto-synth: synth_teacher="[^"\n\r]+" synth_strategy="[^"\n\r]+"'
    r' synth_at="\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"'
    r' source_section_id="[0-9a-f]{16}" -->(?:\r\n|\n)',
    re.ASCII,
)
_LINE = re.compile(r"[^\n\r]*")
_HARVEST = re.compile(r'<!-- dlm-auto-harvest: source="([^"]*)" -->')
_ATTRIBUTES = re.compile(r'(?:\s+[a-z][a-z0-9_]*="[^"\n]*")+')
_ATTRIBUTE = re.compile(r'(?<![a-z0-9_])([a-z][a-z0-9_]*)="([^"\n]*)"')
_LOOK_ALIKE = re.compile(r"\s*<!-{1,3}\s*dlm-auto[-_ ]?([a-z]*)", re.IGNORECASE)
_SECTION_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class SynthMarker:
    """The provenance of a synthesized instruction section."""

    synth_teacher: str
    synth_strategy: str
    synth_at: str
    source_section_id: str

    def line(self) -> str:
        """Return the marker as it stands in a document, without a line break."""
        attributes = " ".join(f'{key}="{getattr(self, key)}"' for key in _SYNTH)
        return f"<!-- dlm-auto-synth: {attributes} -->"


@dataclass(frozen=True, slots=True)
class MinedMarker:
    """The provenance of a mined preference section."""

    judge_name: str
    judge_score_chosen: float
    judge_score_rejected: float
    mined_at: str
    mined_run_id: int


@dataclass(frozen=True, slots=True)
class HarvestMarker:
    """The run that a harvested section came from."""

    source: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker and the line it stands on, without its line break."""

    value: SynthMarker | MinedMarker | HarvestMarker
    span: Span


def skip_markers(text: str, at: int, end: int, section_type: str) -> tuple[int, Sequence[Problem]]:
    """Return where the content behind the markers at the head of `text[at:end]` starts.

    Markers with an error in them are skipped too; the problems say what is wrong with them.
    """
    problems: list[Problem] = []
    start, lines = at, 0
    while text.startswith("<!--", at, end):
        usual = _USUAL.match(text, at, end) if section_type == "instruction" else None
        if usual:
            at = usual.end()
            lines += 1
            continue
        line = _line_at(text, at)
        read = _read(line, at, section_type)
        if read is None:
            break
        problems += read[1]
        at = after_break(text, at + len(line))
        lines += 1
    if lines > 1:
        problems += _repeated(text, Span(start, at), section_type)
    return at, problems


def _repeated(text: str, span: Span, section_type: str) -> Iterator[Problem]:
    before: dict[type, Span] = {}
    for marker in read_markers(text, span, section_type):
        kind = type(marker.value)
        if earlier := before.get(kind):
            whole = Span(earlier.start, after_break(text, earlier.end))
            fix = Fix("Remove the earlier marker", (Edit(whole, ""),))
            message = "a marker of this kind stands above already: only the last one counts"
            yield _warning("repeated-marker", marker.span, message, fix)
        before[kind] = marker.span


def read_markers(text: str, span: Span, section_type: str) -> Iterator[Marker]:
    """Yield every well-formed marker in `text[span]`, which holds marker lines only."""
    at = span.start
    while at < span.end:
        line = _line_at(text, at)
        read = _read(line, at, section_type)
        if read and read[0]:
            yield Marker(read[0], Span(at, at + len(line)))
        at = after_break(text, at + len(line))


def _read(
    line: str, start: int, section_type: str
) -> tuple[SynthMarker | MinedMarker | HarvestMarker | None, list[Problem]] | None:
    if match := _HARVEST.fullmatch(line):
        return HarvestMarker(match[1]), []
    match = _MARKER.fullmatch(line)
    if match is None or section_type not in _HOMES[match[1]]:
        return None
    problems = _attribute_problems(match, start)
    if problems:
        return None, problems
    values = dict(_ATTRIBUTE.findall(match[2]))
    if match[1] == "synth":
        return SynthMarker(**values), []
    mined = MinedMarker(
        values["judge_name"],
        float(values["judge_score_chosen"]),
        float(values["judge_score_rejected"]),
        values["mined_at"],
        int(values["mined_run_id"]),
    )
    return mined, []


def _line_at(text: str, start: int) -> str:
    match = _LINE.match(text, start)
    return match[0] if match else ""


def is_marker(line: str) -> bool:
    """Tell whether `line` is a well-formed marker of any kind."""
    if _HARVEST.fullmatch(line):
        return True
    match = _MARKER.fullmatch(line)
    return match is not None and not _attribute_problems(match, 0)


def looks_like_marker(line: str) -> bool:
    """Tell whether a person would take `line` for a marker."""
    return _LOOK_ALIKE.match(line) is not None


def stray_marker_problem(line: str, span: Span, section_type: str, home: int) -> Problem | None:
    """Say why a line that looks like a marker does not count as one.

    `home` is the offset right under the section's fence and markers, where one more would count.
    """
    match = _LOOK_ALIKE.match(line)
    if match is None:
        return None
    kind = closest_name(match[1], _KINDS) or ""
    homes = _HOMES.get(kind)
    if homes and section_type not in homes:
        where = ":: or ::".join(homes)
        message = f"a dlm-auto-{kind} marker counts only under ::{where}::; here it is plain text"
        return _warning("marker-on-wrong-section", span, message)
    correction = _mended(line)
    if is_marker(correction):
        if home == span.start:
            fix = Fix("Mend the marker", (Edit(span, correction),))
            return _warning(
                "near-miss-marker", span, "not exactly a marker, so it is plain text", fix
            )
        message = "a marker counts only right under the fence; here it is plain text"
        return _warning("misplaced-marker", span, message)
    message = f"not a marker, so it is plain text: write `{_EXAMPLE.get(kind, _EXAMPLE['synth'])}`"
    return _warning("near-miss-marker", span, message)


def _mended(line: str) -> str:
    match = _LOOK_ALIKE.match(line)
    kind = closest_name(match[1], _KINDS) if match else None
    attributes = " ".join(f'{key}="{value}"' for key, value in _ATTRIBUTE.findall(line))
    return f"<!-- dlm-auto-{kind}: {attributes} -->" if kind else line.strip()


def _attribute_problems(match: re.Match[str], start: int) -> list[Problem]:
    name = f"dlm-auto-{match[1]} marker"
    line = Span(start + match.start(), start + match.end())
    keys = _SYNTH if match[1] == "synth" else _MINED
    if not _ATTRIBUTES.fullmatch(match[2]):
        message = f'malformed {name}: attributes are written key="value" with one blank between'
        return [_invalid(line, message)]
    problems = []
    values: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(match[2]):
        key, value = attribute[1], attribute[2]
        offset = start + match.start(2)
        here = Span(offset + attribute.start(), offset + attribute.end())
        if key in values:
            problems.append(_invalid(here, f"the {name} has `{key}` twice"))
        elif key not in keys:
            problems.append(_unknown_key(key, keys, name, here))
        elif complaint := keys[key](value):
            value_span = Span(offset + attribute.start(2), offset + attribute.end(2))
            problems.append(_invalid(value_span, f"`{key}` {complaint}"))
        values[key] = value
    suggestions = {closest_name(key, keys) for key in values if key not in keys}
    missing = [f"`{key}`" for key in keys if key not in values and key not in suggestions]
    if missing:
        problems.append(_invalid(line, f"the {name} lacks {' and '.join(missing)}"))
    return problems


def _unknown_key(key: str, keys: dict[str, "_Check"], name: str, span: Span) -> Problem:
    suggestion = closest_name(key, keys)
    if suggestion is None:
        return _invalid(span, f"the {name} has no attribute `{key}`; there is no room for more")
    fix = Fix(
        f"Change to `{suggestion}`", (Edit(Span(span.start, span.start + len(key)), suggestion),)
    )
    return _invalid(span, f"the {name} has no attribute `{key}`; did you mean `{suggestion}`?", fix)


def _invalid(span: Span, message: str, fix: Fix | None = None) -> Problem:
    return Problem("invalid-marker", Severity.ERROR, span, message, fix)


def _warning(code: str, span: Span, message: str, fix: Fix | None = None) -> Problem:
    return Problem(code, Severity.WARNING, span, message, fix)


_Check = Callable[[str], str | None]


def _any(_: str) -> None:
    return None


def _filled(value: str) -> str | None:
    return None if value else "is empty"


def _time(value: str) -> str | None:
    try:
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return "is not an ISO-8601 time, such as 2026-01-31T09:30:00Z"
    return None


def _hex_id(value: str) -> str | None:
    return (
        None if _SECTION_ID.fullmatch(value) else "is not a section id of 16 lower-case hex digits"
    )


def _finite(value: str) -> str | None:
    try:
        return None if math.isfinite(float(value)) else "is not a finite number"
    except ValueError:
        return "is not a number"


def _run_id(value: str) -> str | None:
    try:
        return None if int(value) >= 1 else "is not 1 or more"
    except ValueError:
        return "is not a whole number"


_SYNTH: dict[str, _Check] = {
    "synth_teacher": _filled,
    "synth_strategy": _filled,
    "synth_at": _time,
    "source_section_id": _hex_id,
}
_MINED: dict[str, _Check] = {
    "judge_name": _any,
    "judge_score_chosen": _finite,
    "judge_score_rejected": _finite,
    "mined_at": _time,
    "mined_run_id": _run_id,
}
_HOMES = {
    "synth": ("instruction",),
    "mined": ("preference",),
    "harvest": ("instruction", "preference"),
}
_KINDS = ("synth", "mined", "harvest")
_EXAMPLE = {
    "synth": (
        '<!-- dlm-auto-synth: synth_teacher="…" synth_strategy="…" synth_at="…"'
        ' source_section_id="…" -->'
    ),
    "mined": (
        '<!-- dlm-auto-mined: judge_name="…" judge_score_chosen="…" judge_score_rejected="…"'
        ' mined_at="…" mined_run_id="…" -->'
    ),
    "harvest": '<!-- dlm-auto-harvest: source="…" -->',
}
