"""Section answers: after any edits they are together what is sent of the whole text."""

import json
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, SOURCE, anything, synthesized
from pygls.protocol import default_converter
from support.document_text import FRONTMATTER

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide.document_symbols import document_symbols
from dlm_lsp.ide.semantic_tokens import semantic_tokens
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.section_answers import (
    SectionAnswers,
    encode_symbols,
    encode_tokens,
    join_tokens,
)
from dlm_lsp.server.to_lsp_answers import encode_semantic_tokens, encode_symbol

TYPED = st.sampled_from(
    ["", "\n", "\r\n", "\r", "a", "🙂", "\ufeff", "---\n", "# 100 %d\n", f"::prose::\n{SOURCE}",
     synthesized("🙂 100 %?"), synthesized("%s", GONE), "### Q\n", "```\n", "::instruction#a::\n"]
) | st.text(max_size=5)  # fmt: skip

as_sent = default_converter().unstructure


def symbol_answers() -> SectionAnswers:
    return SectionAnswers(lambda positions: encode_symbols(positions, as_sent))


def sent_symbols(answers: SectionAnswers, positions: PositionMap) -> list[object]:
    texts = (answer.at(line) for line, answer in answers.of(positions))
    return json.loads(f"[{','.join(filter(None, texts))}]")


@given(
    anything | st.lists(TYPED, max_size=8).map("".join).map(FRONTMATTER.__add__),
    st.sampled_from(["utf-8", "utf-16", "utf-32"]),
    st.booleans(),
    st.data(),
)
def test_after_any_edits_sections_answer_what_the_whole_text_answers(
    text, encoding, by_line_feeds, data
):
    symbols, tokens = symbol_answers(), SectionAnswers(encode_tokens)
    incremental = IncrementalDocument.of(text)
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, incremental.length))
        end = data.draw(st.integers(start, min(incremental.length, start + 150)))
        incremental = incremental.apply_change(start, end, data.draw(TYPED))
        positions = PositionMap(incremental, encoding, by_line_feeds)
        document = incremental.document
        assert sent_symbols(symbols, positions) == [
            as_sent(encode_symbol(symbol, positions)) for symbol in document_symbols(document)
        ]
        assert json.loads(join_tokens(tokens.of(positions))) == list(
            chain.from_iterable(encode_semantic_tokens(semantic_tokens(document), positions))
        )


def test_a_section_that_begins_with_a_byte_order_mark_has_no_frontmatter():
    positions = PositionMap(IncrementalDocument.of(f"{FRONTMATTER}\ufeffText.\n"), "utf-16")
    names = [symbol["name"] for symbol in sent_symbols(symbol_answers(), positions)]
    assert names == [symbol.name for symbol in document_symbols(positions.incremental.document)]


def test_after_an_edit_only_what_it_reaches_is_made_again():
    made = []
    answers = SectionAnswers(lambda positions: made.append(positions.incremental.text))
    text = IncrementalDocument.of(
        FRONTMATTER + "".join(f"::prose::\nSection {n}.\n" for n in range(50))
    )
    list(answers.of(PositionMap(text, "utf-16")))
    assert len(made) == 51
    made.clear()
    at = text.text.index("Section 20")
    text = text.apply_change(at, at, "\n")
    lines = [line for line, _ in answers.of(PositionMap(text, "utf-16"))]
    assert made == ["::prose::\n\nSection 20.\n"]
    assert lines == text.lines[:-1]


def test_what_is_long_gone_is_not_held_for_ever():
    answers = SectionAnswers(lambda positions: positions.incremental.text)
    text = IncrementalDocument.of(f"{FRONTMATTER}::prose::\nText.\n")
    for _ in range(100):
        text = text.apply_change(text.length - 1, text.length - 1, "x")
        list(answers.of(PositionMap(text, "utf-16")))
    assert len(answers._made) <= 2 * len(text.parts)
