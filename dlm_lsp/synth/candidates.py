"""Candidates: the pairs of a reply that can be used, and what was wrong with the rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from dlm_lsp.document.section import Pair
from dlm_lsp.document.well_formed import PairFault, well_formed
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.evidence import standing_evidence
from dlm_lsp.quality.filters import find_pair_fault
from dlm_lsp.synth.options import FilterKind
from dlm_lsp.synth.parse_reply import RawPair, parse_reply
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.synth.report import Candidate, Refusal, Skip
from dlm_lsp.teachers.protocol import PairRequest, Reply

# How many pairs to choose from there may be, for each that was asked for and one more: a teacher
# that goes on for ever need not be read to its end.
_MOST_CANDIDATES = 4
# A repair has to fit where the first request did: what it says of the last reply is held short.
_MOST_FAULTS = 5
_LONGEST_FAULT = 120
_LONGEST_HAVE = 1200
_CUT = "the reply broke off at its token limit"
_REMEDY = "raise max_new_tokens"
CAME_BEFORE = "the teacher wrote the same pair before"
"""Why an equal pair, in one reply or two of a run, is refused."""


@dataclass(frozen=True, slots=True)
class ParsedCandidates:
    """What came of one request: pairs to go on with, pairs refused, and how many are missing.

    Pairs that say the same thing count once; all are kept, also beyond the `requested` ones, until
    what the document has already and what the judge thinks of each is known.
    """

    requested: int = 0
    candidates: tuple[Candidate, ...] = ()
    refused: tuple[Refusal, ...] = ()
    skipped: tuple[Skip, ...] = ()
    missing: int = 0
    repair: PairRequest | None = None


NO_CANDIDATES = ParsedCandidates()


def parse_candidates(
    planned_request: PlannedRequest,
    replies: Sequence[Reply],
    filter_: FilterKind,
    examples: Sequence[tuple[str, str]] = (),
) -> ParsedCandidates:
    """Return what the replies to a request, the first and perhaps its repair, hold together.

    `examples` are the pairs that the teacher was shown to learn the form from. `repair` is what to
    ask next; None where enough is there, or where a repair was asked already.
    """
    source_id, request = planned_request.source_id, planned_request.request
    candidates: list[Candidate] = []
    distinct: list[Pair] = []
    refused: list[Refusal] = []
    skipped: list[Skip] = []
    complaints: list[str] = []
    pair_count = 0
    for reply in replies:
        parsed = parse_reply(reply.text, cut=reply.finish == "length")
        pair_count += len(parsed.pairs)
        declined = reply.finish == "refusal" and not parsed.pairs
        complaints.append("the teacher declined to answer" if declined else parsed.complaint)
        for raw_pair in parsed.pairs:
            verdict = _verdict(raw_pair, request, filter_, examples)
            if isinstance(verdict, Pair):
                verdict = _checked_count(verdict, candidates, request.count, filter_)
            if isinstance(verdict, Pair):
                if filter_ == "none" or not duplicates([verdict], [None], distinct):
                    distinct.append(verdict)
                evidence = _evidence(raw_pair, request)
                candidates.append(Candidate(verdict, source_id, request.strategy, evidence))
            elif verdict.reason == "empty_pair":
                skipped.append(Skip(source_id, request.strategy, verdict.reason, verdict.detail))
            else:
                refused.append(_refusal(raw_pair, planned_request, verdict))
    missing = max(0, request.count - len(distinct))
    cut = any(reply.finish == "length" for reply in replies)
    note = next((reply.note for reply in reversed(replies) if reply.note), "")
    if not pair_count and not note:
        detail = f"{_CUT} before its first pair was complete; {_REMEDY}" if cut else complaints[-1]
        skipped.append(Skip(source_id, request.strategy, "invalid_output", detail))
    elif missing:
        detail = f"{request.count - missing} of the {request.count} pairs asked for can be used"
        reason = f"{_CUT}; {_REMEDY}" if cut else note
        detail = f"{detail}: {reason}" if reason else detail
        skipped.append(Skip(source_id, request.strategy, "shortfall", detail))
    repairable = missing and len(replies) == 1 and replies[0].finish != "refusal"
    complaint = _complaint(complaints[0], pair_count, request.count, refused, skipped)
    return ParsedCandidates(
        requested=request.count,
        candidates=tuple(candidates),
        refused=tuple(refused),
        skipped=tuple(skipped),
        missing=missing,
        repair=_repair(request, missing, complaint, candidates) if repairable else None,
    )


def _verdict(
    raw_pair: RawPair,
    request: PairRequest,
    filter_: FilterKind,
    examples: Sequence[tuple[str, str]],
) -> Pair | PairFault:
    pair = well_formed(raw_pair.question, raw_pair.answer)
    if isinstance(pair, PairFault) or filter_ != "sway":
        return pair
    return find_pair_fault(pair, request.prose, request.strategy, examples) or pair


def _evidence(raw_pair: RawPair, request: PairRequest) -> str:
    """Return the passage to show for a pair; what goes beyond the text has none but its own."""
    if request.strategy != "extraction":
        return raw_pair.evidence
    return standing_evidence(raw_pair.evidence, raw_pair.answer, request.prose)


def _checked_count(
    pair: Pair, candidates: Sequence[Candidate], count: int, filter_: FilterKind
) -> Pair | PairFault:
    """Return `pair` if it is one to choose from, else why not."""
    if filter_ != "none" and any(pair == candidate.pair for candidate in candidates):
        return PairFault("duplicate_pair", CAME_BEFORE)
    if len(candidates) >= _MOST_CANDIDATES * (count + 1):
        return PairFault("over_count", f"{count} were asked for")
    return pair


def _refusal(raw_pair: RawPair, planned_request: PlannedRequest, fault: PairFault) -> Refusal:
    return Refusal(
        raw_pair.question,
        raw_pair.answer,
        planned_request.source_id,
        planned_request.request.strategy,
        fault.reason,
        fault.detail,
    )


def _repair(
    request: PairRequest, missing: int, complaint: str, candidates: Sequence[Candidate]
) -> PairRequest:
    have: list[tuple[str, str]] = []
    room = _LONGEST_HAVE
    for candidate in candidates:
        pair = candidate.pair.question, candidate.pair.answer
        length = sum(map(len, pair))
        if length <= room:
            room -= length
            have.append(pair)
    return PairRequest(request.prose, request.strategy, missing, complaint, tuple(have))


def _complaint(
    form_fault: str,
    pair_count: int,
    requested: int,
    refused: Sequence[Refusal],
    skipped: Sequence[Skip],
) -> str:
    """Return in one line what was wrong with a reply, for the teacher to do better."""
    parts = [form_fault] if form_fault else []
    if pair_count < requested:
        parts.append(f"{pair_count} of {requested} pairs came")
    faults = [refusal.detail for refusal in refused if refusal.reason != "over_count"]
    faults += [skip.detail for skip in skipped if skip.reason == "empty_pair"]
    parts += [
        f"{detail} ({times} times)" if times > 1 else detail
        for detail, times in Counter(faults).items()
    ]
    shortened = (p if len(p) <= _LONGEST_FAULT else f"{p[: _LONGEST_FAULT - 1]}…" for p in parts)
    return "; ".join(islice(shortened, _MOST_FAULTS)) or "some pairs said the same thing"
