"""Report outline: what a report of a run shows, in its order and in words, for whoever draws it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dlm_lsp.document import Document
from dlm_lsp.synth.nothing_accepted import why_nothing
from dlm_lsp.synth.refusal_words import reason_in_words
from dlm_lsp.synth.report import Candidate, Refusal, Report, Usage, Verdict
from dlm_lsp.synth.saved_report import SavedReport
from dlm_lsp.synth.section_places import SectionPlace, place_of, section_places


@dataclass(frozen=True, slots=True)
class ReportedPair:
    """A pair of a run, and in words what is thought of it; `why` says why it was refused."""

    question: str
    answer: str
    place: SectionPlace
    evidence: str
    basis: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class SectionYield:
    """How many pairs about a section were accepted and refused."""

    place: SectionPlace
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class ReportedSkip:
    """A section that gave nothing, or less than it was asked for, and why."""

    place: SectionPlace
    strategy: str
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class ReportOutline:
    """A report in words.

    `facts` are the lines of its head, each with a label. Accepted pairs come by their sections,
    refused ones by the reason, the commonest first. `margins` are those that the judge gave.
    """

    facts: tuple[tuple[str, str], ...]
    accepted: tuple[tuple[SectionPlace, tuple[ReportedPair, ...]], ...]
    refused: tuple[tuple[str, tuple[ReportedPair, ...]], ...]
    skipped: tuple[ReportedSkip, ...]
    sections: tuple[SectionYield, ...]
    margins: tuple[float, ...]
    refused_margins: tuple[float, ...]

    @property
    def accepted_count(self) -> int:
        """How many pairs were accepted."""
        return sum(len(pairs) for _, pairs in self.accepted)

    @property
    def refused_count(self) -> int:
        """How many pairs were refused."""
        return sum(len(pairs) for _, pairs in self.refused)


@dataclass(frozen=True, slots=True)
class PairStates:
    """The ids of the pairs that are staged, and of those that the user has rejected."""

    staged: Collection[str] = ()
    rejected: Collection[str] = ()


def report_outline(
    saved: SavedReport,
    document: Document,
    states: PairStates,
    option_name: Callable[[str], str] = str,
) -> ReportOutline:
    """Return what the report of a run on `document` shows, as that and its pairs are now.

    `option_name` says what an option is called where the report is read.
    """
    report, places = saved.report, section_places(document)
    accepted: dict[str, list[ReportedPair]] = defaultdict(list)
    for candidate in report.accepted:
        accepted[candidate.source_id].append(_accepted(candidate, places))
    refused: dict[str, list[ReportedPair]] = defaultdict(list)
    for refusal in report.refused:
        refused[reason_in_words(refusal.reason)].append(_refused(refusal, places))
    return ReportOutline(
        facts=tuple(_facts(saved, document, states, option_name)),
        accepted=tuple((place_of(id_, places), tuple(pairs)) for id_, pairs in accepted.items()),
        refused=tuple(
            (words, tuple(pairs))
            for words, pairs in sorted(refused.items(), key=lambda group: -len(group[1]))
        ),
        skipped=tuple(
            ReportedSkip(
                place_of(skip.source_id, places),
                skip.strategy or "",
                reason_in_words(skip.reason),
                skip.detail,
            )
            for skip in report.skipped
        ),
        sections=tuple(_yields(report, places)),
        margins=tuple(_margins(report.accepted)),
        refused_margins=tuple(_margins(report.refused)),
    )


def _facts(
    saved: SavedReport,
    document: Document,
    states: PairStates,
    option_name: Callable[[str], str],
) -> Iterator[tuple[str, str]]:
    report = saved.report
    yield "Teacher", saved.teacher
    if saved.judge:
        yield "Judge", saved.judged_by
    if saved.verifier:
        count = len(report.unverified)
        unverified = f", {count} accepted unverified" if count else ""
        yield "Verifier", f"{saved.verifier}, {report.verified} verified{unverified}"
    elif saved.why_unverified:
        yield "Not verified", saved.why_unverified
    yield "Time", saved.at
    yield (
        "Pairs",
        f"{report.generated} generated, {report.dedup} after text rules and duplicates, "
        f"{len(report.accepted)} accepted",
    )
    for note in (*saved.notes, *report.notices):
        yield "Note", note
    if report.accepted:
        yield "Accepted ones now", _now(report, document, states)
    elif cause := why_nothing(report):
        yield "Nothing accepted", cause.worded(option_name)
    yield "Cost", _cost(report.usage)
    if report.failure:
        yield "Ended early", report.failure
    if report.stopped:
        yield "Ended early", "it was cancelled"


def _now(report: Report, document: Document, states: PairStates) -> str:
    """Return where the accepted pairs of a run are by now."""
    present = {section.id for section in document.sections}
    where: Counter[str] = Counter()
    for candidate in report.accepted:
        if candidate.id in present:
            where["in the document"] += 1
        elif candidate.id in states.staged:
            where["staged"] += 1
        elif candidate.id in states.rejected:
            where["rejected or edited by you"] += 1
        else:
            where["neither staged nor in the document"] += 1
    return ", ".join(f"{count} {words}" for words, count in where.items())


def _cost(usage: Usage) -> str:
    money = f", {usage.cost}" if usage.cost else ""
    return (
        f"{usage.requests:,} requests, {usage.from_cache:,} from the cache, "
        f"{usage.tokens_in or 0:,} tokens in, {usage.tokens_out or 0:,} out, {usage.seconds:.1f} s"
        f"{money}"
    )


def _accepted(candidate: Candidate, places: Mapping[str, SectionPlace]) -> ReportedPair:
    return ReportedPair(
        candidate.pair.question,
        candidate.pair.answer,
        place_of(candidate.source_id, places),
        candidate.evidence,
        _basis(candidate.strategy, candidate.margin, candidate.verdict),
    )


def _refused(refusal: Refusal, places: Mapping[str, SectionPlace]) -> ReportedPair:
    return ReportedPair(
        refusal.question,
        refusal.answer,
        place_of(refusal.source_id, places),
        refusal.evidence,
        _basis(refusal.strategy, refusal.margin, refusal.verdict),
        refusal.detail,
    )


def _basis(strategy: str, margin: float | None, verdict: Verdict | None) -> str:
    parts: list[str] = [strategy]
    if margin is not None:
        parts.append(f"margin {margin:.2f}")
    if verdict and verdict.probability is None:
        parts.append(f"unverified ({verdict.detail})")
    elif verdict:
        parts.append(f"right with a probability of {verdict.probability:.2f}")
    return ", ".join(parts)


def _yields(report: Report, places: Mapping[str, SectionPlace]) -> Iterator[SectionYield]:
    accepted = Counter(candidate.source_id for candidate in report.accepted)
    refused = Counter(refusal.source_id for refusal in report.refused)
    others = dict.fromkeys(skip.source_id for skip in report.skipped)
    # A section of the document comes in the place that it has there.
    lines = {id_: place_of(id_, places).line or 0 for id_ in {**accepted, **refused, **others}}
    for id_ in sorted(lines, key=lambda id_: lines[id_]):
        yield SectionYield(place_of(id_, places), accepted[id_], refused[id_])


def _margins(pairs: Iterable[Candidate | Refusal]) -> Iterator[float]:
    for pair in pairs:
        if pair.margin is not None:
            yield pair.margin
