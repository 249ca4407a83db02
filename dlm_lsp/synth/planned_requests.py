"""Planned requests: what a teacher is asked about a document's sections, in document order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from dlm_lsp.document.document import Document
from dlm_lsp.document.section import SectionType
from dlm_lsp.errors import TeacherError
from dlm_lsp.quality.link_list import is_link_list
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.synth.chunking import estimate_tokens, split_text, spread_count
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.strategy_shares import strategy_shares
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.model_discovery import SMALLEST_WINDOW
from dlm_lsp.teachers.prompts import prompt_messages
from dlm_lsp.teachers.protocol import CheckRequest, PairRequest, Teacher, limits_of

# Without a tokenizer a count is only about right: leave a quarter of the window free.
SAFE_SHARE = 0.75
"""How much of a window may be filled by a count that is an estimate."""
_WANTED_PER_SPARE = 3
# Each round cuts what is still too long; token counts vary little enough for two to do.
_MOST_ROUNDS = 6
# Characters that a part has at least: with less, a pair has nothing to stand on.
_SHORTEST = 100


_R = TypeVar("_R", PairRequest, CheckRequest)


# Without slots, which Python 3.11 cannot set the parameter of a generic class beside.
@dataclass(frozen=True)
class Planned(Generic[_R]):
    """A request and the section it is about.

    `index` is its place among those of the run; it is `span` to the next one, and between these
    the parts have their places that it is split into.
    """

    index: float
    source_id: str
    request: _R
    span: float = 1.0


PlannedRequest = Planned[PairRequest]
"""A request for pairs."""


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The requests of a run, and how many parts of long sections no pair falls to."""

    requests: tuple[PlannedRequest, ...]
    unasked: int


@dataclass(frozen=True, slots=True)
class ProseSource:
    """A prose section to be asked about, without the blank lines around it."""

    id: str
    prose: str


def prose_sources(
    document: Document, sections: Sequence[str] | None = None
) -> tuple[ProseSource, ...]:
    """Return the prose sections with the given ids, or all; the same content counts once."""
    sources = {
        section.id: ProseSource(section.id, section.content.strip())
        for section in document.sections
        if section.type is SectionType.PROSE
        and section.content.strip()
        and (sections is None or section.id in sections)
    }
    return tuple(sources.values())


def without_link_lists(sources: Sequence[ProseSource]) -> tuple[ProseSource, ...]:
    """Return the sections to ask about: without those that are links alone, if there are others."""
    texts = tuple(source for source in sources if not is_link_list(source.prose))
    return texts or tuple(sources)


async def plan_requests(
    sources: Sequence[ProseSource], teacher: Teacher, options: SynthOptions
) -> RequestPlan:
    """Return every request about `sources`; prose beyond the teacher's window is split.

    Raises:
        OptionError: the teacher writes nothing by the strategy that was chosen.
        TeacherError: what a profile asks for leaves no room for prose.
    """
    # Without filters no pair is better than another.
    some = options.filter != "none" and limits_of(teacher).writes_spare
    spare = spare_count if some else lambda _: 0
    shares = strategy_shares(teacher, options)
    window = await _prose_window(teacher, options.guidance)
    passages_of = await _within_window([source.prose for source in sources], teacher, window)
    parts = [
        (source.id, passage.strip(), counts)
        for source, passages in zip(sources, passages_of, strict=True)
        for passage, counts in zip(passages, _spread(passages, shares), strict=True)
    ]
    requests = [
        (source_id, PairRequest(part, strategy, count, spare(count), guidance=options.guidance))
        for source_id, part, counts in parts
        for (strategy, _), count in zip(shares, counts, strict=True)
        if count
    ]
    return RequestPlan(
        tuple(
            PlannedRequest(index, source_id, request)
            for index, (source_id, request) in enumerate(requests)
        ),
        unasked=sum(not any(counts) for _, _, counts in parts),
    )


def split_request(planned: PlannedRequest, window: int | None) -> tuple[PlannedRequest, ...]:
    """Return requests about parts of the prose, each at most half as long, that ask for as much.

    Empty where the prose is too short to be cut. `window` is how many tokens fit, where known.
    """
    request = planned.request
    prose = request.prose
    tokens = max(1, int(estimate_tokens(prose) / SAFE_SHARE))
    most = min(-(-len(prose) // 2), len(prose) * (window or tokens) // tokens)
    if most < _SHORTEST:
        return ()
    parts = [part.strip() for part in split_text(prose, most) if part.strip()]
    counts = spread_count(request.count, [len(part) for part in parts])
    asked = [(part, count) for part, count in zip(parts, counts, strict=True) if count]
    # A power of two keeps the places apart, however often a part is split again.
    span = planned.span / 2 ** math.ceil(math.log2(max(2, len(asked))))
    return tuple(
        replace(
            planned,
            index=planned.index + at * span,
            span=span,
            request=replace(
                request,
                prose=part,
                count=count,
                spare=spare_count(count) if request.spare else 0,
            ),
        )
        for at, (part, count) in enumerate(asked)
    )


def spare_count(count: int) -> int:
    """Return how many pairs to ask for beyond `count`, for some will be refused."""
    return -(-count // _WANTED_PER_SPARE)


def _spread(
    passages: Sequence[str], shares: Sequence[tuple[Strategy, int]]
) -> list[tuple[int, ...]]:
    lengths = [len(passage) for passage in passages]
    columns = [spread_count(count, lengths) for _, count in shares]
    return list(zip(*columns, strict=True))


async def _prose_window(teacher: Teacher, guidance: Guidance | None) -> int | None:
    """Return how many tokens of prose fit beside what a profile asks for."""
    window = teacher.window
    if window is None or guidance is None:
        return window
    bare = PairRequest("", "extraction", 1)
    asked = replace(bare, guidance=guidance)
    counts = await teacher.count_tokens([bare, asked])
    if counts is None:
        texts = (prompt_messages(each).text for each in (bare, asked))
        counts = [int(estimate_tokens(text) / SAFE_SHARE) for text in texts]
    taken = counts[1] - counts[0]
    if window - taken < SMALLEST_WINDOW:
        raise TeacherError(
            f"{teacher.name} takes {window} tokens of prose, and what the profile asks for takes "
            f"{taken} of them; shorten it"
        )
    return window - taken


async def _within_window(
    proses: Sequence[str], teacher: Teacher, window: int | None
) -> list[tuple[str, ...]]:
    pieces: list[tuple[str, ...]] = [(prose,) for prose in proses]
    if window is None:
        return pieces
    for _ in range(_MOST_ROUNDS):
        # No tokenizer makes more tokens than bytes, so most prose need not be counted.
        doubtful = sorted({p for passages in pieces for p in passages if _bytes(p) > window})
        tokens = dict(zip(doubtful, await _tokens(doubtful, teacher), strict=True))
        if all(count <= window for count in tokens.values()):
            break
        pieces = [
            tuple(
                part
                for passage in passages
                for part in _cut(passage, tokens.get(passage, 0), window)
                if part.strip()
            )
            for passages in pieces
        ]
    return pieces


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


async def _tokens(texts: Sequence[str], teacher: Teacher) -> list[int]:
    if not texts:
        return []
    requests = [PairRequest(text, "extraction", 1) for text in ("", *texts)]
    counts = await teacher.count_tokens(requests)
    if counts is None:
        return [int(estimate_tokens(text) / SAFE_SHARE) for text in texts]
    # What a request without prose takes is the prompt around it.
    return [count - counts[0] for count in counts[1:]]


def _cut(passage: str, tokens: int, window: int) -> tuple[str, ...]:
    if tokens <= window:
        return (passage,)
    return split_text(passage, max(1, len(passage) * window // tokens))
