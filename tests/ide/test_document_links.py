import pytest
from hypothesis import given
from ide.samples import GONE, RICH, SOURCE, SOURCE_ID, anything, body, synthesized, words

from dlm_lsp.document import parse
from dlm_lsp.ide.document_links import document_links


def paths(text: str) -> list[tuple[str, str | None]]:
    """What each link of a text stands on, and the path it leads to."""
    document = parse(text)
    return [(document.text[slice(*link.span)], link.path) for link in document_links(document)]


def test_media_lead_to_their_files():
    text = RICH + '::image path="a b.png" alt="c"::\n::audio path="d.wav" transcript="e"::\n'
    assert paths(text)[1:] == [("a b.png", "a b.png"), ("d.wav", "d.wav")]


@pytest.mark.parametrize("fence", ["::image::", '::image path=""::', '::image alt="a"::'])
def test_media_without_a_path_lead_nowhere(fence):
    assert paths(fence + "\n") == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("notes", [("notes", "notes")]),
        ('"my notes"', [("my notes", "my notes")]),
        ("'notes'", [("notes", "notes")]),
        ("", []),
        ('""', []),
        ("7", []),
    ],
)
def test_what_is_trained_on_is_linked_without_its_quotes(value, found):
    assert paths(f"---\ntraining:\n  sources:\n    - path: {value}\n---\n") == found


def test_a_source_id_leads_to_the_source():
    document = body(f"a\n::prose::\n{SOURCE}{synthesized()}")
    (link,) = document_links(document)
    assert words(document, link.span) == SOURCE_ID
    assert link.path is None
    assert words(document, link.target) == "::prose::"


def test_a_stale_source_id_leads_nowhere():
    assert list(document_links(body(SOURCE + synthesized(source_id=GONE)))) == []


@given(anything)
def test_links_are_in_order_and_lead_to_a_path_or_a_place_in_the_text(text):
    found = list(document_links(parse(text)))
    assert list(found) == sorted(found, key=lambda link: link.span)
    for link in found:
        assert 0 <= link.span.start < link.span.end <= len(text)
        assert (link.path is None) != (link.target is None)
        assert link.target is None or 0 <= link.target.start < link.target.end <= len(text)
