"""What takes too long to know at once: pairs that say the same, answers without their source."""

from collections.abc import Iterator

from dlm_lsp.document.dedup import Likeness
from dlm_lsp.document.grounded import ungrounded
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.pieces import Piece, Pieces
from dlm_lsp.document.section import SectionType
from dlm_lsp.ide.doubts import Doubts

# Each new pair is held against all others; beyond this many an editor would never come to rest.
MOST_PAIRS = 3_000


class SecondLook:
    """What is known of the pairs of one document; a look at a later version adds what is new."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._likeness = Likeness()
        self._ids: list[str] = []
        self._alike: dict[str, tuple[str, ...]] = {}
        self._backed: dict[tuple[str, str], str | None] = {}

    @property
    def doubts(self) -> Doubts:
        """What has been found so far; of sections that are gone, too."""
        unbacked = {key: why for key, why in self._backed.items() if why}
        return Doubts({id_: ids for id_, ids in self._alike.items() if ids}, unbacked)

    def steps(self, pieces: Pieces) -> Iterator[None]:
        """Look at what is new in `pieces`, one section a step, so that others can work between."""
        with_pairs = []
        for piece in pieces.pieces:
            if piece.section and piece.section.type is SectionType.INSTRUCTION:
                if piece.pairs:
                    with_pairs.append(piece)
                yield
        if len(self._ids) > 2 * len(with_pairs) + 100:
            self._forget()
        if len(with_pairs) <= MOST_PAIRS:
            for piece in with_pairs:
                if piece.section and piece.section.id not in self._alike:
                    self._compare(piece.section.id, piece)
                    yield
        sections = {p.section.id: p for p in reversed(pieces.pieces) if p.section}
        for piece in with_pairs:
            marker = piece.synth.value if piece.synth else None
            if not (piece.section and isinstance(marker, SynthMarker)):
                continue
            source = sections.get(marker.source_section_id)
            key = piece.section.id, marker.source_section_id
            extracted = marker.synth_strategy == "extraction"
            if extracted and source and source.section and key not in self._backed:
                self._backed[key] = ungrounded(piece.pairs[0], "", source.section.content)
                yield

    def _compare(self, section_id: str, piece: Piece) -> None:
        pair = piece.pairs[0]
        same = tuple(dict.fromkeys(self._ids[at] for at in self._likeness.same_as(pair)))
        self._alike[section_id] = same
        for other in same:
            self._alike[other] = (*self._alike[other], section_id)
        self._likeness.add(pair)
        self._ids.append(section_id)
