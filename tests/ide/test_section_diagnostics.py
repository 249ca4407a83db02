"""Section diagnostics: what is marked in one section, wherever in the text it stands."""

from ide.samples import GONE, SOURCE, SOURCE_ID, synthesized
from support.document_text import FRONTMATTER

from dlm_lsp.document.incremental import IncrementalDocument, SectionText
from dlm_lsp.ide.diagnostic import DiagnosticLevel
from dlm_lsp.ide.section_diagnostics import (
    SamePair,
    SectionContext,
    SectionDiagnostic,
    section_diagnostics,
)


def sections(body: str) -> list[SectionText]:
    return [part for part in IncrementalDocument.of(FRONTMATTER + body).parts if part.section]


def marked(part: SectionText, **context: object) -> list[SectionDiagnostic]:
    return list(section_diagnostics(part, SectionContext(**context)))


def shown(part: SectionText, found: list[SectionDiagnostic]) -> list[tuple[str, str, str | None]]:
    """The code, the words it points at and the section it relates to, of each diagnostic."""
    return [
        (mark.diagnostic.code, part.text[slice(*mark.diagnostic.span)], mark.related_id)
        for mark in found
    ]


def test_a_section_alone_has_its_own_problems_only():
    (part,) = sections("::Instruction::\n### Q\na\n### A\nb\n")
    assert shown(part, marked(part)) == [("unknown-section-type", "Instruction", None)]


def test_without_its_source_a_section_is_stale():
    _, part = sections(SOURCE + synthesized())
    (found,) = marked(part, provenance_level=DiagnosticLevel.HINT)
    assert (found.diagnostic.code, found.related_id) == ("stale-source", None)


def test_a_marker_that_names_its_source_in_another_place_too_is_edited_in_the_right_one():
    source, part = sections(SOURCE + synthesized(source_id=GONE).replace("hf:tiny", GONE))
    (found,) = marked(part, new_source=source)
    (edit,) = found.diagnostic.fix.edits
    assert part.text[: edit.span.start].endswith('source_section_id="')


def test_what_relates_to_the_source_is_in_offsets_into_the_source():
    _, source, part = sections(f"::prose::\nOther.\n::prose::\n{SOURCE}{synthesized()}")
    found = marked(
        part, source=source, provenance_level=DiagnosticLevel.HINT, ungrounded={0: "no reason"}
    )
    assert [mark.diagnostic.code for mark in found] == ["synthesized", "ungrounded-answer"]
    for mark in found:
        assert mark.related_id == SOURCE_ID
        (place,) = mark.diagnostic.related
        assert source.text[slice(*place.span)] == "::prose::"


def test_a_pair_that_stands_elsewhere_relates_to_that_section():
    source, part, other = sections(SOURCE + synthesized() + synthesized("What's the Ill?"))
    question = other.placed_pairs[0].question_span
    found = marked(part, source=source, same=(SamePair(0, other.id, question, "What's the Ill?"),))
    assert shown(part, found) == [("near-duplicate", "What is the Ill?", other.id)]
    (place,) = found[0].diagnostic.related
    assert other.text[slice(*place.span)] == "What's the Ill?"
    assert found[0].diagnostic.message.endswith('"What\'s the Ill?"')


def test_a_missing_file_is_marked_where_the_section_has_a_path():
    image, part = sections('::image path="a.png"::\n::prose::\nText.\n')
    assert shown(image, marked(image, file_is_missing=True)) == [("missing-file", "a.png", None)]
    assert marked(part, file_is_missing=True) == []
