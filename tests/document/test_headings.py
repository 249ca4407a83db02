import pytest
from hypothesis import given
from ide.samples import anything, body

from dlm_lsp.document import SectionType, apply_edits, parse
from dlm_lsp.document.headings import split_at_headings, unsplit_headings


def split(text: str) -> list[str]:
    """The prose sections of a body, once it is split."""
    document = body(text)
    changed = parse(apply_edits(document.text, split_at_headings(document)))
    assert not changed.problems
    return [section.content for section in changed.sections]


def test_a_section_begins_at_each_heading():
    assert split("Before.\n\n# One\nText.\n## Two\nMore.\n") == [
        "Before.\n",
        "# One\nText.",
        "## Two\nMore.",
    ]


def test_what_begins_with_a_heading_needs_no_fence_before_it():
    assert split("# One\nText.\n") == ["# One\nText."]


def test_an_underlined_heading_counts_from_its_words():
    assert split("Before.\n\nOne\n===\nText.\n") == ["Before.\n", "One\n===\nText."]


def test_headings_in_code_lists_and_quotations_split_nothing():
    code = "```sh\n# a comment\n```\n\n~~~\n# another\n~~~\n\n    # indented\n"
    assert len(split(f"Before.\n\n{code}\n> # quoted\n\n- # item\n")) == 1


def test_what_only_this_format_takes_for_code_splits_nothing():
    assert len(split("Text.\n\n```a``` is code in a line\n\n# Heading\n\n```b``` too\n")) == 1


def test_pairs_stay_as_they_are():
    pair = "::instruction::\n### Q\nWhy?\n### A\n# So.\n"
    assert split(f"# One\nText.\n{pair}::prose::\n# Two\nMore.\n# Three\n") == [
        "# One\nText.",
        "### Q\nWhy?\n### A\n# So.",
        "# Two\nMore.",
        "# Three",
    ]


def test_only_the_sections_that_are_meant_are_split():
    document = body("# One\nText.\n# Two\nMore.\n::prose::\n# Three\nText.\n# Four\nMore.\n")
    edits = split_at_headings(document, document.sections[1:])
    assert len(parse(apply_edits(document.text, edits)).sections) == 3


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# One\nText.\n## Two\nMore.\n\nThree\n---\nMore.\n", 3),
        ("No heading.\n", 0),
        ("", 0),
        ("# One\n```sh\n# code\n```\n", 1),
        ("# One\nText.\n# Two\n::prose::\nMore.\n", 0),
        ("::instruction::\n### Q\nWhy?\n### A\n# So.\n", 0),
    ],
)
def test_headings_are_counted_where_all_of_the_document_is_one_section(text, count):
    assert unsplit_headings(body(text)) == count


@given(anything)
def test_a_split_always_leaves_every_other_section_and_the_words(text):
    document = parse(text)
    changed = parse(apply_edits(text, split_at_headings(document)))

    def others(of):
        return [section.id for section in of.sections if section.type is not SectionType.PROSE]

    def words(of):
        return [
            line
            for section in of.sections
            if section.type is SectionType.PROSE
            for line in section.content.split("\n")
            if line
        ]

    assert others(changed) == others(document)
    assert words(changed) == words(document)
    assert len(changed.problems) == len(document.problems)
