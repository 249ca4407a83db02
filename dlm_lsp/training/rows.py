"""Training rows: what a document gives to learn, to which adapter, and which rows are held out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from dlm_lsp.document.section import Section, SectionType

HELD_OUT = 0.1
"""The share of rows that is kept for validation."""


@dataclass(frozen=True, slots=True)
class ProseRow:
    """A text to be learned as it stands, `weight` times an epoch."""

    section_id: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class PairRow:
    """A question and the answer to be learned for it."""

    section_id: str
    question: str
    answer: str
    index: int = 0
    """Its place among the pairs of its section."""


TrainingRow = ProseRow | PairRow


@dataclass(frozen=True, slots=True)
class TrainValidationSplit:
    """The rows to learn from, and those that only measure what was learned."""

    train: tuple[TrainingRow, ...]
    validation: tuple[TrainingRow, ...]


def training_rows(sections: Iterable[Section]) -> tuple[TrainingRow, ...]:
    """Return the rows of prose and instruction sections; sections of other types give none."""
    rows: list[TrainingRow] = []
    for section in sections:
        if section.type is SectionType.PROSE:
            if text := section.content.strip():
                rows.append(ProseRow(section.id, text))
        elif section.type is SectionType.INSTRUCTION:
            rows += (
                PairRow(section.id, placed.pair.question, placed.pair.answer, index)
                for index, placed in enumerate(section.pairs)
            )
    return tuple(rows)


def route_to_adapters(
    sections: Iterable[Section], adapters: Sequence[str] | None
) -> Mapping[str | None, tuple[Section, ...]]:
    """Return the sections of each adapter, in the order of `adapters`.

    A section whose fence names no adapter goes to the first. A document without named adapters
    (None) has one, which is called None.
    """
    names: Sequence[str | None] = list(adapters) if adapters else [None]
    shares: dict[str | None, list[Section]] = {name: [] for name in names}
    for section in sections:
        name = section.adapter if section.adapter in shares else names[0]
        shares[name].append(section)
    return {name: tuple(share) for name, share in shares.items()}


def train_validation_split(rows: Sequence[TrainingRow], seed: int) -> TrainValidationSplit:
    """Hold out about a tenth of the rows, chosen by (seed, section id, place in the section) alone.

    So a section with many pairs is never held out whole. Of a few rows the lot may fall on most:
    never more than a quarter of them are held out, of less than four none. Where that does not
    bind, a section that is added moves no other.
    """
    draws = [_draw(_place(seed, row.section_id, _index(row))) for row in rows]
    bound = min(HELD_OUT, sorted(draws)[len(draws) // 4]) if draws else HELD_OUT
    drawn = list(zip(rows, draws, strict=True))
    return TrainValidationSplit(
        tuple(row for row, draw in drawn if draw >= bound),
        tuple(row for row, draw in drawn if draw < bound),
    )


def is_held_out(seed: int, section_id: str, index: int = 0, share: float = HELD_OUT) -> bool:
    """Tell whether a row is among the share, from 0 to 1, that is held out.

    `index` is its place in its section.
    """
    return _draw(_place(seed, section_id, index)) < share


def repeat_by_weight(rows: Iterable[TrainingRow], seed: int) -> tuple[TrainingRow, ...]:
    """Return each row as often as its weight says, a fraction by a draw from (seed, section id)."""
    repeated: list[TrainingRow] = []
    for row in rows:
        weight = row.weight if isinstance(row, ProseRow) else 1.0
        whole = int(weight)
        repeated += [row] * (whole + (_draw(f"{seed}:{row.section_id}") < weight - whole))
    return tuple(repeated)


def _place(seed: int, section_id: str, index: int) -> str:
    # Not drawn row by row as they come: equal sections would then be learned and measured both.
    # The first row goes by its section alone, so sections of one row fall as they always did.
    return f"{seed} {section_id} {index}" if index else f"{seed} {section_id}"


def _index(row: TrainingRow) -> int:
    return row.index if isinstance(row, PairRow) else 0


def _draw(words: str) -> float:
    """Return a number from 0 to 1 that is always the same for the same words."""
    return int.from_bytes(sha256(words.encode()).digest()[:8], "big") / 2**64
