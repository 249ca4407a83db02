"""Hover: what is shown about the place under the mouse, in Markdown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dlm_lsp.document import (
    Document,
    HarvestMarker,
    Marker,
    MinedMarker,
    Section,
    SectionType,
    Span,
    SynthMarker,
)
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, is_qa_header
from dlm_lsp.ide.document_symbols import symbol_name
from dlm_lsp.ide.key_docs import SECTION_TYPES, describe_key, describe_model
from dlm_lsp.ide.key_path import key_at
from dlm_lsp.ide.lines import line_at
from dlm_lsp.ide.markdown import blockquote, code_span, escape_markdown, markdown_link
from dlm_lsp.ide.provenance import RecordedProvenance, as_synthesized, section_at, synthesized_from
from dlm_lsp.ide.relative_time import local_time

_EXCERPT = 160
_EVIDENCE = 600
_STRATEGIES = {
    "extraction": "the answer stands in the source",
    "expansion": "the answer goes one step beyond the source",
}
_STALE = (
    "**Stale**: the text it was written about is not in the document any more; it was changed or"
    " removed. *Regenerate* asks the teacher again, *Remove* takes this section out, *Keep* makes"
    " it yours by taking its marker out."
)


@dataclass(frozen=True, slots=True)
class Hover:
    """What is told, and the part of the text that it is about."""

    markdown: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Context:
    """A document, and what is known of it from elsewhere."""

    document: Document
    provenance: Callable[[str], RecordedProvenance | None]
    link: Callable[[int], str | None]
    now: datetime


def hover(
    document: Document,
    offset: int,
    *,
    provenance: Callable[[str], RecordedProvenance | None],
    link: Callable[[int], str | None],
    now: datetime,
) -> Hover | None:
    """Return what there is to tell at `offset`, None where that is nothing.

    `provenance` gives what the ledger knows of a section id, `link` the address of an offset;
    `now` is in the zone in which times are shown.
    """
    key = key_at(document, offset)
    if key:
        is_model = key.path == ("base_model",) and isinstance(key.value, str)
        words = describe_model(key.value) if is_model else describe_key(key.path)
        return Hover(words, key.span) if words else None
    section = section_at(document, offset)
    if section is None:
        return None
    return _in_section(_Context(document, provenance, link, now), section, offset)


def _in_section(context: _Context, section: Section, offset: int) -> Hover | None:
    line = line_at(context.document.text, offset)
    synthesized = as_synthesized(section)
    synth = synthesized.marker if synthesized else None
    if line == section.fence:
        return Hover(_on_fence(context, section, synth), line)
    if line.start < section.body_start:
        marker = next((marker for marker in section.markers if marker.span == line), None)
        words = _on_marker(context, section, marker, synth)
        return Hover(words, line) if words else None
    on_header = is_qa_header(section.source[line.start : line.end], QUESTION_AND_ANSWER)
    return Hover(_synthesized(context, section, synth), line) if synth and on_header else None


def _on_fence(context: _Context, section: Section, synth: SynthMarker | None) -> str:
    parts = [_synthesized(context, section, synth)] if synth else [SECTION_TYPES[section.type]]
    if section.adapter:
        parts.append(_adapter(context.document, section.adapter))
    if section.type is SectionType.PROSE:
        parts.append(_synthesized_count(context.document, section))
    parts.append(f"Section {code_span(section.id)}")
    return "\n\n".join(parts)


def _adapter(document: Document, name: str) -> str:
    words = f"Trains the adapter {code_span(name)}"
    if document.frontmatter is None:
        return f"{words}."
    if name in (document.frontmatter.training.adapters or {}):
        return f"{words}, which `training.adapters` declares."
    return f"{words}, which `training.adapters` does not declare."


def _synthesized_count(document: Document, source: Section) -> str:
    count = len(synthesized_from(document, source.id))
    if count == 0:
        return "Nothing was synthesized from it."
    return f"{count} synthesized section{'s' if count > 1 else ''} came from it."


def _on_marker(
    context: _Context, section: Section, marker: Marker | None, synth: SynthMarker | None
) -> str | None:
    value = marker.value if marker else None
    if isinstance(value, MinedMarker):
        return _mined(value, context.now)
    if isinstance(value, HarvestMarker):
        return f"**Harvested** from the run {code_span(value.source)}."
    return _synthesized(context, section, synth) if synth else None


def _mined(marker: MinedMarker, now: datetime) -> str:
    lines = [
        "**Mined preference**\n",
        f"- Judge: {code_span(marker.judge_name)}",
        f"- Chosen: {marker.judge_score_chosen:g}",
        f"- Rejected: {marker.judge_score_rejected:g}",
        f"- When: {escape_markdown(local_time(marker.mined_at, now))}",
        f"- Training run: {marker.mined_run_id}",
    ]
    return "\n".join(lines)


def _synthesized(context: _Context, section: Section, synth: SynthMarker) -> str:
    source = context.document.section(synth.source_section_id)
    recorded = context.provenance(section.id) or RecordedProvenance(None, None, None)
    lines = [
        "**Synthesized**\n",
        f"- Teacher: {code_span(synth.synth_teacher)}",
        f"- Strategy: {_strategy(synth.synth_strategy)}",
        f"- When: {escape_markdown(local_time(synth.synth_at, context.now))}",
    ]
    if judged := _judged(recorded):
        lines.append(f"- Judge: {judged}")
    if source:
        lines.append(
            f"- Source: {_linked(context, source)}\n\n{blockquote(source.content, _EXCERPT)}"
        )
    else:
        lines.append(f"\n{_STALE}")
    if recorded.evidence:
        lines.append(f"\nEvidence:\n\n{blockquote(recorded.evidence, _EVIDENCE)}")
    return "\n".join(lines)


def _strategy(name: str) -> str:
    words = _STRATEGIES.get(name)
    return f"{name}, {words}" if words else code_span(name)


def _judged(recorded: RecordedProvenance) -> str | None:
    by = f"by {code_span(recorded.judge)}" if recorded.judge else None
    if recorded.margin is None:
        return f"judged {by}" if by else None
    margin = f"margin {recorded.margin:+.2f}"
    return f"{margin}, {by}" if by else margin


def _linked(context: _Context, source: Section) -> str:
    uri, heading = context.link(source.start), escape_markdown(symbol_name(source))
    return markdown_link(heading, uri) if uri else heading
