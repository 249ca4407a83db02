"""Document: a parsed text, its sections and its problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlm_lsp.document.edit import Span
from dlm_lsp.document.problem import Problem, Severity
from dlm_lsp.document.section import Section

if TYPE_CHECKING:
    from dlm_lsp.document.schema import Frontmatter


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what was found in it; every span is in offsets into exactly this text.

    `frontmatter` is None where it has an error, `yaml` is what stands between its two `---` lines,
    `body` everything that sections are made of. `problems` come in the order of the text.
    """

    text: str
    frontmatter: "Frontmatter | None"
    yaml: Span
    body: Span
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> Iterator[Problem]:
        """The problems for which the document cannot be trained."""
        return (problem for problem in self.problems if problem.severity is Severity.ERROR)

    def section(self, section_id: str) -> Section | None:
        """Return the first section with this id."""
        return next((section for section in self.sections if section.id == section_id), None)
