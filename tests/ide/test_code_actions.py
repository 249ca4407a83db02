"""Code actions: what is offered where the cursor stands."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, SOURCE, anything, body, synthesized

from dlm_lsp.document import Document, Span, parse
from dlm_lsp.ide.code_actions import CodeAction, code_actions

OTHER = "::prose::\nThe Po is a river too.\n"


def offered(
    document: Document,
    at: str | None = None,
    *,
    staged: int | None = 0,
    discarded: int = 0,
    has_teacher: bool = True,
    usual: Sequence[str] = (),
) -> list[CodeAction]:
    """What is offered with the cursor at the words `at`, or with everything selected."""
    text = document.text
    span = Span(document.body.start, len(text)) if at is None else Span(*[text.index(at)] * 2)
    return list(
        code_actions(
            document,
            span,
            staged=staged,
            discarded=discarded,
            has_teacher=has_teacher,
            usual=usual,
        )
    )


def titles(found: list[CodeAction]) -> list[str]:
    return [action.title for action in found]


def test_on_prose_instructions_can_be_synthesized_in_each_way():
    assert titles(offered(body(SOURCE), "river")) == [
        "Synthesize instructions",
        "Synthesize instructions: answers from the prose",
        "Synthesize instructions: answers beyond the prose",
        "Synthesize instructions: both kinds of answers",
        "Synthesize instructions: stage for review",
    ]


def test_a_selection_takes_all_prose_that_it_touches():
    document = body(SOURCE + OTHER)
    first = offered(document)[0]
    assert first.title == "Synthesize instructions for 2 sections"
    assert first.sections == tuple(section.id for section in document.sections)


def test_beside_one_section_the_whole_document_is_offered():
    assert titles(offered(body(SOURCE + OTHER), "Ill"))[-1] == (
        "Synthesize instructions for the document (2 sections)"
    )


def test_without_a_teacher_synthesis_is_offered_all_the_same_and_says_what_comes_first():
    found = offered(body(SOURCE + OTHER), "Ill", has_teacher=False)
    assert titles(found) == [
        "Synthesize instructions… choose a teacher",
        "Synthesize instructions for the document (2 sections)… choose a teacher",
    ]
    assert not any(action.disabled for action in found)


def test_no_way_is_offered_twice():
    found = offered(body(SOURCE), "river", usual=("extraction", "stage"))
    assert titles(found) == [
        "Synthesize instructions",
        "Synthesize instructions: answers beyond the prose",
        "Synthesize instructions: both kinds of answers",
    ]


def test_what_was_discarded_last_can_be_put_back_from_anywhere():
    found = offered(body(SOURCE), "river", discarded=1)
    assert (found[-1].name, found[-1].title) == ("restore", "Put back 1 discarded section")


def test_a_synthesized_section_can_be_kept_removed_made_again_and_traced():
    found = offered(body(SOURCE + synthesized()), "### Q")
    assert [a.name for a in found if a.name != "synthesize"] == [
        "keep", "remove", "regenerate", "source", "revert", "revert", "revert",
    ]  # fmt: skip


def test_at_the_beginning_of_a_fence_the_section_above_is_not_meant():
    document = body(SOURCE + synthesized("a") + synthesized("b"))
    second = document.sections[2]
    span = Span(second.start, second.start)
    found = list(code_actions(document, span, staged=0))
    assert [action.sections for action in found if action.name == "remove"] == [(second.id,)]


def test_a_stale_section_cannot_be_traced():
    found = offered(body(SOURCE + synthesized(source_id=GONE)), "### Q")
    assert "source" not in [action.name for action in found]
    assert "regenerate" in [action.name for action in found]


def test_staged_sections_can_be_applied_and_discarded_from_anywhere():
    found = offered(body(SOURCE), "river", staged=2)
    assert titles(found)[-2:] == ["Apply 2 staged sections", "Discard 2 staged sections"]


def test_of_what_is_staged_and_cannot_be_read_only_all_can_be_discarded():
    (found,) = [a for a in offered(body(SOURCE), "river", staged=None) if a.name != "synthesize"]
    assert (found.name, found.sections) == ("discard", None)


def test_all_or_one_run_or_one_teacher_can_be_reverted():
    text = SOURCE + synthesized("a") + synthesized("b").replace("09:30", "10:30")
    found = offered(body(text + synthesized("c").replace("hf:tiny", "hf:big")), "### Q")
    assert titles(found)[-3:] == [
        "Revert all synthesized instructions (3)",
        "Revert this run (1)",
        "Revert what tiny wrote (2)",
    ]
    at = "2026-01-31T09:30:00Z"
    assert [(action.teacher, action.at) for action in found[-3:]] == [
        (None, None),
        ("hf:tiny", at),
        ("hf:tiny", None),
    ]


def test_what_the_user_has_edited_is_in_no_revert():
    document = body(SOURCE + synthesized("a") + synthesized("b"))
    mine = document.sections[1].id
    span = Span(document.sections[1].start, document.sections[1].start)
    found = list(code_actions(document, span, staged=0, edited={mine}))
    assert titles(found)[-1] == "Revert what tiny wrote (1)"


@given(anything, st.integers(0, 400), st.integers(0, 200))
def test_whatever_is_offered_is_about_sections_of_the_document(text, start, length):
    document = parse(text)
    span = Span(min(start, len(text)), min(start + length, len(text)))
    known = {section.id for section in document.sections}
    for action in code_actions(document, span, staged=0):
        assert action.sections is None or (action.sections and known.issuperset(action.sections))
