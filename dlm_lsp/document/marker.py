"""Marker lines: where a section came from, in an HTML comment under its fence (format §4)."""

from dataclasses import dataclass

from dlm_lsp.document.edit import Span


@dataclass(frozen=True, slots=True)
class SynthMarker:
    """The provenance of a synthesized instruction section."""

    synth_teacher: str
    synth_strategy: str
    synth_at: str
    source_section_id: str


@dataclass(frozen=True, slots=True)
class MinedMarker:
    """The provenance of a mined preference section."""

    judge_name: str
    judge_score_chosen: float
    judge_score_rejected: float
    mined_at: str
    mined_run_id: int


@dataclass(frozen=True, slots=True)
class HarvestMarker:
    """The run that a harvested section came from."""

    source: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker and the line it stands on, without its line break."""

    value: SynthMarker | MinedMarker | HarvestMarker
    span: Span
