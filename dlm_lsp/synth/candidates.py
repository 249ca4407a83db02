"""Candidates: the pairs of a reply that can be used, and what was wrong with the rest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from dlm_lsp.document.section import Pair
from dlm_lsp.document.well_formed import PairFault, well_formed
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.quality.evidence import standing_evidence
from dlm_lsp.quality.filters import find_pair_fault
from dlm_lsp.quality.topic import name_topic
from dlm_lsp.synth.options import FilterKind
from dlm_lsp.synth.planned_requests import PlannedRequest, spare_count
from dlm_lsp.synth.raw_pair import RawPair
from dlm_lsp.synth.reply_faults import read_pairs
from dlm_lsp.synth.report import Candidate, Refusal, Skip, pair_id
from dlm_lsp.synth.unused_sentences import unused_sentences
from dlm_lsp.teachers.protocol import PairRequest, Reply

# How many pairs to choose from there may be, for each that was asked for and one more: a teacher
# that goes on for ever need not be read to its end.
_MOST_CANDIDATES = 4
# The most characters of all sentences that a second request quotes.
_LONGEST = 1200
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
    follow_up: PairRequest | None = None


NO_CANDIDATES = ParsedCandidates()


def parse_candidates(
    planned_request: PlannedRequest,
    replies: Sequence[Reply],
    filter_: FilterKind,
    examples: Sequence[tuple[str, str]] = (),
    rejected: Collection[str] = (),
) -> ParsedCandidates:
    """Return what the replies to a request, the first and perhaps a second, hold together.

    `examples` are the pairs that the teacher was shown to learn the form from, `rejected` the ids
    of those that the user wants to see no more. `follow_up` is what
    to ask next; None where enough is there, where every sentence of the prose has its pair, and
    where two replies are there already.
    """
    source_id, request = planned_request.source_id, planned_request.request
    candidates: list[Candidate] = []
    distinct = DuplicateIndex()
    refused: list[Refusal] = []
    skipped: list[Skip] = []
    raw_pairs: list[RawPair] = []
    form_fault = malformed = ""
    for reply in replies:
        parsed = read_pairs(reply)
        raw_pairs += parsed.pairs
        malformed = parsed.complaint if parsed.pairs else malformed
        declined = reply.finish == "refusal" and not parsed.pairs
        form_fault = "the teacher declined to answer" if declined else parsed.complaint
        for raw_pair in _with_topics(parsed.pairs, request.prose, filter_):
            verdict = _verdict(raw_pair, request, filter_, examples)
            if isinstance(verdict, Pair):
                verdict = _checked_count(verdict, candidates, request.count, filter_)
            if isinstance(verdict, Pair) and pair_id(verdict) in rejected:
                verdict = PairFault("rejected", "rejected by you")
            if isinstance(verdict, Pair):
                if filter_ == "none" or distinct.first_duplicate(verdict) is None:
                    distinct.add(verdict)
                evidence = _evidence(raw_pair, request)
                candidates.append(Candidate(verdict, source_id, request.strategy, evidence))
            elif verdict.reason == "empty_pair":
                skipped.append(Skip(source_id, request.strategy, verdict.reason, verdict.detail))
            else:
                refused.append(_refusal(raw_pair, planned_request, verdict))
    missing = max(0, request.count - len(distinct.pairs))
    cut = any(reply.finish == "length" for reply in replies)
    note = next((reply.note for reply in reversed(replies) if reply.note), "")
    if not raw_pairs and not note:
        detail = f"{_CUT} before its first pair was complete; {_REMEDY}" if cut else form_fault
        skipped.append(Skip(source_id, request.strategy, "invalid_output", detail))
    elif missing:
        detail = f"{request.count - missing} of the {request.count} pairs asked for can be used"
        reason = note or (f"{_CUT}; {_REMEDY}" if cut else malformed)
        detail = f"{detail}: {reason}" if reason else detail
        skipped.append(Skip(source_id, request.strategy, "shortfall", detail))
    may_follow = missing and len(replies) == 1 and replies[0].finish != "refusal"
    return ParsedCandidates(
        requested=request.count,
        candidates=tuple(candidates),
        refused=tuple(refused),
        skipped=tuple(skipped),
        missing=missing,
        follow_up=_follow_up(request, missing, raw_pairs, candidates) if may_follow else None,
    )


def _with_topics(pairs: Sequence[RawPair], prose: str, filter_: FilterKind) -> list[RawPair]:
    """Return pairs whose questions say what they are about; without filters all is as it came."""
    if filter_ == "none":
        return list(pairs)
    return [
        replace(
            pair,
            question=name_topic(
                pair.question, standing_evidence(pair.evidence, pair.answer, prose), prose
            ),
        )
        for pair in pairs
    ]


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
        return PairFault("over_count", f"{count} {'is' if count == 1 else 'are'} wanted")
    return pair


def _refusal(raw_pair: RawPair, planned_request: PlannedRequest, fault: PairFault) -> Refusal:
    return Refusal(
        raw_pair.question,
        raw_pair.answer,
        planned_request.source_id,
        planned_request.request.strategy,
        fault.reason,
        fault.detail,
        evidence=_evidence(raw_pair, planned_request.request),
    )


def _follow_up(
    request: PairRequest,
    missing: int,
    raw_pairs: Sequence[RawPair],
    candidates: Sequence[Candidate],
) -> PairRequest | None:
    """Return a request about sentences that no pair is about, None where there is none left."""
    unused = unused_sentences(request.prose, raw_pairs)
    most = missing + (spare_count(missing) if request.spare else 0)
    # From all over the passage, and no more than fits where the first request did.
    chosen = unused[:: max(1, len(unused) // most)][:most]
    lengths = accumulate(map(len, chosen))
    sentences = tuple(s for s, length in zip(chosen, lengths, strict=True) if length <= _LONGEST)
    if not sentences:
        return None
    count = min(missing, len(sentences))
    return PairRequest(
        request.prose,
        request.strategy,
        count,
        spare=len(sentences) - count,
        sentences=sentences,
        have=tuple((candidate.pair.question, candidate.pair.answer) for candidate in candidates),
        guidance=request.guidance,
    )
