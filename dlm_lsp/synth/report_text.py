"""Report text: the report of a run as a Markdown document that holds other people's words."""

from collections.abc import Iterator

from dlm_lsp.ide.markdown import escape_markdown, markdown_link
from dlm_lsp.synth.report_outline import ReportedPair, ReportOutline
from dlm_lsp.synth.section_places import SectionPlace


def report_markdown(outline: ReportOutline, uri: str = "") -> str:
    """Return a report as Markdown; sections are links into the document at `uri`, if it has one."""
    return "\n".join(_lines(outline, uri)) + "\n"


def _lines(outline: ReportOutline, uri: str) -> Iterator[str]:
    yield "# Synthesis report"
    yield ""
    for label, words in outline.facts:
        yield f"- {label}: {escape_markdown(words)}"
    if outline.accepted:
        yield from ("", f"## Accepted ({outline.accepted_count})")
    for place, pairs in outline.accepted:
        yield from ("", f"### {_section(place, uri)} ({len(pairs)})")
        for pair in pairs:
            yield from _pair(pair, escape_markdown(pair.basis))
    if outline.refused:
        yield from ("", f"## Refused ({outline.refused_count})")
    for words, pairs in outline.refused:
        yield from ("", f"### {escape_markdown(words)} ({len(pairs)})")
        for pair in pairs:
            why = f" {escape_markdown(pair.why)}" if pair.why else ""
            basis = escape_markdown(pair.basis)
            yield from _pair(pair, f"{basis}, about {_section(pair.place, uri)}.{why}")
    if outline.skipped:
        yield from ("", f"## Gave nothing, or less than asked for ({len(outline.skipped)})", "")
    for skip in outline.skipped:
        strategy = f" ({skip.strategy})" if skip.strategy else ""
        words, detail = escape_markdown(skip.words), escape_markdown(skip.detail)
        yield f"- {_section(skip.place, uri)}{strategy}: **{words}**, {detail}"


def _pair(pair: ReportedPair, last: str) -> Iterator[str]:
    yield from ("", f"#### {escape_markdown(pair.question)}")
    if pair.answer:
        yield from ("", _quoted(pair.answer))
    if pair.evidence:
        yield from ("", f"“{escape_markdown(pair.evidence)}”")
    yield from ("", last)


def _section(place: SectionPlace, uri: str) -> str:
    words = escape_markdown(place.name)
    if place.line is None:
        return words
    if uri:
        return markdown_link(words, f"{uri}#L{place.line}")
    return f"{words}, line {place.line}"


def _quoted(text: str) -> str:
    # Two blanks keep the next line apart.
    return "  \n".join(f"> {_indented(line)}" for line in text.split("\n"))


def _indented(line: str) -> str:
    """Return a line with blanks before it that are shown and make no block of code."""
    spread, words = line.expandtabs(4), escape_markdown(line)
    depth = len(spread) - len(spread.lstrip())
    return "\N{NO-BREAK SPACE}" * depth + words if words else ""
