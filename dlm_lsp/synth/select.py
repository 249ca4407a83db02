"""Pair selection: what is accepted once all is known, whoever finished first."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dlm_lsp.document.document import Document
from dlm_lsp.document.section import Pair
from dlm_lsp.quality.contamination import equivalent_places
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.synth.candidates import CAME_BEFORE, NO_CANDIDATES, ParsedCandidates
from dlm_lsp.synth.corpus import CorpusPlace
from dlm_lsp.synth.judge_calibration import Calibration, judge_threshold
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage, Verdict
from dlm_lsp.synth.run_options import SynthOptions


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What came of the request at `index`; its candidates have their margins once judged."""

    index: float
    parsed: ParsedCandidates = NO_CANDIDATES
    skipped: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """What has passed everything but the verifier and the limits, each with its request's index.

    `generated`, `unique` and `judged` are how many there were at each step; `room` is how many may
    be accepted of each request, `present` how many an earlier run has put in.
    """

    candidates: tuple[tuple[float, Candidate], ...]
    refusals: tuple[tuple[float, Refusal], ...]
    skips: tuple[Skip, ...]
    generated: int
    unique: int
    judged: int
    room: Mapping[float, int]
    present: int


def select_pairs(
    document: Document,
    outcomes: Iterable[RequestOutcome],
    options: SynthOptions,
    *,
    usage: Usage,
    calibration: Calibration | None = None,
    verifying: bool = False,
    failure: str | None = None,
    stopped: bool = False,
    notices: tuple[str, ...] = (),
    corpus: CorpusPlace | None = None,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Report:
    """Return the report over `outcomes`, in whatever order they come.

    `calibration` is that of the judge's model. It is the turn of `corpus`, if there is one. What
    `check_cancelled` raises ends the selection.
    """
    passed = passed_pairs(
        document, outcomes, options, calibration, corpus, check_cancelled=check_cancelled
    )
    refusals = list(passed.refusals)
    candidates = [
        (at, replace(c, verdict=c.verdict or _NO_VERDICT) if verifying else c)
        for at, c in passed.candidates
    ]
    refused = [(at, c, verifier_refusal(c)) for at, c in candidates]
    refusals += [(at, refusal) for at, _, refusal in refused if refusal]
    enough = [(at, c) for at, c, refusal in refused if not refusal]
    within = _within_count(enough, passed.room, refusals)
    most = None if options.max_pairs is None else max(0, options.max_pairs - passed.present)
    accepted = within[:most]
    refusals += [
        (at, make_refusal(c, "over_max_pairs", f"max_pairs is {options.max_pairs}"))
        for at, c in within[len(accepted) :]
    ]
    return Report(
        filter=options.filter,
        generated=passed.generated,
        dedup=passed.unique,
        judge_passed=passed.judged,
        threshold=len(candidates),
        accepted=tuple(candidate for _, candidate in accepted),
        refused=tuple(refusal for _, refusal in sorted(refusals, key=lambda item: item[0])),
        skipped=passed.skips,
        usage=usage,
        failure=failure,
        stopped=stopped,
        notices=notices,
        already_present=passed.present,
        verified=sum(is_verified(c) for _, c in enough) if verifying else None,
    )


def passed_pairs(
    document: Document,
    outcomes: Iterable[RequestOutcome],
    options: SynthOptions,
    calibration: Calibration | None,
    corpus: CorpusPlace | None = None,
    *,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Passed:
    """Return the pairs over which the verifier is to decide, if there is one.

    What `check_cancelled` raises ends the search.
    """
    refusals: list[tuple[float, Refusal]] = []
    skips: list[Skip] = []
    fresh: list[tuple[float, Candidate]] = []
    in_document = {section.id for section in document.sections}
    # An earlier run on the same replies took these: they have their place, or this run would go on
    # with what was surplus then. Replies that are asked for anew are others.
    synthesized = {s.id for s in document.sections if s.synth and not options.fresh}
    present: set[str] = set()
    new: set[str] = set()
    room: Counter[float] = Counter()
    filtered = 0
    for outcome in sorted(outcomes, key=lambda outcome: outcome.index):
        at = outcome.index
        room[at] += outcome.parsed.requested
        skips += [*outcome.parsed.skipped, *outcome.skipped]
        refusals += [(at, refusal) for refusal in outcome.parsed.refused]
        filtered += sum(r.reason not in _NOT_GENERATED for r in outcome.parsed.refused)
        for candidate in outcome.parsed.candidates:
            if candidate.id in in_document:
                if candidate.id in synthesized:
                    present.add(candidate.id)
                    room[at] -= 1
                skips.append(_already_present(candidate))
            elif options.filter == "none" and candidate.id in new:
                filtered += 1
                refusals.append((at, make_refusal(candidate, "duplicate_pair", CAME_BEFORE)))
            else:
                new.add(candidate.id)
                fresh.append((at, candidate))
    unique = fresh
    if options.filter != "none":
        pairs = [placed.pair for section in document.sections for placed in section.pairs]
        apart = _without_probes(pairs, fresh, refusals, check_cancelled)
        unique = _without_duplicates(pairs, apart, refusals, check_cancelled)
    if corpus:
        unique = _without_those_elsewhere(corpus, unique, refusals)
    passed, enough = unique, unique
    if options.filter == "sway":
        threshold = judge_threshold(options.threshold, calibration)
        judged = [(at, c, judge_verdict(c, threshold)) for at, c in unique]
        refusals += [(at, refusal) for at, _, refusal in judged if refusal]
        enough = [(at, c) for at, c, refusal in judged if not refusal]
        passed = [(at, c) for at, c, out in judged if not out or out.reason == "below_threshold"]
    return Passed(
        candidates=tuple(enough),
        refusals=tuple(refusals),
        skips=tuple(skips),
        generated=len(fresh) + filtered,
        unique=len(unique),
        judged=len(passed),
        room=room,
        present=len(present),
    )


def judge_verdict(candidate: Candidate, threshold: float | None) -> Refusal | None:
    """Return how the judge's margin keeps a candidate out; None where it is enough.

    Without a threshold the judge only ranks the pairs.
    """
    margin = candidate.margin
    if margin is None:
        return make_refusal(candidate, "unjudged", "the run ended before the judge had read it")
    if margin >= (-math.inf if threshold is None else threshold):
        return None
    asked = "" if threshold is None else f", threshold {threshold:.3f}"
    if not margin > 0:
        return make_refusal(
            candidate,
            "judge_disfavored",
            f"the judge likes the empty answer as well (margin {margin:.3f}{asked})",
        )
    detail = f"margin {margin:.3f} is below the threshold {threshold:.3f}"
    return make_refusal(candidate, "below_threshold", detail)


def is_verified(candidate: Candidate) -> bool:
    """Say whether the verifier stands by a candidate."""
    return candidate.verdict is not None and candidate.verdict.verified


def verifier_refusal(candidate: Candidate) -> Refusal | None:
    """Return how the verifier's verdict keeps a candidate out; None where it does not.

    A pair that got no verdict is as good as where nothing is verified.
    """
    verdict = candidate.verdict
    if verdict is None or verdict.probability is None or verdict.verified:
        return None
    why = f"; {verdict.detail}" if verdict.detail else ""
    return make_refusal(
        candidate,
        "not_verified",
        f"the verifier finds it right with a probability of {verdict.probability:.2f}{why}",
    )


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
        candidate.verdict,
        candidate.evidence,
    )


def with_margins(parsed: ParsedCandidates, margins: Iterator[float]) -> ParsedCandidates:
    """Return `parsed` with the next of the judge's margins beside each candidate."""
    return replace(
        parsed, candidates=tuple(replace(c, margin=next(margins)) for c in parsed.candidates)
    )


def with_verdicts(parsed: ParsedCandidates, verdicts: Mapping[Pair, Verdict]) -> ParsedCandidates:
    """Return `parsed` with what the verifier says beside each candidate that it was asked about."""
    return replace(
        parsed,
        candidates=tuple(
            replace(c, verdict=verdicts.get(c.pair, c.verdict)) for c in parsed.candidates
        ),
    )


_NO_VERDICT = Verdict(detail="the run ended before it was verified")
# Pairs that cannot stand in a document, or that nobody asked for, count as little as no pair.
_NOT_GENERATED = ("invalid_structure", "over_count")


def _already_present(candidate: Candidate) -> Skip:
    detail = f"section {candidate.id} is already there"
    return Skip(candidate.source_id, candidate.strategy, "already_present", detail)


def _without_probes(
    pairs: Iterable[Pair],
    fresh: Sequence[tuple[float, Candidate]],
    refusals: list[tuple[float, Refusal]],
    check_cancelled: Callable[[], None],
) -> list[tuple[float, Candidate]]:
    """Return the candidates that are near none of the probes among `pairs`."""
    probes = DuplicateIndex()
    for pair in pairs:
        if pair.probe:
            probes.add(pair)
    if not probes.pairs:
        return list(fresh)
    others = []
    for at, candidate in fresh:
        check_cancelled()
        place = next(equivalent_places(candidate.pair, probes), None)
        if place is None:
            others.append((at, candidate))
        else:
            refusals.append((at, _near_probe(candidate, probes.pairs[place].question)))
    return others


def _near_probe(candidate: Candidate, question: str, where: str = "") -> Refusal:
    detail = f'gives away the probe "{question}"{where}'
    return make_refusal(candidate, "near_probe", detail)


def _without_duplicates(
    pairs: Sequence[Pair],
    fresh: Sequence[tuple[float, Candidate]],
    refusals: list[tuple[float, Refusal]],
    check_cancelled: Callable[[], None],
) -> list[tuple[float, Candidate]]:
    """Return the candidates that say nothing that another, or one of `pairs`, says."""
    repeated = duplicates(
        [candidate.pair for _, candidate in fresh],
        [candidate.margin for _, candidate in fresh],
        pairs,
        check_cancelled,
    )
    for duplicate in repeated:
        at, candidate = fresh[duplicate.index]
        where = "in the document" if duplicate.of is None else "among the new pairs"
        detail = f'says what "{duplicate.question}" says {where}'
        refusals.append((at, make_refusal(candidate, "duplicate_pair", detail)))
    dropped = {duplicate.index for duplicate in repeated}
    return [entry for index, entry in enumerate(fresh) if index not in dropped]


def _without_those_elsewhere(
    corpus: CorpusPlace,
    unique: Sequence[tuple[float, Candidate]],
    refusals: list[tuple[float, Refusal]],
) -> list[tuple[float, Candidate]]:
    new = []
    for at, candidate in unique:
        same = corpus.find(candidate.pair)
        if same is None:
            new.append((at, candidate))
        elif same.pair.probe:
            where = f" in {same.document}"
            refusals.append((at, _near_probe(candidate, same.pair.question, where)))
        else:
            detail = f'says what "{same.pair.question}" says in {same.document}'
            refusals.append((at, make_refusal(candidate, "duplicate_pair", detail)))
    return new


def _rank(candidate: Candidate) -> tuple[float, float]:
    verdict = candidate.verdict
    return -((verdict and verdict.probability) or 0), -(candidate.margin or 0)


def _within_count(
    enough: Sequence[tuple[float, Candidate]],
    room: Mapping[float, int],
    refusals: list[tuple[float, Refusal]],
) -> list[tuple[float, Candidate]]:
    """Return as many of the candidates as are wanted at each place.

    The best pair about each quotation comes first, then a second about any of them. The best are
    what the verifier finds likeliest to be right, then what the judge likes best.
    """
    best_first = sorted(range(len(enough)), key=lambda index: _rank(enough[index][1]))
    quoted: Counter[tuple[float, str]] = Counter()
    turn: dict[int, int] = {}
    for index in best_first:
        at, candidate = enough[index]
        turn[index] = quoted[at, candidate.evidence]
        quoted[at, candidate.evidence] += 1
    taken: Counter[float] = Counter()
    staying: set[int] = set()
    for index in sorted(best_first, key=turn.__getitem__):
        at = enough[index][0]
        if taken[at] < room[at]:
            taken[at] += 1
            staying.add(index)
    for index, (at, candidate) in enumerate(enough):
        if index not in staying:
            are = "is" if room[at] == 1 else "are"
            detail = f"{max(0, room[at])} {are} wanted, and others come first"
            refusals.append((at, make_refusal(candidate, "over_count", detail)))
    return [entry for index, entry in enumerate(enough) if index in staying]
