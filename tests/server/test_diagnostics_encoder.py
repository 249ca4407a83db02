"""Diagnostics encoder: what is sent after any edits is what a first encoding sends."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, SOURCE, anything, synthesized
from pygls.protocol import default_converter
from support.document_text import FRONTMATTER

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide.diagnostic import DiagnosticLevel
from dlm_lsp.ide.diagnostics import IncrementalDiagnostics, diagnostics
from dlm_lsp.server import diagnostics_encoder
from dlm_lsp.server.diagnostics_encoder import DiagnosticsEncoder
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.to_lsp import encode_diagnostic

URI = "file:///notes/100%25%20%d.dlm"
TYPED = st.sampled_from(
    ["", "\n", "\r\n", "\r", "a", "🙂", "\ufeff", "::Prose🙂::\n", f"::prose::\n{SOURCE}",
     synthesized("🙂 100 %?"), synthesized("%d %s", GONE), synthesized(), "### Q\n"]
) | st.text(max_size=5)  # fmt: skip

as_sent = default_converter().unstructure


class Followed:
    """A document whose diagnostics are encoded again and again."""

    def __init__(
        self,
        text: str,
        encoding: str = "utf-16",
        *,
        with_related: bool = True,
        by_line_feeds: bool = False,
    ) -> None:
        self.incremental = IncrementalDocument.of(text)
        self._encoding, self._with_related = encoding, with_related
        self._by_line_feeds = by_line_feeds
        self._diagnostics = IncrementalDiagnostics()
        self._encoder = DiagnosticsEncoder(URI, as_sent, with_related=with_related)

    def sent(self) -> list[dict[str, object]]:
        """What is sent of the text as it is now."""
        placed = self._diagnostics.of(self.incremental, provenance_level=DiagnosticLevel.HINT)
        positions = PositionMap(self.incremental, self._encoding, self._by_line_feeds)
        return json.loads(self._encoder.encode(placed, positions))

    def sent_at_first(self) -> list[dict[str, object]]:
        """What would be sent of the same text, had it been opened as it is."""
        text = IncrementalDocument.of(self.incremental.text)
        positions = PositionMap(text, self._encoding, self._by_line_feeds)
        return [
            as_sent(encode_diagnostic(mark, positions, URI, with_related=self._with_related))
            for mark in diagnostics(text, provenance_level=DiagnosticLevel.HINT)
        ]


@given(
    st.lists(TYPED, max_size=8).map("".join) | anything,
    st.sampled_from(["utf-8", "utf-16", "utf-32"]),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_after_any_edits_that_is_sent_which_is_sent_at_first(
    text, encoding, related, by_line_feeds, data
):
    head = data.draw(st.sampled_from(["", FRONTMATTER, "\ufeff", "\ufeff" + FRONTMATTER]))
    followed = Followed(head + text, encoding, with_related=related, by_line_feeds=by_line_feeds)
    for _ in range(data.draw(st.integers(1, 5))):
        length = followed.incremental.length
        start = data.draw(st.integers(0, length))
        end = data.draw(st.integers(start, min(length, start + 150)))
        followed.incremental = followed.incremental.apply_change(start, end, data.draw(TYPED))
        assert followed.sent() == followed.sent_at_first()


@pytest.mark.parametrize(("start", "end", "new"), [(0, 1, ""), (1, 1, "::prose::\n")])
def test_a_section_that_leaves_a_byte_order_mark_has_its_columns_again(start, end, new):
    followed = Followed("\ufeff::Prose::\n::prose::\nText.\n")
    assert followed.sent() == followed.sent_at_first()
    followed.incremental = followed.incremental.apply_change(start, end, new)
    assert followed.sent() == followed.sent_at_first()


@pytest.mark.parametrize("by_line_feeds", [True, False])
def test_a_lone_cr_above_moves_a_section_only_where_it_ends_a_line(by_line_feeds):
    followed = Followed(
        f"{FRONTMATTER}::prose::\n{SOURCE}{synthesized()}", by_line_feeds=by_line_feeds
    )
    (before,) = followed.sent()
    at = len(FRONTMATTER + "::prose::\n")
    followed.incremental = followed.incremental.apply_change(at, at, "\r::prose::\n")
    mark, *_, after = followed.sent()
    assert mark["code"] == "lone-cr"
    moved = after["range"]["start"]["line"] - before["range"]["start"]["line"]
    assert moved == (1 if by_line_feeds else 2)
    assert [mark, after] == followed.sent_at_first()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_section_beside_a_byte_order_mark_has_its_own_columns(mark):
    followed = Followed(mark + "::Prose::\n::Prose::\n")
    columns = [sent["range"]["start"]["character"] for sent in followed.sent()]
    assert columns[-2:] == [2 + len(mark), 2]
    followed.incremental = followed.incremental.apply_change(0, len(mark) + 10, mark)
    assert followed.sent() == followed.sent_at_first()


def test_what_only_moves_is_not_encoded_again(monkeypatch):
    followed = Followed(
        f"{FRONTMATTER}::prose::\n{SOURCE}{synthesized('Why?')}{synthesized('How?', GONE)}"
    )
    before = followed.sent()
    encoded: list[str] = []
    monkeypatch.setattr(
        diagnostics_encoder,
        "encode_diagnostic",
        lambda diagnostic, *more, **how: (
            encoded.append(diagnostic.code) or encode_diagnostic(diagnostic, *more, **how)
        ),
    )
    followed.incremental = followed.incremental.apply_change(
        len(FRONTMATTER), len(FRONTMATTER), "::prose::\nNew.\n"
    )
    after = followed.sent()
    assert encoded == []
    lines = [[sent["range"]["start"]["line"] for sent in marks] for marks in (before, after)]
    assert [late - early for early, late in zip(*lines, strict=True)] == [2, 2]
