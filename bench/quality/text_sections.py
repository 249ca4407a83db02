"""Text sections: what teachers are asked about, in two halves that never mix."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dlm_lsp.document import parse
from dlm_lsp.document.section import SectionType, section_id

Half = Literal["tuning", "held-out"]
Source = Literal["ours", "debian"]
HALVES: tuple[Half, Half] = ("tuning", "held-out")
LANGUAGES = ("en", "de", "fr", "es", "ja", "ru")
OWN = Path(__file__).with_name("sections")
CACHE = Path(__file__).parents[2] / ".cache" / "quality"
"""Where everything stands that is not committed: texts, pairs and replies of others' text."""


@dataclass(frozen=True, slots=True)
class TextSection:
    """A section, its language, its half, and where its text comes from."""

    language: str
    half: Half
    source: Source
    name: str
    text: str

    @property
    def id(self) -> str:
        """The id that the section has in a document."""
        return section_id(SectionType.PROSE, self.text)


def own_sections() -> Iterator[TextSection]:
    """Yield the committed sections; of each file those at even places are for tuning."""
    for language in LANGUAGES:
        document = parse((OWN / f"{language}.dlm").read_text(encoding="utf-8"))
        prose = [s.content.strip() for s in document.sections if s.type is SectionType.PROSE]
        for place, text in enumerate(filter(None, prose)):
            heading = text.splitlines()[0].lstrip("# ")
            yield TextSection(language, HALVES[place % 2], "ours", heading, text)


def choose(
    sections: Iterable[TextSection], half: Half | None = None, most: int | None = None
) -> list[TextSection]:
    """Return at most `most` sections of a half, each language in turn."""
    queues: dict[str, list[TextSection]] = {}
    for section in sections:
        if half in (None, section.half):
            queues.setdefault(section.language, []).append(section)
    longest = max(map(len, queues.values()), default=0)
    turns = [queue[at] for at in range(longest) for queue in queues.values() if at < len(queue)]
    return turns[:most]
