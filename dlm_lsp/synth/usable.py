"""Which pairs of the replies to one ask can be used, and what was wrong with the rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.document.section import Pair
from dlm_lsp.document.well_formed import Refused, well_formed
from dlm_lsp.synth.asks import Wanted
from dlm_lsp.synth.blocked import Blocked
from dlm_lsp.synth.dedup import duplicates
from dlm_lsp.synth.gates import gate
from dlm_lsp.synth.options import FilterKind
from dlm_lsp.synth.replies import Written, parse_reply
from dlm_lsp.synth.report import Candidate, Refusal, Skip
from dlm_lsp.teachers.protocol import Ask, Reply

# How many pairs the judge may choose from, for each that was asked for.
_MOST_KEPT = 2


@dataclass(frozen=True, slots=True)
class Usable:
    """What came of one ask: pairs to go on with, pairs refused, and how many are missing.

    Pairs that say the same thing count once; all of them are kept until the judge has chosen.
    """

    kept: tuple[Candidate, ...] = ()
    refused: tuple[Refusal, ...] = ()
    skipped: tuple[Skip, ...] = ()
    missing: int = 0
    repair: Ask | None = None


NOTHING = Usable()


def usable(
    wanted: Wanted,
    replies: Sequence[Reply],
    filter_: FilterKind,
    examples: Sequence[tuple[str, str]] = (),
) -> Usable:
    """Return what the replies to `wanted`, the first and perhaps its repair, hold together.

    `examples` are the pairs that the teacher was shown to learn the form from. `repair` is what to
    ask next; None where enough is there, or where a repair was asked already.
    """
    ask = wanted.ask
    kept: list[Candidate] = []
    distinct: list[Pair] = []
    refused: list[Refusal] = []
    skipped: list[Skip] = []
    complaints: list[str] = []
    came = 0
    for reply in replies:
        parsed = parse_reply(reply.text, cut=reply.finish == "length")
        came += len(parsed.pairs)
        declined = reply.finish == "refusal" and not parsed.pairs
        complaints.append("the teacher declined to answer" if declined else parsed.complaint)
        for written in parsed.pairs:
            verdict = _verdict(written, ask, filter_, examples)
            if isinstance(verdict, Pair):
                verdict = _counted(verdict, distinct, len(kept), ask.count, filter_)
            if isinstance(verdict, Pair):
                candidate = Candidate(verdict, wanted.source_id, ask.strategy, written.evidence)
                kept.append(candidate)
            elif verdict.reason == "empty_pair":
                skipped.append(Skip(wanted.source_id, ask.strategy, verdict.reason, verdict.detail))
            else:
                refused.append(_refusal(written, wanted, verdict))
    missing = ask.count - len(distinct)
    if not came:
        skipped.append(Skip(wanted.source_id, ask.strategy, "invalid_output", complaints[-1]))
    elif missing:
        detail = f"{ask.count - missing} of the {ask.count} pairs asked for can be used"
        skipped.append(Skip(wanted.source_id, ask.strategy, "shortfall", detail))
    repairable = missing and len(replies) == 1 and replies[0].finish != "refusal"
    complaint = _complaint(complaints[0], came, ask.count, refused, skipped)
    return Usable(
        kept=tuple(kept),
        refused=tuple(refused),
        skipped=tuple(skipped),
        missing=missing,
        repair=_repair(ask, missing, complaint, kept) if repairable else None,
    )


def _verdict(
    written: Written, ask: Ask, filter_: FilterKind, examples: Sequence[tuple[str, str]]
) -> Pair | Refused | Blocked:
    pair = well_formed(written.question, written.answer)
    if isinstance(pair, Refused) or filter_ != "sway":
        return pair
    return gate(pair, written.evidence, ask.prose, ask.strategy, examples) or pair


def _counted(
    pair: Pair, distinct: list[Pair], kept: int, count: int, filter_: FilterKind
) -> Pair | Blocked:
    """Return `pair` if it is one of `count`, noted in `distinct`, or says what one of them says."""
    if filter_ == "none" or not duplicates([pair], [None], distinct):
        if len(distinct) == count:
            return Blocked("over_count", f"{count} were asked for")
        distinct.append(pair)
    elif filter_ == "dedup-only" or kept >= _MOST_KEPT * count:
        # Only a judge can like the later one better, and it need not read a loop to its end.
        return Blocked("duplicate_pair", "it says what another pair of the same reply says")
    return pair


def _refusal(written: Written, wanted: Wanted, why: Refused | Blocked) -> Refusal:
    return Refusal(
        written.question,
        written.answer,
        wanted.source_id,
        wanted.ask.strategy,
        why.reason,
        why.detail,
    )


def _repair(ask: Ask, missing: int, complaint: str, kept: Sequence[Candidate]) -> Ask:
    have = tuple((candidate.pair.question, candidate.pair.answer) for candidate in kept)
    return Ask(ask.prose, ask.strategy, missing, complaint, have)


def _complaint(
    form: str, came: int, asked: int, refused: Sequence[Refusal], skipped: Sequence[Skip]
) -> str:
    """Return in one line what was wrong with a reply, for the teacher to do better."""
    parts = [form] if form else []
    if came < asked:
        parts.append(f"{came} of {asked} pairs came")
    faults = [refusal.detail for refusal in refused if refusal.reason != "over_count"]
    faults += [skip.detail for skip in skipped if skip.reason == "empty_pair"]
    parts += [
        f"{detail} ({times} times)" if times > 1 else detail
        for detail, times in Counter(faults).items()
    ]
    return "; ".join(parts) or "some pairs said the same thing"
