"""Corpus: the pairs of all documents of a run, so that none is said twice among them.

What comes first stays, by the order of the documents and not by what is finished first: so each
document chooses its pairs when those before it have theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.contamination import equivalent_places
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.synth.turns import Turns


@dataclass(frozen=True, slots=True)
class CorpusDuplicate:
    """A pair that says the same, or a probe that asks the same, and the document that it is in."""

    pair: Pair
    document: str


class Corpus:
    """Pairs, and the documents that they are in, by name."""

    def __init__(self) -> None:
        self._index = DuplicateIndex()
        self._documents: list[str] = []
        self._turns = Turns()

    def add(self, document: str, pairs: Iterable[Pair]) -> None:
        """Take in pairs of a document."""
        for pair in pairs:
            self._index.add(pair)
            self._documents.append(document)

    def find(self, pair: Pair, *, outside: str) -> CorpusDuplicate | None:
        """Return the first pair of another document than `outside` that says what `pair` says.

        A probe that asks its question counts too.
        """
        for at in equivalent_places(pair, self._index):
            if self._documents[at] != outside:
                return CorpusDuplicate(self._index.pairs[at], self._documents[at])
        return None

    def place(self, document: str) -> "CorpusPlace":
        """Return the next document's place, which has to be passed on whatever comes of it."""
        return CorpusPlace(self, document, self._turns)


class CorpusPlace:
    """A document's place in the order."""

    def __init__(self, corpus: Corpus, document: str, turns: Turns) -> None:
        self._corpus = corpus
        self._document = document
        self._ticket = turns.ticket()

    async def turn(self) -> None:
        """Wait until every document before has chosen its pairs."""
        await self._ticket.turn()

    def find(self, pair: Pair) -> CorpusDuplicate | None:
        """Return the first pair of another document that says what `pair` says (see `Corpus`)."""
        return self._corpus.find(pair, outside=self._document)

    def close(self, accepted: Iterable[Pair]) -> None:
        """Add what was chosen, and let the next choose."""
        self._corpus.add(self._document, accepted)
        self.pass_on()

    def pass_on(self) -> None:
        """Let the next choose."""
        self._ticket.pass_on()
