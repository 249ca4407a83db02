"""LSP answers: what is encoded when the client asks."""

from collections.abc import Iterable
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st
from ide.samples import SOURCE, anything, synthesized
from lsprotocol import types
from support.document_text import FRONTMATTER

from dlm_lsp.document import Span
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide.completion_item import CompletionItem, completion_item
from dlm_lsp.ide.document_symbols import DocumentSymbol, document_symbols
from dlm_lsp.ide.folding_range import FoldingRange, folding_ranges
from dlm_lsp.ide.semantic_token import TOKEN_MODIFIERS, TOKEN_TYPES, SemanticToken
from dlm_lsp.ide.semantic_tokens import semantic_tokens
from dlm_lsp.server import to_lsp_answers as encode
from dlm_lsp.server.positions import PositionMap

TEXT = "🙂 one\ntwo\nthree\n"
NESTED = f"{FRONTMATTER}::instruction::\n### Q\na\n### A\nb\n### Q !probe\nc\n### A\nd\n"


def places(text: str = TEXT, encoding: str = "utf-16") -> PositionMap:
    return PositionMap(IncrementalDocument.of(text), encoding)


def span_of(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def range_(*numbers: int) -> types.Range:
    return types.Range(types.Position(*numbers[:2]), types.Position(*numbers[2:]))


def numbers(found: Iterable[SemanticToken], here: PositionMap) -> list[int]:
    return list(chain.from_iterable(encode.encode_semantic_tokens(found, here)))


def test_a_symbol_holds_those_within_it():
    here = places(NESTED)
    (_, section) = document_symbols(here.incremental.document)
    found = encode.encode_symbol(section, here)
    assert [child.name for child in found.children] == ["a", "c"]
    assert [child.detail for child in found.children] == [None, "probe"]
    assert found.range == here.range(section.span)
    assert found.selection_range == here.range(section.focus)


def test_a_symbol_without_parts_has_none_where_an_empty_list_would_do():
    symbol = DocumentSymbol("a", "", "prose", Span(0, 5), Span(0, 1))
    assert encode.encode_symbol(symbol, places()).children is None


@given(anything)
def test_every_symbol_has_a_kind_and_is_shown_at_a_part_of_itself(text):
    here = places(text)

    def check(symbol: types.DocumentSymbol) -> None:
        assert symbol.name
        assert symbol.range.start <= symbol.selection_range.start
        assert symbol.selection_range.end <= symbol.range.end
        for child in symbol.children or ():
            check(child)

    for symbol in document_symbols(here.incremental.document):
        check(encode.encode_symbol(symbol, here))


def test_a_fold_goes_by_whole_lines_and_only_a_region_has_a_kind():
    span = Span(2, TEXT.index("three") + 5)
    assert encode.encode_folding_range(FoldingRange(span, "code"), places()) == types.FoldingRange(
        0, 2
    )
    assert encode.encode_folding_range(
        FoldingRange(span, "region"), places()
    ) == types.FoldingRange(0, 2, kind=types.FoldingRangeKind.Region)


@given(anything)
def test_every_fold_hides_at_least_one_line(text):
    here = places(text)
    for fold in folding_ranges(here.incremental.document):
        found = encode.encode_folding_range(fold, here)
        assert found.start_line < found.end_line


def fence(**more: object) -> CompletionItem:
    given_ = {"order": 3, "detail": "a section", "snippet": "::prose#$1::", **more}
    return completion_item("fence", "::prose::", span_of("two"), "::prose::", **given_)


def item(completion: CompletionItem, *, snippets: bool = True) -> types.CompletionItem:
    return encode.encode_completion_item(completion, places(), snippets=snippets)


def test_a_completion_takes_the_place_of_what_is_written():
    found = item(fence())
    assert (found.label, found.filter_text, found.detail) == ("::prose::", "::prose::", "a section")
    assert found.kind == types.CompletionItemKind.Keyword
    assert found.sort_text == "0003"
    assert found.text_edit.range == range_(1, 0, 1, 3)


def test_a_snippet_is_a_snippet_only_where_the_client_knows_them():
    assert item(fence()).text_edit.new_text == "::prose#$1::"
    assert item(fence()).insert_text_format == types.InsertTextFormat.Snippet
    plain = item(fence(), snippets=False)
    assert plain.text_edit.new_text == "::prose::"
    assert plain.insert_text_format == types.InsertTextFormat.PlainText


def test_what_is_no_snippet_is_never_read_as_one():
    found = item(fence(snippet=None))
    assert found.text_edit.new_text == "::prose::"
    assert found.insert_text_format == types.InsertTextFormat.PlainText


def test_the_documentation_of_a_completion_is_asked_for_by_its_data():
    found = item(fence(topic="prose"))
    assert found.documentation is None
    assert found.data == {"kind": "fence", "topic": "prose"}


def decoded(data: list[int]) -> list[tuple[types.Position, int, str, tuple[str, ...]]]:
    """The place, length, type and modifiers of each token, read as the protocol says."""
    found = []
    line = character = 0
    for at in range(0, len(data), 5):
        down, right, length, type_, modifiers = data[at : at + 5]
        line, character = line + down, right + (0 if down else character)
        names = tuple(name for bit, name in enumerate(TOKEN_MODIFIERS) if modifiers >> bit & 1)
        found.append((types.Position(line, character), length, TOKEN_TYPES[type_], names))
    return found


def test_tokens_are_told_each_relative_to_the_one_before():
    some = [
        SemanticToken(span_of("one"), "keyword", ("readonly",)),
        SemanticToken(span_of("t"), "string"),
        SemanticToken(span_of("wo"), "class"),
        SemanticToken(span_of("three"), "comment"),
    ]
    assert numbers(some, places()) == [
        *(0, 3, 3, TOKEN_TYPES.index("keyword"), 1),
        *(1, 0, 1, TOKEN_TYPES.index("string"), 0),
        *(0, 1, 2, TOKEN_TYPES.index("class"), 0),
        *(1, 0, 5, TOKEN_TYPES.index("comment"), 0),
    ]


def test_no_tokens_are_no_numbers():
    assert numbers([], places()) == []


def test_the_tokens_of_a_synthesized_section_tell_that_it_is_readonly():
    here = places(FRONTMATTER + SOURCE + synthesized())
    found = decoded(numbers(semantic_tokens(here.incremental.document), here))
    assert [type_ for _, _, type_, names in found if names] == ["keyword", "class", "class"]


@given(anything, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_the_numbers_of_tokens_always_say_where_and_what_they_are(text, encoding):
    here = places(text, encoding)
    found = tuple(semantic_tokens(here.incremental.document))
    data = numbers(found, here)
    assert all(number >= 0 for number in data)
    assert decoded(data) == [
        (
            here.position(token.span.start),
            here.position(token.span.end).character - here.position(token.span.start).character,
            token.type,
            token.modifiers,
        )
        for token in found
    ]
    again = []
    for start, length, _, _ in decoded(data):
        end = types.Position(start.line, start.character + length)
        again.append(here.span(types.Range(start, end)))
    assert again == [token.span for token in found]
