"""Near-duplicate detection: which pairs say the same thing twice, by a two-sided rule.

A question alone does not tell: "capital of France?" and "capital of Spain?" share five words of
six. So questions have to be alike, answers have to agree, and no number, name, identifier or
negation may differ. How far the questions may differ beyond that depends on how much the answers
say: `Yes.` or `30` answers many questions, a whole sentence answers one. Where in doubt both stay,
for a fact that is lost costs more than one that is said twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_index import DuplicateIndex


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The pair at `index` says what pair `of` says, or one of the document where `of` is None."""

    index: int
    of: int | None
    question: str


def duplicates(
    pairs: Sequence[Pair],
    margins: Sequence[float | None],
    existing: Sequence[Pair] = (),
    check_cancelled: Callable[[], None] = lambda: None,
) -> list[Duplicate]:
    """Return the pairs that say what another says, by index; of two alike the better judged stays.

    `margins` are the judge's, None where it has not judged; where they tie, the first pair stays.
    What is `existing` in the document always stays. What `check_cancelled` raises, which is called
    before each pair, ends the search.
    """
    distinct = DuplicateIndex()
    distinct_indexes: list[int | None] = []
    found_duplicates: list[Duplicate] = []
    best_first = sorted(range(len(pairs)), key=lambda index: (-_margin(margins[index]), index))
    candidates = [(index, pairs[index]) for index in best_first]
    for index, pair in [*((None, pair) for pair in existing), *candidates]:
        check_cancelled()
        same = None if index is None else distinct.first_duplicate(pair)
        if index is not None and same is not None:
            found_duplicates.append(
                Duplicate(index, distinct_indexes[same], distinct.pairs[same].question)
            )
            continue
        distinct.add(pair)
        distinct_indexes.append(index)
    return sorted(found_duplicates, key=lambda duplicate: duplicate.index)


def _margin(margin: float | None) -> float:
    return float("-inf") if margin is None else margin
