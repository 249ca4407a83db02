"""Which pairs of the replies to one ask can be used, and what was wrong with the rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from dlm_lsp.document.dedup import duplicates
from dlm_lsp.document.section import Pair
from dlm_lsp.document.well_formed import Refused, well_formed
from dlm_lsp.synth.asks import Wanted
from dlm_lsp.synth.gates import gate
from dlm_lsp.synth.options import FilterKind
from dlm_lsp.synth.replies import Written, parse_reply
from dlm_lsp.synth.report import Candidate, Refusal, Skip
from dlm_lsp.teachers.protocol import Ask, Reply

# How many pairs to choose from there may be, for each that was asked for and one more: a teacher
# that goes on for ever need not be read to its end.
_MOST_KEPT = 4
# A repair has to fit where the first ask did: what it says of the last reply is held short.
_MOST_FAULTS = 5
_LONGEST_FAULT = 120
_LONGEST_HAVE = 1200
_CUT = "the reply broke off at its token limit"
_REMEDY = "raise --max-new-tokens"


@dataclass(frozen=True, slots=True)
class Usable:
    """What came of one ask: pairs to go on with, pairs refused, and how many are missing.

    Pairs that say the same thing count once; all are kept, also beyond the `asked` ones, until
    what the document has already and what the judge thinks of each is known.
    """

    asked: int = 0
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
                verdict = _counted(verdict, kept, ask.count, filter_)
            if isinstance(verdict, Pair):
                if filter_ == "none" or not duplicates([verdict], [None], distinct):
                    distinct.append(verdict)
                candidate = Candidate(verdict, wanted.source_id, ask.strategy, written.evidence)
                kept.append(candidate)
            elif verdict.reason == "empty_pair":
                skipped.append(Skip(wanted.source_id, ask.strategy, verdict.reason, verdict.detail))
            else:
                refused.append(_refusal(written, wanted, verdict))
    missing = max(0, ask.count - len(distinct))
    cut = any(reply.finish == "length" for reply in replies)
    note = next((reply.note for reply in reversed(replies) if reply.note), "")
    if not came and not note:
        detail = f"{_CUT} before its first pair was complete; {_REMEDY}" if cut else complaints[-1]
        skipped.append(Skip(wanted.source_id, ask.strategy, "invalid_output", detail))
    elif missing:
        detail = f"{ask.count - missing} of the {ask.count} pairs asked for can be used"
        why = f"{_CUT}; {_REMEDY}" if cut else note
        detail = f"{detail}: {why}" if why else detail
        skipped.append(Skip(wanted.source_id, ask.strategy, "shortfall", detail))
    repairable = missing and len(replies) == 1 and replies[0].finish != "refusal"
    complaint = _complaint(complaints[0], came, ask.count, refused, skipped)
    return Usable(
        asked=ask.count,
        kept=tuple(kept),
        refused=tuple(refused),
        skipped=tuple(skipped),
        missing=missing,
        repair=_repair(ask, missing, complaint, kept) if repairable else None,
    )


def _verdict(
    written: Written, ask: Ask, filter_: FilterKind, examples: Sequence[tuple[str, str]]
) -> Pair | Refused:
    pair = well_formed(written.question, written.answer)
    if isinstance(pair, Refused) or filter_ != "sway":
        return pair
    return gate(pair, written.evidence, ask.prose, ask.strategy, examples) or pair


def _counted(
    pair: Pair, kept: Sequence[Candidate], count: int, filter_: FilterKind
) -> Pair | Refused:
    """Return `pair` if it is one to choose from, else why not."""
    if filter_ != "none" and any(pair == candidate.pair for candidate in kept):
        return Refused("duplicate_pair", "it stands twice in the reply")
    if len(kept) >= _MOST_KEPT * (count + 1):
        return Refused("over_count", f"{count} were asked for")
    return pair


def _refusal(written: Written, wanted: Wanted, why: Refused) -> Refusal:
    return Refusal(
        written.question,
        written.answer,
        wanted.source_id,
        wanted.ask.strategy,
        why.reason,
        why.detail,
    )


def _repair(ask: Ask, missing: int, complaint: str, kept: Sequence[Candidate]) -> Ask:
    have: list[tuple[str, str]] = []
    room = _LONGEST_HAVE
    for candidate in kept:
        pair = candidate.pair.question, candidate.pair.answer
        length = sum(map(len, pair))
        if length <= room:
            room -= length
            have.append(pair)
    return Ask(ask.prose, ask.strategy, missing, complaint, tuple(have))


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
    short = (p if len(p) <= _LONGEST_FAULT else f"{p[: _LONGEST_FAULT - 1]}…" for p in parts)
    return "; ".join(islice(short, _MOST_FAULTS)) or "some pairs said the same thing"
