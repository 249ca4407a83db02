"""Sample documents: with synthesized sections, and of every kind for properties."""

from hypothesis import strategies as st
from support.document_text import FRONTMATTER
from support.generated_documents import mutated, sound_documents, wild_documents

from dlm_lsp.document import Document, SectionType, Span, SynthMarker, parse, section_id

SOURCE = "The Ill is a river.\n"
SOURCE_ID = section_id(SectionType.PROSE, "The Ill is a river.")
GONE = "0123456789abcdef"


def marker(source_id: str = SOURCE_ID) -> str:
    """The marker line of a section about `source_id`, the id of `SOURCE` unless told."""
    return SynthMarker("hf:tiny", "extraction", "2026-01-31T09:30:00Z", source_id).line()


def synthesized(question: str = "What is the Ill?", source_id: str = SOURCE_ID) -> str:
    """A synthesized section, to be put after `SOURCE`."""
    return f"::instruction::\n{marker(source_id)}\n### Q\n{question}\n### A\nA river.\n"


def body(text: str) -> Document:
    """The document with a sound frontmatter and this body."""
    return parse(FRONTMATTER + text)


def words(document: Document, span: Span | None) -> str | None:
    """What stands at `span`."""
    return None if span is None else document.text[span.start : span.end]


RICH = """---
dlm_id: 01JZZZZZZZZZZZZZZZZZZZZZZZ
dlm_version: 15
base_model: smollm2-135m
system_prompt: |
  Be brief.
  Be: kind.
training:
  seed: 7
  precision:
  adapters:
    tone: &low {lora_r: 4}
    facts: *low
  sources:
    - path: "notes"
      include: ["**/*.md"]
---
"""
_RICH_BODY = (
    SOURCE
    + synthesized()
    + synthesized("Why?", GONE)
    + '::image path="a.png" alt="b"::\n::instruction#tone::\n### Q !probe\na\n### A\n```\nb\n```\n'
)
anything = st.one_of(
    wild_documents(),
    sound_documents(),
    mutated(wild_documents()),
    mutated(sound_documents()),
    mutated(st.just(RICH + _RICH_BODY)),
    mutated(st.just((RICH + _RICH_BODY).replace("\n", "\r\n"))),
    st.text(max_size=30),
)
