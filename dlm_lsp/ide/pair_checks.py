"""Pair checks: near-duplicates and ungrounded answers, which take too long to find at once."""

from collections.abc import Iterator

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.section import Pair, SectionType
from dlm_lsp.ide.pair_check_results import PairCheckResults, PairKey
from dlm_lsp.quality.dedup import DuplicateIndex
from dlm_lsp.quality.grounding import ungrounded_reason

# Each new pair is held against all others; beyond this many an editor would never come to rest.
MAX_PAIRS = 3_000


class PairChecks:
    """The checks of the pairs of one document; those of a later version add what is new."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._duplicate_index = DuplicateIndex()
        self._compared: list[PairKey] = []
        self._duplicates: dict[PairKey, tuple[PairKey, ...]] = {}
        self._ungrounded: dict[tuple[PairKey, str], str | None] = {}

    @property
    def results(self) -> PairCheckResults:
        """What the checks have found so far; of sections that are gone, too."""
        duplicates: dict[str, dict[int, tuple[PairKey, ...]]] = {}
        for (section_id, number), others in self._duplicates.items():
            if others:
                duplicates.setdefault(section_id, {})[number] = others
        ungrounded: dict[tuple[str, str], dict[int, str]] = {}
        for ((section_id, number), source_id), reason in self._ungrounded.items():
            if reason:
                ungrounded.setdefault((section_id, source_id), {})[number] = reason
        return PairCheckResults(duplicates, ungrounded)

    def steps(self, incremental: IncrementalDocument) -> Iterator[None]:
        """Check what is new in a text, one pair a step, so that others can work between."""
        with_pairs = []
        for part in incremental.parts:
            if part.section and part.section.type is SectionType.INSTRUCTION:
                if part.pairs:
                    with_pairs.append(part)
                yield
        pairs = [
            ((part.section.id, number), pair)
            for part in with_pairs
            if part.section
            for number, pair in enumerate(part.pairs)
        ]
        if len(self._compared) > 2 * len(pairs) + 100:
            self._forget()
        if len(pairs) <= MAX_PAIRS:
            for pair_key, pair in pairs:
                if pair_key not in self._duplicates:
                    self._compare(pair_key, pair)
                    yield
        sections = {part.section.id: part for part in reversed(incremental.parts) if part.section}
        for part in with_pairs:
            marker = part.synth.value if part.synth else None
            if not (part.section and isinstance(marker, SynthMarker)):
                continue
            source = sections.get(marker.source_section_id)
            if not (marker.synth_strategy == "extraction" and source and source.section):
                continue
            for number, pair in enumerate(part.pairs):
                key = (part.section.id, number), marker.source_section_id
                if key not in self._ungrounded:
                    self._ungrounded[key] = ungrounded_reason(pair, "", source.section.content)
                    yield

    def _compare(self, pair_key: PairKey, pair: Pair) -> None:
        same = tuple(self._compared[at] for at in self._duplicate_index.duplicates_of(pair))
        self._duplicates[pair_key] = same
        for other in same:
            self._duplicates[other] = (*self._duplicates[other], pair_key)
        self._duplicate_index.add(pair)
        self._compared.append(pair_key)
