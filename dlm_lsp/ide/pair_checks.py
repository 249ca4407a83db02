"""What takes too long to know at once: pairs that say the same, answers without their source."""

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
    """What is known of the pairs of one document; a look at a later version adds what is new."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._likeness = DuplicateIndex()
        self._compared: list[PairKey] = []
        self._alike: dict[PairKey, tuple[PairKey, ...]] = {}
        self._backed: dict[tuple[PairKey, str], str | None] = {}

    @property
    def results(self) -> PairCheckResults:
        """What has been found so far; of sections that are gone, too."""
        alike: dict[str, dict[int, tuple[PairKey, ...]]] = {}
        for (section_id, number), others in self._alike.items():
            if others:
                alike.setdefault(section_id, {})[number] = others
        unbacked: dict[tuple[str, str], dict[int, str]] = {}
        for ((section_id, number), source_id), why in self._backed.items():
            if why:
                unbacked.setdefault((section_id, source_id), {})[number] = why
        return PairCheckResults(alike, unbacked)

    def steps(self, incremental: IncrementalDocument) -> Iterator[None]:
        """Look at what is new in `pieces`, one pair a step, so that others can work between."""
        with_pairs = []
        for piece in incremental.parts:
            if piece.section and piece.section.type is SectionType.INSTRUCTION:
                if piece.pairs:
                    with_pairs.append(piece)
                yield
        pairs = [
            ((piece.section.id, number), pair)
            for piece in with_pairs
            if piece.section
            for number, pair in enumerate(piece.pairs)
        ]
        if len(self._compared) > 2 * len(pairs) + 100:
            self._forget()
        if len(pairs) <= MAX_PAIRS:
            for place, pair in pairs:
                if place not in self._alike:
                    self._compare(place, pair)
                    yield
        sections = {p.section.id: p for p in reversed(incremental.parts) if p.section}
        for piece in with_pairs:
            marker = piece.synth.value if piece.synth else None
            if not (piece.section and isinstance(marker, SynthMarker)):
                continue
            source = sections.get(marker.source_section_id)
            if not (marker.synth_strategy == "extraction" and source and source.section):
                continue
            for number, pair in enumerate(piece.pairs):
                key = (piece.section.id, number), marker.source_section_id
                if key not in self._backed:
                    self._backed[key] = ungrounded_reason(pair, "", source.section.content)
                    yield

    def _compare(self, place: PairKey, pair: Pair) -> None:
        same = tuple(self._compared[at] for at in self._likeness.duplicates_of(pair))
        self._alike[place] = same
        for other in same:
            self._alike[other] = (*self._alike[other], place)
        self._likeness.add(pair)
        self._compared.append(place)
