"""Exported pairs: every pair of a document with where it comes from, and which are held out."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

from dlm_lsp.document import Document, HarvestMarker, Pair, Section, SectionType
from dlm_lsp.ide.document_symbols import symbol_name
from dlm_lsp.ide.provenance import source_sections
from dlm_lsp.quality.evidence import locate_evidence
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.synth.chunking import split_text
from dlm_lsp.synth.report import pair_id
from dlm_lsp.training.rows import is_held_out

PairOrigin = Literal["synthesized", "harvested", "own"]

# That of a document which names none, so that a share of a tenth is that of `dlm train` there.
_SEED = 42
# A document that was never parted is one section, and would stand in each of its pairs.
_LONGEST_SOURCE = 20_000


@dataclass(frozen=True, slots=True)
class ExportedPair:
    """A pair of a document and its provenance, as it is written for other programs.

    What is not known is empty, of a margin None. `source_text` is the prose that the pair was
    written about, where that still stands; of a long section the passage with the evidence.
    `heading` is what that section is called. `document` is the file, as it was named. `reviewed`
    says that somebody has accepted the pair in a review.
    """

    question: str
    answer: str
    system_prompt: str
    source_text: str
    evidence: str
    margin: float | None
    judge: str
    teacher: str
    strategy: str
    synthesized_at: str
    origin: PairOrigin
    reviewed: bool
    probe: bool
    heading: str
    section_id: str
    source_section_id: str
    dlm_id: str
    document: str


@dataclass(frozen=True, slots=True)
class HeldOutSplit:
    """The pairs to learn from, and those that only measure what was learned."""

    train: tuple[ExportedPair, ...]
    held_out: tuple[ExportedPair, ...]


def exported_pairs(
    document: Document, name: str, ledger: Iterable[LedgerEntry], accepted: Collection[str]
) -> tuple[ExportedPair, ...]:
    """Return the pairs of a document in their order.

    `name` is that of its file, `accepted` the ids of the pairs that were accepted in a review.
    """
    frontmatter = document.frontmatter
    sections = source_sections(document)
    entries = {entry.section_id: entry for entry in ledger}
    sources: dict[str, _Source] = {}
    pairs: list[ExportedPair] = []
    for section in document.sections:
        if section.type is not SectionType.INSTRUCTION:
            continue
        synth = section.synth
        source_id = synth.source_section_id if synth else ""
        entry = entries.get(section.id) if synth else None
        evidence = (entry.evidence if entry else None) or ""
        if source_id in sections and source_id not in sources:
            sources[source_id] = _source(sections[source_id])
        source = sources.get(source_id, _NO_SOURCE)
        of_section = ExportedPair(
            question="",
            answer="",
            system_prompt=(frontmatter.system_prompt if frontmatter else None) or "",
            source_text=source.passage_with(evidence),
            evidence=evidence,
            margin=_finite(entry.margin) if entry else None,
            judge=(entry.judge if entry else None) or "",
            teacher=synth.synth_teacher if synth else "",
            strategy=synth.synth_strategy if synth else "",
            synthesized_at=synth.synth_at if synth else "",
            origin="synthesized" if synth else _written_origin(section),
            reviewed=section.id in accepted,
            probe=False,
            heading=source.heading,
            section_id=section.id,
            source_section_id=source_id,
            dlm_id=frontmatter.dlm_id if frontmatter else "",
            # A name on disk can be no text at all.
            document=name.encode("utf-8", "replace").decode("utf-8"),
        )
        pairs += (
            replace(of_section, question=pair.question, answer=pair.answer, probe=pair.probe)
            for pair in (placed.pair for placed in section.pairs)
        )
    return tuple(pairs)


def split_held_out(pairs: Sequence[ExportedPair], share: float) -> HeldOutSplit:
    """Hold out about a share of the pairs, from 0 to 1, each by its own words alone.

    So equal pairs are never on both sides, wherever they stand, and one that is added moves no
    other. A probe is there to test and is always held out, with every pair that equals it.
    """
    ids = [_own_id(pair) for pair in pairs]
    probes = {id_ for pair, id_ in zip(pairs, ids, strict=True) if pair.probe}
    held = {id_ for id_ in ids if id_ in probes or is_held_out(_SEED, id_, share=share)}
    return HeldOutSplit(
        tuple(pair for pair, id_ in zip(pairs, ids, strict=True) if id_ not in held),
        tuple(pair for pair, id_ in zip(pairs, ids, strict=True) if id_ in held),
    )


def _own_id(pair: ExportedPair) -> str:
    """Return the id of a section with this pair alone, be it a probe or not."""
    return pair_id(Pair(pair.question, pair.answer))


def _written_origin(section: Section) -> PairOrigin:
    harvested = any(isinstance(marker.value, HarvestMarker) for marker in section.markers)
    return "harvested" if harvested else "own"


def _finite(margin: float | None) -> float | None:
    # JSON has no other numbers.
    return margin if margin is not None and math.isfinite(margin) else None


@dataclass(frozen=True, slots=True)
class _Source:
    """A section that pairs were written about: its name, and its text in passages."""

    heading: str
    passages: tuple[str, ...]

    def passage_with(self, evidence: str) -> str:
        """Return the passage that evidence begins in, empty where that cannot be told."""
        if len(self.passages) == 1:
            return self.passages[0]
        found = locate_evidence(evidence, "".join(self.passages))
        if found is None:
            return ""
        ends = accumulate(map(len, self.passages))
        return next(
            passage for passage, end in zip(self.passages, ends, strict=True) if found[0] < end
        ).strip()


_NO_SOURCE = _Source("", ("",))


def _source(section: Section) -> _Source:
    passages = split_text(section.content.strip(), _LONGEST_SOURCE)
    return _Source(symbol_name(section), passages)
