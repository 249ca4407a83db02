"""Diagnostics: problems of a document, and how its synthesized sections stand."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from dlm_lsp.document.edit import Span
from dlm_lsp.document.incremental import (
    IncrementalDocument,
    SectionText,
    move_fix,
    same_ends,
)
from dlm_lsp.document.section import PlacedPair
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel, RelatedInformation
from dlm_lsp.ide.lone_cr import lone_cr
from dlm_lsp.ide.pair_check_results import NOTHING_CHECKED, PairCheckResults, PairKey
from dlm_lsp.ide.section_diagnostics import (
    SamePair,
    SectionContext,
    SectionDiagnostic,
    section_diagnostics,
)

# An editor that is handed more marks than this has no time left to draw them; so many of them may
# be about where sections came from.
MAX_DIAGNOSTICS = 1_000
MAX_PROVENANCE_HINTS = 500


class PlacedDiagnostic(NamedTuple):
    """A diagnostic in offsets into its part, which part that is, and which it relates to.

    While nothing changes but where a section stands, `relative` is the same object.
    """

    relative: Diagnostic
    part_index: int
    related_index: int | None

    def moved(self, offsets: Sequence[int]) -> Diagnostic:
        """Return the diagnostic in the whole text, whose parts begin at `offsets`."""
        relative, by = self.relative, offsets[self.part_index]
        related = relative.related
        if self.related_index is not None:
            related_by = offsets[self.related_index]
            related = tuple(
                RelatedInformation(_move(place.span, related_by), place.message)
                for place in related
            )
        return Diagnostic(
            relative.code,
            relative.level,
            _move(relative.span, by),
            relative.message,
            move_fix(relative.fix, by) if relative.fix else None,
            related,
            relative.section_id,
            relative.source_id,
        )


def diagnostics(
    incremental: IncrementalDocument,
    *,
    provenance_level: DiagnosticLevel | None,
    check_results: PairCheckResults = NOTHING_CHECKED,
    media_exists: Callable[[str], bool] = lambda _: True,
    found_elsewhere: Sequence[Diagnostic] = (),
    within: Span | None = None,
) -> list[Diagnostic]:
    """Return what is to be marked, in the order of the text; of too much, the last tells the rest.

    `provenance_level` is how loudly to say where each synthesized section came from (None: not at
    all), `check_results` what the pair checks found. What was `found_elsewhere`, and what else is
    about the text as a whole, comes first. With `within` only that part of the text is looked at,
    and all that touches it is marked.
    """
    if within is None:
        found = IncrementalDiagnostics().of(
            incremental,
            provenance_level=provenance_level,
            check_results=check_results,
            media_exists=media_exists,
            found_elsewhere=found_elsewhere,
        )
        return [placed.moved(incremental.offsets) for placed in found]
    look = _Look(incremental, provenance_level, check_results, media_exists)
    # What is wrong with a first line that opens no frontmatter is the head's, and in the body.
    first = max(1, incremental.index_at(max(0, within.start - 1)))
    last = incremental.index_at(within.end)
    touched = [(index, look.at(index)) for index in (0, *range(first, last + 1))]
    touched.insert(0, (0, _whole(incremental, found_elsewhere)))
    everything = [
        _place(found, index, incremental).moved(incremental.offsets)
        for index, section in touched
        for found in (section.diagnostics if section else ())
    ]
    return [diagnostic for diagnostic in everything if _touches(diagnostic.span, within)]


class IncrementalDiagnostics:
    """The diagnostics of one document; after an edit only those of few sections are made anew."""

    def __init__(self) -> None:
        self._parts: tuple[SectionText, ...] = ()
        self._marked: list[_MarkedSection | None] = []
        self._check_results = NOTHING_CHECKED
        self._provenance_level: DiagnosticLevel | None = None

    def of(
        self,
        incremental: IncrementalDocument,
        *,
        provenance_level: DiagnosticLevel | None,
        check_results: PairCheckResults = NOTHING_CHECKED,
        media_exists: Callable[[str], bool] = lambda _: True,
        found_elsewhere: Sequence[Diagnostic] = (),
    ) -> list[PlacedDiagnostic]:
        """Return what `diagnostics` does, each where its section stands."""
        parts, before = incremental.parts, self._parts
        if provenance_level is not self._provenance_level:
            before = ()
        above, below = same_ends(before, parts)
        old, new = slice(above, len(before) - below), slice(above, len(parts) - below)
        changed = set(map(_ID, before[old])).union(map(_ID, parts[new]))
        changed.update(_changed_results(self._check_results, check_results))
        # There is no telling when a file comes or goes.
        changed.add(_ALWAYS)
        look = _Look(incremental, provenance_level, check_results, media_exists)
        marked = self._marked[: len(before)]
        marked[old] = [None] * len(parts[new])
        for index, section in enumerate(marked):
            if section and not section.depends_on.isdisjoint(changed):
                marked[index] = look.at(index)
        marked[new] = map(look.at, range(new.start, new.stop))
        self._parts, self._marked = parts, marked
        self._check_results, self._provenance_level = check_results, provenance_level
        whole = _whole(incremental, found_elsewhere)
        return list(_most_important(whole, marked, incremental))


class _MarkedSection(NamedTuple):
    """What is marked in a section, and the ids of all sections that this depends on."""

    diagnostics: tuple[SectionDiagnostic, ...]
    depends_on: frozenset[str]
    size: int
    errors: int
    hints: int

    @classmethod
    def of(
        cls, diagnostics: tuple[SectionDiagnostic, ...], depends_on: Iterable[str] = ()
    ) -> "_MarkedSection":
        """Return what is marked in a section, counted."""
        errors, hints = sum(map(_is_error, diagnostics)), sum(map(_is_hint, diagnostics))
        return cls(diagnostics, frozenset(depends_on), len(diagnostics), errors, hints)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a text from its sections, one by one."""

    incremental: IncrementalDocument
    provenance_level: DiagnosticLevel | None
    check_results: PairCheckResults
    media_exists: Callable[[str], bool]

    def at(self, index: int) -> _MarkedSection | None:
        """Return what is marked in the part at `index`, if anything can be."""
        part = self.incremental.parts[index]
        if not part.may_be_marked:
            return None
        context, depends_on = self._context(index, part)
        return _MarkedSection.of(tuple(section_diagnostics(part, context)), depends_on)

    def _context(self, index: int, part: SectionText) -> tuple[SectionContext, Iterable[str]]:
        """Return what the diagnostics of a part depend on, and the ids of all that this is from."""
        if index == 0:
            return SectionContext(document_is_empty=self.incremental.is_blank), (_ALWAYS,)
        own_id, source_id = part.id, part.source_id
        if own_id is None or source_id is None:
            media = part.section.media if part.section else None
            missing = bool(media and media.path and not self.media_exists(media.path))
            return SectionContext(file_is_missing=missing), (_ALWAYS,) if media else ()
        source = self.incremental.index_by_id.get(source_id)
        standing = self.check_results.standing.get((own_id, source_id), _UNCHECKED)
        # It may have changed again since it was looked for.
        new_source = self.incremental.index_by_id.get(standing) if standing else None
        duplicates = self.check_results.duplicates.get(own_id, {})
        context = SectionContext(
            None if source is None else self.incremental.parts[source],
            None if new_source is None else self.incremental.parts[new_source],
            standing is None,
            self.provenance_level,
            tuple(self._same(index, part, own_id, duplicates)),
            self.check_results.ungrounded.get((own_id, source_id), {}),
        )
        others = (id_ for pairs in duplicates.values() for id_, _ in pairs)
        return context, (own_id, source_id, *others, *((standing,) if standing else ()))

    def _same(
        self,
        index: int,
        part: SectionText,
        own_id: str,
        duplicates: Mapping[int, tuple[PairKey, ...]],
    ) -> Iterator[SamePair]:
        """Yield which pairs of a part are said elsewhere, and where."""
        # Equal sections have one id, so the results of the checks do not tell them apart.
        is_copy = self.incremental.index_by_id[own_id] < index
        for number in range(len(part.placed_pairs)) if is_copy or duplicates else ():
            others = [(own_id, number)] if is_copy else duplicates.get(number, ())
            for section_id, other in others:
                same = self._pair(section_id, other, (index, number))
                if same:
                    question = same.question_span
                    yield SamePair(number, section_id, question, same.pair.question)
                    break

    def _pair(self, section_id: str, number: int, own: tuple[int, int]) -> PlacedPair | None:
        """Return a pair if it has an older right to stay than that at `own`."""
        index = self.incremental.index_by_id.get(section_id)
        if index is None:
            return None
        part = self.incremental.parts[index]
        # A byte-order mark changes no id, but may hide a pair.
        if (part.synth and (index, number) > own) or number >= len(part.placed_pairs):
            return None
        return part.placed_pairs[number]


def _whole(
    incremental: IncrementalDocument, found_elsewhere: Sequence[Diagnostic]
) -> _MarkedSection:
    """Return what is marked about the text as a whole, as if all of it were the first part."""
    return _MarkedSection.of(
        tuple(map(SectionDiagnostic, (*found_elsewhere, *lone_cr(incremental))))
    )


def _most_important(
    whole: _MarkedSection, marked: Sequence[_MarkedSection | None], incremental: IncrementalDocument
) -> Iterator[PlacedDiagnostic]:
    """Yield as many as can be shown, in order; an error stops every run, so no other hides it."""
    sections = [whole, *filter(None, marked)]
    hints = sum(map(_HINTS, sections))
    found_count = sum(map(_SIZE, sections))
    found_count -= max(0, hints - MAX_PROVENANCE_HINTS)
    most = MAX_DIAGNOSTICS - (found_count > MAX_DIAGNOSTICS)
    hints = min(hints, MAX_PROVENANCE_HINTS)
    errors = min(most, sum(map(_ERRORS, sections)))
    others = most - errors
    first_hidden: PlacedDiagnostic | None = None
    for index, section in chain([(0, whole)], enumerate(marked)):
        if section is None or (not hints and section.hints == section.size):
            continue
        if first_hidden and not others and not (errors and section.errors):
            continue
        for found in section.diagnostics:
            if _is_hint(found):
                if not hints:
                    continue
                hints -= 1
            if errors and _is_error(found):
                errors -= 1
                yield _place(found, index, incremental)
            elif others and not _is_error(found):
                others -= 1
                yield _place(found, index, incremental)
            else:
                first_hidden = first_hidden or _place(found, index, incremental)
    if first_hidden:
        message = f"{found_count - most:,} more marks are not shown"
        span = first_hidden.relative.span
        more = Diagnostic("more", DiagnosticLevel.INFORMATION, span, message)
        yield PlacedDiagnostic(more, first_hidden.part_index, None)


def _place(
    found: SectionDiagnostic, index: int, incremental: IncrementalDocument
) -> PlacedDiagnostic:
    related = found.related_id
    return PlacedDiagnostic(
        found.diagnostic, index, incremental.index_by_id[related] if related else None
    )


def _changed_results(old: PairCheckResults, new: PairCheckResults) -> Iterator[str]:
    """Yield the ids of the sections of whose pairs the checks say something else."""
    if old is new:
        return
    for section_id in {**old.duplicates, **new.duplicates}:
        if old.duplicates.get(section_id) != new.duplicates.get(section_id):
            yield section_id
    for key in {**old.ungrounded, **new.ungrounded}:
        if old.ungrounded.get(key) != new.ungrounded.get(key):
            yield key[0]
    for source in {**old.standing, **new.standing}:
        if old.standing.get(source, _UNCHECKED) != new.standing.get(source, _UNCHECKED):
            yield source[0]


_ID = attrgetter("id")
_SIZE, _ERRORS, _HINTS = attrgetter("size"), attrgetter("errors"), attrgetter("hints")
_UNCHECKED = ""
"""Stands for the new source of a section that was not yet looked for."""
_ALWAYS = ""
"""Stands among the ids of sections for what may be another each time: files, the whole text."""


def _is_hint(found: SectionDiagnostic) -> bool:
    return found.diagnostic.code == "synthesized"


def _is_error(found: SectionDiagnostic) -> bool:
    return found.diagnostic.level is DiagnosticLevel.ERROR


def _move(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _touches(left: Span, right: Span) -> bool:
    return left.start <= right.end and right.start <= left.end
