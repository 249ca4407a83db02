"""Pair checks: near-duplicates, ungrounded answers and where evidence stands, found in steps."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from dlm_lsp.document.incremental import IncrementalDocument, SectionText, same_ends
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.section import Pair, Section, SectionType
from dlm_lsp.ide.pair_check_results import PairCheckResults, PairKey
from dlm_lsp.ide.standing_sources import MAX_SECTION_LENGTH, StandingSources
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.quality.grounding import ungrounded_reason

# Each new pair is held against all others; beyond this many an editor would never come to rest.
MAX_PAIRS = 3_000
# Where very many pairs say the same, so many of them are remembered for each.
MAX_OTHERS = 20


class PairChecks:
    """The checks of the pairs of one document; those of a later version add what is new."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._duplicate_index = DuplicateIndex()
        self._compared: list[PairKey] = []
        self._duplicates: dict[PairKey, list[PairKey]] = {}
        self._ungrounded: dict[tuple[PairKey, str], str | None] = {}
        self._checked: tuple[SectionText, ...] = ()
        self._pair_count = 0
        self._sources = StandingSources()

    @property
    def results(self) -> PairCheckResults:
        """What the checks have found so far; of sections that are gone, too."""
        duplicates: dict[str, dict[int, tuple[PairKey, ...]]] = {}
        for (section_id, number), others in self._duplicates.items():
            if others:
                duplicates.setdefault(section_id, {})[number] = tuple(others)
        ungrounded: dict[tuple[str, str], dict[int, str]] = {}
        for ((section_id, number), source_id), reason in self._ungrounded.items():
            if reason:
                ungrounded.setdefault((section_id, source_id), {})[number] = reason
        return PairCheckResults(duplicates, ungrounded, self._sources.found)

    def steps(
        self,
        incremental: IncrementalDocument,
        evidence: Callable[[], Mapping[str, str]] = dict,
    ) -> Iterator[None]:
        """Check what is new in a text, in short steps, so that others can work between.

        `evidence` is asked, where a section is stale, for the passages that sections rest on.
        """
        parts = incremental.parts
        above, below = same_ends(self._checked, parts)
        gone = self._checked[above : len(self._checked) - below]
        new = parts[above : len(parts) - below]
        yield from self._sources.steps(incremental, new, evidence)
        for part in new:
            if part.section and part.section.type is SectionType.INSTRUCTION:
                # Its pairs are read here, and remembered.
                _ = _pairs(part)
                yield
        pair_count = self._pair_count + _count_pairs(new) - _count_pairs(gone)
        if len(self._compared) > 2 * pair_count + 100:
            self._forget()
            new = parts
        if pair_count <= MAX_PAIRS:
            all_compared = self._pair_count <= MAX_PAIRS
            for pair_key, pair in _keyed_pairs(new if all_compared else parts):
                if pair_key not in self._duplicates:
                    yield from self._compare(pair_key, pair)
        new_ids = {part.id for part in new} - {None}
        again = [part for part in parts if part.source_id in new_ids]
        for part in (*new, *again):
            marker = part.synth.value if part.synth else None
            if not (_pairs(part) and isinstance(marker, SynthMarker)):
                continue
            source = incremental.index_by_id.get(marker.source_section_id)
            section = None if source is None else _readable_section(parts[source])
            if not (marker.synth_strategy == "extraction" and section):
                continue
            for pair_key, pair in _keyed_pairs([part]):
                key = pair_key, marker.source_section_id
                if key not in self._ungrounded:
                    self._ungrounded[key] = ungrounded_reason(pair, section.content)
                    yield
        self._checked, self._pair_count = parts, pair_count

    def _compare(self, pair_key: PairKey, pair: Pair) -> Iterator[None]:
        same = []
        for at, is_same in self._duplicate_index.compare(pair):
            if is_same:
                same.append(self._compared[at])
                if len(same) == MAX_OTHERS:
                    break
            yield
        # Nobody sees a pair that is compared in part, for the rest may never come.
        self._duplicates[pair_key] = same
        for other in same:
            if len(self._duplicates[other]) < MAX_OTHERS:
                self._duplicates[other].append(pair_key)
        self._duplicate_index.add(pair)
        self._compared.append(pair_key)
        yield


def _readable_section(part: SectionText) -> Section | None:
    return part.section if len(part.text) <= MAX_SECTION_LENGTH else None


def _pairs(part: SectionText) -> tuple[Pair, ...]:
    return part.pairs if _readable_section(part) else ()


def _count_pairs(parts: Iterable[SectionText]) -> int:
    return sum(len(_pairs(part)) for part in parts)


def _keyed_pairs(parts: Iterable[SectionText]) -> Iterator[tuple[PairKey, Pair]]:
    for part in parts:
        for number, pair in enumerate(_pairs(part)):
            yield (part.id or "", number), pair
