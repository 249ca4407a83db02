"""Synthesis request: what one run is to ask for, by the settings and what the user has chosen."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dlm_lsp.document import Document, Section
from dlm_lsp.ide.code_actions import prose_sections
from dlm_lsp.ide.provenance import source_sections
from dlm_lsp.server.command_error import NO_PROSE
from dlm_lsp.server.settings import Settings
from dlm_lsp.synth.options import StrategyChoice
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.availability import Unavailable
from dlm_lsp.teachers.protocol import GenerationOptions

if TYPE_CHECKING:
    from dlm_lsp.synth.profile import Profile

ReviewMode = Literal["insert", "preview", "stage"]
# What was asked for once at temperature 0 would be answered in the same words again.
_LIVELY = 0.8
_MOST_PER_SECTION = 12


@dataclass(frozen=True, slots=True)
class EditorRequest:
    """What to synthesize: from which sections, how, and in the place of which sections.

    `replaced` names each section that is to go, and the source that it is asked for from.
    """

    uri: str
    sections: tuple[str, ...]
    options: SynthOptions
    review: ReviewMode
    replaced: tuple[tuple[str, str], ...] = ()


def options_from_settings(
    settings: Settings, strategy: StrategyChoice | None = None
) -> SynthOptions:
    """Return the options of a run by the settings.

    Raises:
        OptionError: two settings do not go together.
    """
    sampling = GenerationOptions(
        settings.max_new_tokens, settings.temperature, settings.top_p, settings.seed
    )
    return SynthOptions(
        per_section=settings.per_section,
        strategy=strategy or settings.strategy,
        filter=settings.filter,
        threshold=settings.threshold if settings.filter == "sway" else None,
        verify=settings.verify if settings.filter == "sway" else "off",
        max_pairs=settings.max_pairs,
        max_requests=settings.max_requests,
        max_cost=settings.max_cost,
        placement=settings.placement,
        sampling=sampling,
        concurrency=settings.concurrency,
        timeout=settings.timeout,
        teacher_options=settings.teacher_options,
        window=settings.window,
        device=settings.device,
    )


def request_from_settings(
    settings: Settings, profile: "Profile | None", options: SynthOptions
) -> SynthRequest:
    """Return the request of a run with `options`, and with what a profile asks for."""
    # As a threshold, it is of no use to another filter.
    judge = settings.judge if options.filter == "sway" else ""
    request = SynthRequest(settings.teacher, judge or None, options)
    return profile.beside(request) if profile else request


def regeneration_request(
    document: Document, chosen: Sequence[Section], uri: str, settings: Settings
) -> EditorRequest | Unavailable:
    """Return what to ask to replace sections of a document, or why that cannot be.

    A section whose source has changed is asked for from the prose above it.
    """
    sources, starts = source_sections(document), {section.start for section in chosen}
    source_ids: list[str] = []
    replaced: list[tuple[str, str]] = []
    above: Section | None = None
    for section in document.sections:
        if prose_sections([section]):
            above = section
        marker = section.synth if section.start in starts else None
        if marker is None:
            continue
        source = sources.get(marker.source_section_id, above)
        if source is not None and prose_sections([source]):
            source_ids.append(source.id)
            replaced.append((section.id, source.id))
    if not source_ids:
        return Unavailable(NO_PROSE.code, "there is no prose to ask about again")
    again = _lively(options_from_settings(settings), document, source_ids, len(replaced))
    again = replace(again, max_pairs=None)
    return EditorRequest(uri, tuple(dict.fromkeys(source_ids)), again, "insert", tuple(replaced))


def options_for_more(
    document: Document, section_ids: Collection[str], options: SynthOptions
) -> SynthOptions:
    """Return the options of a run that is to write other pairs about sections that have some."""
    more = _lively(options, document, section_ids, options.per_section)
    most = options.per_section * len(section_ids)
    return replace(more, max_pairs=min(most, options.max_pairs or most))


def _lively(
    options: SynthOptions, document: Document, section_ids: Collection[str], wanted: int
) -> SynthOptions:
    """Return options that bring up to `wanted` pairs that are not in the document."""
    present = sum(
        1 for s in document.sections if s.synth and s.synth.source_section_id in section_ids
    )
    sampling = replace(
        options.sampling,
        temperature=max(_LIVELY, options.sampling.temperature),
        seed=random.randrange(2**31),
    )
    # As many as are there would come again and be refused as duplicates.
    per_section = min(present + wanted, _MOST_PER_SECTION)
    return replace(options, per_section=per_section, fresh=True, sampling=sampling)
