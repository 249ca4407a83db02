"""What a run came to, as a Markdown document."""

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
        yield f"- Judge: {code_span(result.judge)}"
    yield f"- Time: {result.at}"
    yield (
        f"- Pairs: {report.generated} generated, {report.dedup} after gates and duplicates, "
        f"{len(report.accepted)} accepted"
    )
    yield f"- Outcome: {escape_markdown(outcome)}"
    yield (
        f"- Cost: {spent.requests} requests, {spent.from_cache} from the cache, "
        f"{spent.tokens_in or 0} tokens in, {spent.tokens_out or 0} out, {spent.seconds:.1f} s"
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
    for one in accepted:
        yield from ("", f"### {escape_markdown(one.pair.question)}", "", _quoted(one.pair.answer))
        margin = "" if one.margin is None else f", margin {one.margin:.2f}"
        yield from ("", f"From section {code_span(one.source_id)}, {one.strategy}{margin}.")


def _refused(refused: tuple[Refusal, ...]) -> Iterator[str]:
    if refused:
        yield from ("", f"## Refused ({len(refused)})", "")
    for one in refused:
        yield f"- {escape_markdown(one.question)}: **{one.reason}**, {escape_markdown(one.detail)}"


def _skipped(skipped: tuple[Skip, ...]) -> Iterator[str]:
    if skipped:
        yield from ("", f"## Skipped ({len(skipped)})", "")
    for one in skipped:
        strategy = f" ({one.strategy})" if one.strategy else ""
        source, detail = code_span(one.source_id), escape_markdown(one.detail)
        yield f"- {source}{strategy}: **{one.reason}**, {detail}"


def _quoted(text: str) -> str:
    # Two blanks keep the next line apart.
    return "  \n".join(f"> {_indented(line)}" for line in text.split("\n"))


def _indented(line: str) -> str:
    """Return a line with blanks before it that are shown and make no block of code."""
    spread, words = line.expandtabs(4), escape_markdown(line)
    depth = len(spread) - len(spread.lstrip())
    return "\N{NO-BREAK SPACE}" * depth + words if words else ""
