"""Pair checks: near-duplicates and ungrounded answers, which take too long to find at once."""

from collections.abc import Iterator

from dlm_lsp.document.incremental import IncrementalDocument, SectionText
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.section import Pair, Section, SectionType
from dlm_lsp.ide.pair_check_results import PairCheckResults, PairKey
from dlm_lsp.quality.dedup import DuplicateIndex
from dlm_lsp.quality.grounding import ungrounded_reason

# Each new pair is held against all others; beyond this many an editor would never come to rest.
MAX_PAIRS = 3_000
# To read a longer section would be one step of a tenth of a second and more.
MAX_SECTION_LENGTH = 100_000
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
        return PairCheckResults(duplicates, ungrounded)

    def steps(self, incremental: IncrementalDocument) -> Iterator[None]:
        """Check what is new in a text, in short steps, so that others can work between."""
        with_pairs = []
        for part in incremental.parts:
            section = _readable_section(part)
            if section and section.type is SectionType.INSTRUCTION:
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
                    yield from self._compare(pair_key, pair)
        sections = {
            section.id: section
            for part in reversed(incremental.parts)
            if (section := _readable_section(part))
        }
        for part in with_pairs:
            marker = part.synth.value if part.synth else None
            if not (part.section and isinstance(marker, SynthMarker)):
                continue
            source = sections.get(marker.source_section_id)
            if not (marker.synth_strategy == "extraction" and source):
                continue
            for number, pair in enumerate(part.pairs):
                key = (part.section.id, number), marker.source_section_id
                if key not in self._ungrounded:
                    self._ungrounded[key] = ungrounded_reason(pair, "", source.content)
                    yield

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
