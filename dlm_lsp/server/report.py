"""Synthesis report: what a run came to, as a Markdown document."""

from collections.abc import Iterator

from dlm_lsp.ide.markdown import code_span, escape_markdown
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Candidate, Refusal, Skip


def report_markdown(result: SynthResult, outcome: str) -> str:
    """Return the report of a run; `outcome` says what became of the accepted pairs."""
    return "\n".join(_lines(result, outcome)) + "\n"


def _lines(result: SynthResult, outcome: str) -> Iterator[str]:
    report, spent = result.report, result.report.usage
    yield "# Synthesis report"
    yield ""
    yield f"- Teacher: {code_span(result.teacher)}"
    if result.judge:
        yield f"- Judge: {code_span(result.judged_by)}"
    if result.verifier:
        unverified = f", {len(report.unverified)} accepted unverified" if report.unverified else ""
        yield f"- Verifier: {code_span(result.verifier)}, {report.verified} verified{unverified}"
    elif result.why_unverified:
        yield f"- Not verified: {escape_markdown(result.why_unverified)}"
    yield f"- Time: {result.at}"
    yield (
        f"- Pairs: {report.generated} generated, {report.dedup} after text rules and duplicates, "
        f"{len(report.accepted)} accepted"
    )
    for note in (*result.notes, *report.notices):
        yield f"- Note: {escape_markdown(note)}"
    yield f"- Outcome: {escape_markdown(outcome)}"
    yield (
        f"- Cost: {spent.requests} requests, {spent.from_cache} from the cache, "
        f"{spent.tokens_in or 0} tokens in, {spent.tokens_out or 0} out, {spent.seconds:.1f} s"
        f"{f', {spent.cost}' if spent.cost else ''}"
    )
    if report.failure:
        yield f"- Ended early: {escape_markdown(report.failure)}"
    if report.stopped:
        yield "- Ended early: it was cancelled"
    yield from _accepted(report.accepted)
    yield from _refused(report.refused)
    yield from _skipped(report.skipped)


def _accepted(accepted: tuple[Candidate, ...]) -> Iterator[str]:
    if accepted:
        yield from ("", f"## Accepted ({len(accepted)})")
    for candidate in accepted:
        yield from (
            "",
            f"### {escape_markdown(candidate.pair.question)}",
            "",
            _quoted(candidate.pair.answer),
        )
        margin = "" if candidate.margin is None else f", margin {candidate.margin:.2f}"
        origin = f"From section {code_span(candidate.source_id)}, {candidate.strategy}"
        yield from ("", f"{origin}{margin}{_verdict(candidate)}.")


def _verdict(candidate: Candidate) -> str:
    verdict = candidate.verdict
    if verdict is None:
        return ""
    if verdict.probability is None:
        return f", unverified ({escape_markdown(verdict.detail)})"
    return f", right with a probability of {verdict.probability:.2f}"


def _refused(refused: tuple[Refusal, ...]) -> Iterator[str]:
    if refused:
        yield from ("", f"## Refused ({len(refused)})", "")
    for refusal in refused:
        question, detail = escape_markdown(refusal.question), escape_markdown(refusal.detail)
        yield f"- {question}: **{refusal.reason}**, {detail}"


def _skipped(skipped: tuple[Skip, ...]) -> Iterator[str]:
    if skipped:
        yield from ("", f"## Skipped ({len(skipped)})", "")
    for skip in skipped:
        strategy = f" ({skip.strategy})" if skip.strategy else ""
        source, detail = code_span(skip.source_id), escape_markdown(skip.detail)
        yield f"- {source}{strategy}: **{skip.reason}**, {detail}"


def _quoted(text: str) -> str:
    # Two blanks keep the next line apart.
    return "  \n".join(f"> {_indented(line)}" for line in text.split("\n"))


def _indented(line: str) -> str:
    """Return a line with blanks before it that are shown and make no block of code."""
    spread, words = line.expandtabs(4), escape_markdown(line)
    depth = len(spread) - len(spread.lstrip())
    return "\N{NO-BREAK SPACE}" * depth + words if words else ""
