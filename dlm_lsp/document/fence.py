"""Fence lines: where a section starts, and lines that only look as if one did (format §3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.problem import Fix, Problem, Severity
from dlm_lsp.document.section import Media, SectionType

ADAPTER_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_PLAIN = re.compile(r"::([A-Za-z0-9_#-]+)::")
_WITH_ATTRIBUTES = re.compile(r'::([a-z][a-z0-9_]*)((?:\s+[a-z][a-z0-9_]*="[^"\n]*")+)\s*::')
# A run of letters and digits is looked at once, from its start.
ATTRIBUTE = re.compile(r'(?<![a-z0-9_])[0-9_]*+([a-z][a-z0-9_]*+)="([^"\n]*)"')
_ALMOST = re.compile(r":{1,3}\s*([A-Za-z]+)(#[A-Za-z0-9_-]*)?\s*:{0,3}")
_PADDING = " \t\u00a0\u200b\ufeff\u3000"
_ATTRIBUTES = {
    SectionType.IMAGE: (("path",), ("path", "alt")),
    SectionType.AUDIO: (("path", "transcript"), ("path", "transcript")),
}


@dataclass(frozen=True, slots=True)
class Fence:
    """The section that a fence line opens."""

    type: SectionType
    adapter: str | None = None
    media: Media | None = None


def read_fence(line: str, start: int) -> tuple[Fence | None, Sequence[Problem]]:
    """Read the line that stands at offset `start`.

    A line that opens no section gives None. A fence with an error still opens one, of the type it
    most likely means, so that the rest of the document keeps its shape.
    """
    if bare_fence := _BARE.get(line):
        return bare_fence, ()
    if match := _PLAIN.fullmatch(line):
        return _plain_fence(match[1], Span(start, start + len(line)))
    if match := _WITH_ATTRIBUTES.fullmatch(line):
        return _media_fence(match, start)
    return None, _near_miss(line, start)


def _plain_fence(name: str, span: Span) -> tuple[Fence, list[Problem]]:
    base, hash_mark, adapter = name.partition("#")
    name_span = Span(span.start + 2, span.start + 2 + len(base))
    adapter_span = Span(name_span.end, span.end - 2)
    problems = []
    type_ = _TYPES.get(base)
    if type_ is None:
        type_, problem = _unknown_type(base, name_span)
        problems.append(problem)
    elif type_ in _ATTRIBUTES:
        required = " ".join(f'{key}="…"' for key in _ATTRIBUTES[type_][0])
        problems.append(
            _error(
                "missing-attribute", span, f"`::{name}::` needs attributes: ::{base} {required}::"
            )
        )
    if hash_mark and not ADAPTER_NAME.fullmatch(adapter):
        message = (
            f"adapter name `{adapter}` is not 1 to 32 of a-z, 0-9 and _, a letter first"
            if adapter
            else "an adapter name is missing after #"
        )
        fix = Fix("Remove the adapter", (Edit(adapter_span, ""),))
        problems.append(_error("bad-adapter", adapter_span, message, fix))
        adapter = ""
    media = Media("", None, name_span) if type_ in _ATTRIBUTES else None
    return Fence(type_, adapter or None, media), problems


def _unknown_type(base: str, span: Span) -> tuple[SectionType, Problem]:
    suggestion = closest_name(base, _TYPES)
    if suggestion is None:
        type_names = ", ".join(_TYPES)
        message = f"there is no section type `{base}`; the types are {type_names}"
        return SectionType.PROSE, _error("unknown-section-type", span, message)
    message = f"there is no section type `{base}`; did you mean `{suggestion}`?"
    fix = Fix(f"Change to `{suggestion}`", (Edit(span, suggestion),))
    return SectionType(suggestion), _error("unknown-section-type", span, message, fix)


def _media_fence(match: re.Match[str], start: int) -> tuple[Fence, list[Problem]]:
    name = match[1]
    span = Span(start, start + match.end())
    name_span = Span(start + match.start(1), start + match.end(1))
    type_ = _TYPES.get(name)
    if type_ is None:
        type_, problem = _unknown_type(name, name_span)
        return Fence(type_, None, _no_media(type_, name_span)), [problem]
    if type_ not in _ATTRIBUTES:
        fix = Fix("Remove the attributes", (Edit(span, f"::{name}::"),))
        message = f"a `::{name}::` section takes no attributes"
        return Fence(type_), [_error("unknown-attribute", span, message, fix)]
    required, allowed = _ATTRIBUTES[type_]
    values: dict[str, str] = {}
    path_span = name_span
    problems = []
    for attribute in ATTRIBUTE.finditer(match[2]):
        offset = start + match.start(2)
        here = Span(offset + attribute.start(1), offset + attribute.end())
        key, value = attribute[1], attribute[2]
        if key in values:
            problems.append(
                _error("repeated-attribute", here, f"attribute `{key}` stands here twice")
            )
        elif key not in allowed:
            problems.append(_unknown_attribute(key, allowed, here))
        elif not value.isascii():
            message = f"attribute `{key}` may hold ASCII characters only"
            problems.append(_error("non-ascii-attribute", here, message))
        values.setdefault(key, value)
        if key == "path":
            path_span = Span(offset + attribute.start(2), offset + attribute.end(2))
    suggestions = {closest_name(key, allowed) for key in values}
    missing = [key for key in required if key not in values and key not in suggestions]
    if missing:
        names = " and ".join(f"`{key}`" for key in missing)
        problems.append(
            _error("missing-attribute", span, f"`::{name}::` lacks the attribute {names}")
        )
    text = values.get("alt" if type_ is SectionType.IMAGE else "transcript")
    return Fence(type_, None, Media(values.get("path", ""), text, path_span)), problems


def _unknown_attribute(key: str, allowed: tuple[str, ...], span: Span) -> Problem:
    suggestion = closest_name(key, allowed)
    if suggestion is None:
        message = f"there is no attribute `{key}` here; it takes {' and '.join(allowed)}"
        return _error("unknown-attribute", span, message)
    fix = Fix(
        f"Change to `{suggestion}`", (Edit(Span(span.start, span.start + len(key)), suggestion),)
    )
    message = f"there is no attribute `{key}` here; did you mean `{suggestion}`?"
    return _error("unknown-attribute", span, message, fix)


def _no_media(type_: SectionType, span: Span) -> Media | None:
    return Media("", None, span) if type_ in _ATTRIBUTES else None


def _near_miss(line: str, start: int) -> list[Problem]:
    bare = line.strip(_PADDING)
    span = Span(start, start + len(line))
    if bare.startswith(("::image ", "::audio ")):
        if _WITH_ATTRIBUTES.fullmatch(bare):
            return [_almost(span, bare, "blanks stand around it")]
        message = 'not a media fence: attributes are written key="value", the line ends with `::`'
        return [Problem("near-miss-fence", Severity.WARNING, span, message)]
    match = _ALMOST.fullmatch(bare)
    if match is None:
        return []
    type_ = closest_name(match[1], _TYPES)
    if type_ is None or (type_ != match[1].lower() and not bare.startswith("::")):
        return []
    correction = f"::{type_}{match[2] or ''}::"
    if _TYPES[type_] in _ATTRIBUTES:
        message = f'not a fence, so it is plain text: write `::{type_} path="…"::`'
        return [Problem("near-miss-fence", Severity.WARNING, span, message)]
    reason = "blanks stand around it" if bare == correction else f"write `{correction}`"
    return [_almost(span, correction, reason)]


def _almost(span: Span, correction: str, reason: str) -> Problem:
    fix = Fix(f"Change to `{correction}`", (Edit(span, correction),))
    message = f"not a fence, so it is plain text: {reason}"
    return Problem("near-miss-fence", Severity.WARNING, span, message, fix)


def _error(code: str, span: Span, message: str, fix: Fix | None = None) -> Problem:
    return Problem(code, Severity.ERROR, span, message, fix)


_TYPES = {str(type_): type_ for type_ in SectionType}
_BARE = {f"::{type_}::": Fence(type_) for type_ in SectionType if type_ not in _ATTRIBUTES}
