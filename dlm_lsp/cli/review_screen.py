"""Review screen: one pair with all that the user decides by, as a terminal shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dlm_lsp.cli.output import escape_controls
from dlm_lsp.document import Document, Span
from dlm_lsp.document.lines import with_line_feeds
from dlm_lsp.ide.provenance import source_sections
from dlm_lsp.ide.teacher_name import short_teacher_name
from dlm_lsp.synth.insertion import SOURCE_GONE
from dlm_lsp.synth.refusal_words import reason_in_words
from dlm_lsp.synth.review_items import ReviewItem

_LABEL = "bold"
_EVIDENCE = "bold underline"
_QUIET = "dim"
_MOST_AROUND = 240
"""Characters of a passage that are shown on each side of the evidence."""

KEYS = "y n e s a A j k q ?"
HELP = """\
y  accept: it goes into the document, or stays there
n  reject: it leaves, and no later run offers it
e  edit it in your editor, and accept that
j  leave it for later (also an arrow down or right)
k  back to the one before (also an arrow up or left)
s  leave this and all after it in its section
a  accept this and all open ones after it in its section
A  accept this and all open ones after it in this document
q  quit; what was decided stays
?  this help"""


def pair_view(
    item: ReviewItem, document: Document, number: int, count: int, *, mark: bool
) -> Iterator[RenderableType]:
    """Yield what is shown of a pair, the `number`th of `count`.

    With `mark` the evidence is set in brackets, for a terminal that can show no styles.
    """
    heading = item.heading or SOURCE_GONE
    yield Text(f"\n{number} of {count}  {_escaped(heading)}", style=_LABEL)
    yield Text(_escaped(" · ".join(_facts(item))), style=_QUIET)
    if item.reason:
        detail = f": {item.detail}" if item.detail and item.reason != "rejected" else ""
        yield Text(_escaped(f"Refused, {reason_in_words(item.reason)}{detail}"))
    yield Text()
    yield _labelled("Q", Text(_escaped(item.pair.question), style=_LABEL))
    yield _labelled("A", Text(_escaped(item.pair.answer)))
    yield Text()
    if item.evidence_span:
        yield _indented(_passage(document, item, mark=mark))
    elif item.evidence:
        yield _indented(Text(f"“{_escaped(item.evidence)}”", style=_EVIDENCE))
    else:
        yield _indented(Text("no evidence is named", style=_QUIET))
    yield Text()


def _facts(item: ReviewItem) -> Iterator[str]:
    yield {"staged": "staged", "inserted": "in the document", "refused": "refused"}[item.state]
    if item.decision:
        yield f"{item.decision} before"
    yield short_teacher_name(item.teacher)
    yield item.strategy
    if item.margin is not None:
        yield f"margin {item.margin:.2f}"


def _indented(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 2), expand=False)


def _labelled(label: str, text: Text) -> RenderableType:
    """Return a text with a label before it, its lines under one another, wrapped ones too."""
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_row(Text(label, _LABEL), text)
    return row


@dataclass(frozen=True, slots=True)
class Passage:
    """The words before the evidence, the evidence, and the words behind it."""

    before: str
    evidence: str
    behind: str


def passage_around(document: Document, item: ReviewItem) -> Passage:
    """Return the evidence of a pair with what stands around it in its paragraph."""
    span = item.evidence_span or Span(0, 0)
    source = source_sections(document)[item.source_id]
    before = with_line_feeds(document.text[source.body_start : span.start])
    behind = with_line_feeds(document.text[span.end : source.body_end])
    before = before.rpartition("\n\n")[2].lstrip("\n")
    behind = behind.partition("\n\n")[0].rstrip("\n")
    if len(before) > _MOST_AROUND:
        before = "…" + before[-_MOST_AROUND:].partition(" ")[2]
    if len(behind) > _MOST_AROUND:
        behind = behind[:_MOST_AROUND].rpartition(" ")[0] + "…"
    return Passage(before, with_line_feeds(document.text[span.start : span.end]), behind)


def _passage(document: Document, item: ReviewItem, *, mark: bool) -> Text:
    passage = passage_around(document, item)
    opening, closing = ("[", "]") if mark else ("", "")
    return Text.assemble(
        (_escaped(passage.before), _QUIET),
        (f"{opening}{_escaped(passage.evidence)}{closing}", _EVIDENCE),
        (_escaped(passage.behind), _QUIET),
    )


def _escaped(text: str) -> str:
    return escape_controls(text.expandtabs(4))
