"""Standing sources: where the evidence of a pair still stands, whose source section has changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from dlm_lsp.document.incremental import IncrementalDocument, SectionText
from dlm_lsp.document.section import Section, SectionType
from dlm_lsp.quality.evidence import stands_word_for_word, words_as_read

SourceKey = tuple[str, str]
"""The id of a synthesized section, and of the source that it names."""

# To read a longer section would be one step of a tenth of a second and more.
MAX_SECTION_LENGTH = 100_000


class StandingSources:
    """The sections of one document in which the evidence of its stale pairs stands."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._words: dict[str, str] = {}
        self._searched: dict[SourceKey, str] = {}
        self._found: dict[SourceKey, str | None] = {}

    @property
    def found(self) -> Mapping[SourceKey, str | None]:
        """The id of the section that backs each stale pair now; None where there is none."""
        return dict(self._found)

    def steps(
        self,
        incremental: IncrementalDocument,
        new: Iterable[SectionText],
        evidence: Callable[[], Mapping[str, str]],
    ) -> Iterator[None]:
        """Look where the evidence of each stale pair stands, in short steps.

        `new` are the parts that were not there at the last look that came to its end. `evidence` is
        asked for the passages that sections rest on, by their ids, where a section is stale.
        """
        there = incremental.index_by_id
        stale = dict.fromkeys(
            (part.id, part.source_id)
            for part in incremental.parts
            if part.id and part.source_id and part.source_id not in there
        )
        if not stale:
            self._forget()
            return
        passages = evidence()
        self._found = {key: target for key, target in self._found.items() if key in stale}
        self._searched = {key: self._searched[key] for key in self._found}
        self._words = {id_: words for id_, words in self._words.items() if id_ in there}
        last_target: dict[str, str] = {}
        for key in stale:
            own_id, source_id = key
            passage, known = passages.get(own_id, ""), self._found.get(key)
            is_searched = self._searched.get(key) == passage
            # The parts without a section have the id None.
            if is_searched and known and known in there:
                continue
            if is_searched and known is None:
                # What is as it was holds it no more than before.
                candidates = iter(new)
            else:
                likely = last_target.get(source_id)
                first = (incremental.parts[there[likely]],) if likely else ()
                candidates = chain(first, new, incremental.parts)
            target = None
            for part in candidates if passage else ():
                prose = _prose(part)
                if prose is None:
                    continue
                if prose.id not in self._words:
                    self._words[prose.id] = words_as_read(prose.content)
                    yield
                if stands_word_for_word(passage, self._words[prose.id]):
                    target = last_target[source_id] = prose.id
                    break
                yield
            self._found[key], self._searched[key] = target, passage
            yield


def _prose(part: SectionText) -> Section | None:
    is_prose = part.section is not None and part.section.type is SectionType.PROSE
    return part.section if is_prose and len(part.text) <= MAX_SECTION_LENGTH else None
