"""Report page: the report of a run as one HTML page that needs nothing beside it."""

from collections.abc import Iterator, Sequence
from html import escape

from dlm_lsp.synth.report_outline import ReportedPair, ReportOutline

_STYLE = """\
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --page: #fff; --line: #d1d9e0;
  --good: #1a7f37; --bad: #9a6700; --tint: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --page: #0d1117;
  --line: #3d444d; --good: #3fb950; --bad: #d29922; --tint: #151b23; } }
body { background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 50rem; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
h2, h3 { font-size: 1.15rem; } h3 { margin: 1.75rem 0 .5rem; }
dl { display: grid; gap: .25rem 1rem; grid-template-columns: max-content 1fr; }
dt { color: var(--quiet); } dd { margin: 0; }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.counts div { background: var(--tint); border-radius: .5rem; flex: 1 1 7rem; padding: .6rem .9rem; }
.counts b { display: block; font-size: 1.6rem; line-height: 1.2; }
.counts span, .basis, figcaption { color: var(--quiet); font-size: .875rem; }
article { border-left: 3px solid var(--good); margin: 1rem 0; padding: 0 0 0 .9rem; }
article.refused { border-color: var(--bad); }
article p { margin: .3rem 0; white-space: pre-wrap; } .question { font-weight: 600; }
blockquote { color: var(--quiet); font-style: italic; margin: .3rem 0; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .5rem .35rem 0; text-align: left;
  vertical-align: top; }
.number { text-align: right; white-space: nowrap; width: 6rem; }
figure { margin: 1rem 0; } svg { display: block; height: auto; width: 100%; }
.good { color: var(--good); fill: var(--good); } .bad { color: var(--bad); fill: var(--bad); }
.axis { stroke: var(--line); }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_BINS = 20
_WIDTH, _HEIGHT, _FOOT = 640, 140, 20


def report_page(outline: ReportOutline, title: str) -> str:
    """Return a report as an HTML page; `title` says what document it is about."""
    return "\n".join(_lines(outline, title)) + "\n"


def _lines(outline: ReportOutline, title: str) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(title)}: synthesis report</title>"
    yield f"<style>\n{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>Synthesis report: {_text(title)}</h1>"
    yield from _counts(outline)
    yield "<dl>"
    for label, words in outline.facts:
        yield f"<dt>{_text(label)}</dt><dd>{_text(words)}</dd>"
    yield "</dl>"
    yield from _histogram(outline.margins, outline.refused_margins)
    yield from _tables(outline)
    if outline.accepted:
        yield f"<h2>Accepted ({outline.accepted_count})</h2>"
    for place, pairs in outline.accepted:
        yield f"<h3>{_text(place.name)} ({len(pairs)})</h3>"
        for pair in pairs:
            yield from _pair(pair, "accepted", pair.basis)
    if outline.refused:
        yield f"<h2>Refused ({outline.refused_count})</h2>"
    for words, pairs in outline.refused:
        yield f"<h3>{_text(_capital(words))} ({len(pairs)})</h3>"
        for pair in pairs:
            why = f"{pair.why} · " if pair.why else ""
            yield from _pair(pair, "refused", f"{why}{pair.basis} · about {pair.place.name}")
    yield "</body>\n</html>"


def _counts(outline: ReportOutline) -> Iterator[str]:
    yield '<div class="counts">'
    for count, words in (
        (outline.accepted_count, "accepted"),
        (outline.refused_count, "refused"),
        (len(outline.sections), "sections"),
    ):
        yield f"<div><b>{count}</b><span>{words}</span></div>"
    yield "</div>"


def _tables(outline: ReportOutline) -> Iterator[str]:
    if outline.refused:
        yield "<h2>Refusals by reason</h2>\n<table>"
        for words, pairs in outline.refused:
            yield f'<tr><td>{_text(_capital(words))}</td><td class="number">{len(pairs)}</td></tr>'
        yield "</table>"
    if outline.sections:
        yield "<h2>Yield by section</h2>\n<table>"
        yield '<tr><th>Section</th><th class="number">Accepted</th>'
        yield '<th class="number">Refused</th></tr>'
        for section in outline.sections:
            yield f"<tr><td>{_text(section.place.name)}</td>"
            yield f'<td class="number">{section.accepted}</td>'
            yield f'<td class="number">{section.refused}</td></tr>'
        yield "</table>"
    if outline.skipped:
        yield "<h2>Gave nothing, or less than asked for</h2>\n<table>"
        for skip in outline.skipped:
            strategy = f" ({skip.strategy})" if skip.strategy else ""
            yield f"<tr><td>{_text(skip.place.name + strategy)}</td>"
            yield f"<td>{_text(_capital(skip.words))}: {_text(skip.detail)}</td></tr>"
        yield "</table>"


def _pair(pair: ReportedPair, kind: str, basis: str) -> Iterator[str]:
    yield f'<article class="{kind}">'
    yield f'<p class="question">{_text(pair.question)}</p>'
    yield f"<p>{_text(pair.answer)}</p>"
    if pair.evidence:
        yield f"<blockquote>{_text(pair.evidence)}</blockquote>"
    yield f'<p class="basis">{_text(basis)}</p>'
    yield "</article>"


def _histogram(accepted: Sequence[float], refused: Sequence[float]) -> Iterator[str]:
    """Yield how many pairs have which margin, the accepted ones at the foot of each bar."""
    margins = [*accepted, *refused]
    if not margins:
        return
    low, high = min(margins), max(margins)
    # Where all are the same there is one bar.
    width = (high - low) / _BINS or 1.0
    good, bad = [0] * _BINS, [0] * _BINS
    for counts, values in ((good, accepted), (bad, refused)):
        for margin in values:
            counts[min(_BINS - 1, int((margin - low) / width))] += 1
    scale = _HEIGHT / max(g + b for g, b in zip(good, bad, strict=True))
    bar = _WIDTH / _BINS
    yield "<h2>Margins of the judge</h2>\n<figure>"
    yield f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + _FOOT}" width="{_WIDTH}" role="img"'
    yield f' aria-label="{len(margins)} margins from {low:.2f} to {high:.2f}">'
    for index in range(_BINS):
        top = float(_HEIGHT)
        for kind, count in (("good", good[index]), ("bad", bad[index])):
            if count:
                tall = count * scale
                top -= tall
                yield (
                    f'<rect class="{kind}" x="{index * bar + 1:.1f}" y="{top:.1f}" '
                    f'width="{bar - 2:.1f}" height="{tall:.1f}"/>'
                )
    yield f'<line class="axis" x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>'
    foot = _HEIGHT + _FOOT - 5
    yield f'<text x="0" y="{foot}">{low:.2f}</text>'
    yield f'<text x="{_WIDTH}" y="{foot}" text-anchor="end">{high:.2f}</text>'
    yield "</svg>"
    yield f'<figcaption><span class="good">■</span> {len(accepted)} accepted, below; '
    yield f'<span class="bad">■</span> {len(refused)} refused, above'
    yield "</figcaption>\n</figure>"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _text(words: str) -> str:
    """Return words as HTML shows them; what no page may hold is left out."""
    return escape("".join(c for c in words if c in "\n\t" or c.isprintable() or c.isspace()))
