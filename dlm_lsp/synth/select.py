"""Pair selection: what is accepted once all is known, whoever finished first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dlm_lsp.document.document import Document
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.synth.candidates import CAME_BEFORE, NO_CANDIDATES, ParsedCandidates
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage
from dlm_lsp.synth.run_options import SynthOptions


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What came of the request at `index`; its candidates have their margins once judged."""

    index: int
    parsed: ParsedCandidates = NO_CANDIDATES
    skipped: tuple[Skip, ...] = ()


def select_pairs(
    document: Document,
    outcomes: Iterable[RequestOutcome],
    options: SynthOptions,
    *,
    usage: Usage,
    failure: str | None = None,
    stopped: bool = False,
) -> Report:
    """Return the report over `outcomes`, in whatever order they come."""
    refusals: list[tuple[int, Refusal]] = []
    skips: list[tuple[int, Skip]] = []
    fresh: list[tuple[int, Candidate]] = []
    in_document = {section.id for section in document.sections}
    # An earlier run on the same replies took these: they have their place, or this run would go on
    # with what was surplus then. Replies that are asked for anew are others.
    synthesized = {s.id for s in document.sections if s.synth and not options.fresh}
    present: set[str] = set()
    new: set[str] = set()
    room: Counter[int] = Counter()
    filtered = 0
    for outcome in sorted(outcomes, key=lambda outcome: outcome.index):
        at = outcome.index
        room[at] += outcome.parsed.requested
        skips += [(at, skip) for skip in (*outcome.parsed.skipped, *outcome.skipped)]
        refusals += [(at, refusal) for refusal in outcome.parsed.refused]
        filtered += sum(r.reason not in _NOT_GENERATED for r in outcome.parsed.refused)
        for candidate in outcome.parsed.candidates:
            if candidate.id in in_document:
                if candidate.id in synthesized:
                    present.add(candidate.id)
                    room[at] -= 1
                skips.append((at, _already_present(candidate)))
            elif options.filter == "none" and candidate.id in new:
                filtered += 1
                refusals.append((at, make_refusal(candidate, "duplicate_pair", CAME_BEFORE)))
            else:
                new.add(candidate.id)
                fresh.append((at, candidate))
    unique = _without_duplicates(document, fresh, options, refusals)
    passed, enough = unique, unique
    if options.filter == "sway":
        judged = [(at, c, judge_verdict(c, options.least_margin)) for at, c in unique]
        refusals += [(at, refusal) for at, _, refusal in judged if refusal]
        enough = [(at, c) for at, c, refusal in judged if not refusal]
        passed = [(at, c) for at, c, out in judged if not out or out.reason == "below_threshold"]
    within = _within_count(enough, room, refusals)
    most = None if options.max_pairs is None else max(0, options.max_pairs - len(present))
    accepted = within[:most]
    refusals += [
        (at, make_refusal(c, "over_max_pairs", f"max_pairs is {options.max_pairs}"))
        for at, c in within[len(accepted) :]
    ]
    return Report(
        filter=options.filter,
        generated=len(fresh) + filtered,
        dedup=len(unique),
        judge_passed=len(passed),
        threshold=len(enough),
        accepted=tuple(candidate for _, candidate in accepted),
        refused=tuple(refusal for _, refusal in sorted(refusals, key=lambda item: item[0])),
        skipped=tuple(skip for _, skip in skips),
        usage=usage,
        failure=failure,
        stopped=stopped,
        already_present=len(present),
    )


def judge_verdict(candidate: Candidate, least_margin: float) -> Refusal | None:
    """Return how the judge's margin keeps a candidate out; None where it is enough."""
    margin = candidate.margin
    if margin is None:
        return make_refusal(candidate, "unjudged", "the run ended before the judge had read it")
    if not margin > 0:
        return make_refusal(
            candidate,
            "judge_disfavored",
            f"the judge likes the empty answer as well (margin {margin:.3f})",
        )
    if margin < least_margin:
        detail = f"margin {margin:.3f} is below the threshold {least_margin:.3f}"
        return make_refusal(candidate, "below_threshold", detail)
    return None


def make_refusal(candidate: Candidate, reason: str, detail: str) -> Refusal:
    """Return the refusal of a candidate."""
    return Refusal(
        candidate.pair.question,
        candidate.pair.answer,
        candidate.source_id,
        candidate.strategy,
        reason,
        detail,
        candidate.margin,
    )


def with_margins(parsed: ParsedCandidates, margins: Iterator[float]) -> ParsedCandidates:
    """Return `parsed` with the next of the judge's margins beside each candidate."""
    return replace(
        parsed, candidates=tuple(replace(c, margin=next(margins)) for c in parsed.candidates)
    )


# Pairs that cannot stand in a document, or that nobody asked for, count as little as no pair.
_NOT_GENERATED = ("invalid_structure", "over_count")


def _already_present(candidate: Candidate) -> Skip:
    detail = f"section {candidate.id} is already there"
    return Skip(candidate.source_id, candidate.strategy, "already_present", detail)


def _without_duplicates(
    document: Document,
    fresh: Sequence[tuple[int, Candidate]],
    options: SynthOptions,
    refusals: list[tuple[int, Refusal]],
) -> list[tuple[int, Candidate]]:
    if options.filter == "none":
        return list(fresh)
    repeated = duplicates(
        [candidate.pair for _, candidate in fresh],
        [candidate.margin for _, candidate in fresh],
        [placed.pair for section in document.sections for placed in section.pairs],
    )
    for duplicate in repeated:
        at, candidate = fresh[duplicate.index]
        where = "in the document" if duplicate.of is None else "among the new pairs"
        detail = f'says what "{duplicate.question}" says {where}'
        refusals.append((at, make_refusal(candidate, "duplicate_pair", detail)))
    dropped = {duplicate.index for duplicate in repeated}
    return [entry for index, entry in enumerate(fresh) if index not in dropped]


def _within_count(
    enough: Sequence[tuple[int, Candidate]],
    room: Mapping[int, int],
    refusals: list[tuple[int, Refusal]],
) -> list[tuple[int, Candidate]]:
    """Return as many of the candidates as are wanted at each place.

    The best judged pair about each quotation comes first, then a second about any of them.
    """
    by_margin = sorted(range(len(enough)), key=lambda index: -(enough[index][1].margin or 0))
    quoted: Counter[tuple[int, str]] = Counter()
    rank: dict[int, int] = {}
    for index in by_margin:
        at, candidate = enough[index]
        rank[index] = quoted[at, candidate.evidence]
        quoted[at, candidate.evidence] += 1
    taken: Counter[int] = Counter()
    staying: set[int] = set()
    for index in sorted(by_margin, key=rank.__getitem__):
        at = enough[index][0]
        if taken[at] < room[at]:
            taken[at] += 1
            staying.add(index)
    refusals += [
        (at, make_refusal(candidate, "over_count", f"{room[at]} are wanted, and others come first"))
        for index, (at, candidate) in enumerate(enough)
        if index not in staying
    ]
    return [entry for index, entry in enumerate(enough) if index in staying]
