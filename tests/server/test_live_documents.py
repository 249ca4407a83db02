"""Live documents: each edit lands where the client made it, where pygls puts it elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import TextDocument
from server.editor import URI
from support.generated_documents import wild_documents

from dlm_lsp.document import Span
from dlm_lsp.server.live_documents import LiveDocument


def live(text: str) -> LiveDocument:
    return LiveDocument(URI, text, 1, "utf-16", "dlm")


def insertion(line: int, character: int, text: str) -> types.TextDocumentContentChangePartial:
    at = types.Position(line, character)
    return types.TextDocumentContentChangePartial(types.Range(at, at), text)


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\x0c", "\x0b", "\x1c"])
def test_pygls_takes_other_characters_for_line_ends(separator):
    text = f"a{separator}b\nc"
    theirs, ours = TextDocument(URI, text), live(text)
    for document in (theirs, ours):
        document.apply_change(insertion(1, 0, "x"))
    assert ours.source == f"a{separator}b\nxc"
    assert theirs.source != ours.source


def test_pygls_clamps_a_position_past_the_end_one_short():
    theirs, ours = TextDocument(URI, "ab\nc"), live("ab\nc")
    for document in (theirs, ours):
        document.apply_change(insertion(1, 99, "x"))
    assert ours.source == "ab\ncx"
    assert theirs.source != ours.source


@given(wild_documents() | st.text(max_size=40), st.data())
def test_every_edit_lands_where_the_client_made_it(text, data):
    document = live(text)
    for _ in range(3):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        if "\r\n" in (text[start - 1 : start + 1], text[end - 1 : end + 1]):
            continue
        new = data.draw(st.sampled_from(["", "a", "🙂", "\n", "\r\n", "::prose::\n"]))
        range_ = document.positions.range(Span(start, end))
        document.apply_change(types.TextDocumentContentChangePartial(range_, new))
        text = text[:start] + new + text[end:]
        assert document.source == text


def test_a_change_without_a_range_replaces_the_whole_text():
    document = live("old")
    document.apply_change(types.TextDocumentContentChangeWholeDocument("new"))
    assert document.source == "new"
