"""Code lenses: what is offered above a section."""

from hypothesis import given
from ide.samples import GONE, SOURCE, SOURCE_ID, anything, body, synthesized

from dlm_lsp.document import parse
from dlm_lsp.ide.code_lens import code_lenses

OWN = "::instruction::\n### Q\na\n### A\nb\n"


def shown(text: str) -> list[tuple[str, str]]:
    """The line and the title of each lens in a body."""
    document = body(text)
    return [(document.text[slice(*lens.span)], lens.title) for lens in code_lenses(document)]


def test_prose_offers_to_be_synthesized_from():
    assert shown("\nA river.\n::prose::\nA town.\n") == [
        ("A river.", "Synthesize instructions"),
        ("::prose::", "Synthesize instructions"),
    ]


def test_prose_that_has_pairs_counts_them_and_still_offers_to_synthesize():
    found = shown(SOURCE + synthesized("a") + synthesized("b"))
    assert found[0] == (SOURCE.strip(), "Synthesize more · 2 pairs")


def test_a_synthesized_section_can_be_kept_removed_made_again_and_traced():
    assert shown(SOURCE + synthesized())[1:] == [
        ("::instruction::", "Keep"),
        ("::instruction::", "Remove"),
        ("::instruction::", "Regenerate"),
        ("::instruction::", "Source"),
    ]


def test_a_stale_section_cannot_be_traced():
    assert shown(synthesized(source_id=GONE))[1:] == [
        ("::instruction::", "Keep"),
        ("::instruction::", "Remove"),
        ("::instruction::", "Regenerate"),
    ]


def test_prose_counts_the_stale_sections_right_behind_it_too():
    text = SOURCE + synthesized("a") + synthesized("b", GONE)
    assert shown(text)[1] == (SOURCE.strip(), "Synthesize more · 2 pairs, 1 stale")


def test_the_first_line_sums_up_when_something_is_stale():
    assert shown(SOURCE + synthesized("a") + synthesized("b", GONE))[0] == (
        "---",
        "2 synthesized, 1 stale",
    )
    assert "summary" not in [lens.action for lens in code_lenses(body(SOURCE + synthesized()))]


def test_what_another_section_backs_is_not_called_stale():
    document = body(SOURCE + synthesized("b", GONE))
    backed = {(document.sections[1].id, GONE)}
    assert [lens.title for lens in code_lenses(document, backed)] == [
        "Synthesize more · 1 pair",
        "Keep",
        "Remove",
        "Regenerate",
    ]


def test_hand_written_sections_and_media_have_no_lens():
    assert shown(OWN + '::image path="a"::\n') == []


def test_a_lens_names_the_section_that_it_is_for():
    document = body(SOURCE + synthesized())
    made = document.sections[1].id
    assert [(lens.action, lens.section_id) for lens in code_lenses(document)] == [
        ("synthesize-more", SOURCE_ID),
        ("keep", made),
        ("remove", made),
        ("regenerate", made),
        ("source", made),
    ]


@given(anything)
def test_lenses_stand_on_one_line_each_in_order(text):
    found = list(code_lenses(parse(text)))
    assert list(found) == sorted(found, key=lambda lens: lens.span.start)
    for lens in found:
        assert 0 <= lens.span.start <= lens.span.end <= len(text)
        assert not set(text[slice(*lens.span)]) & {"\r", "\n"}
        assert (lens.section_id is None) == (lens.action == "summary")
