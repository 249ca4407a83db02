"""From our values to those of the protocol: what is answered when the client asks."""

from collections.abc import Iterable, Iterator

from lsprotocol import types

from dlm_lsp.ide.completion import CompletionItem
from dlm_lsp.ide.document_symbols import DocumentSymbol
from dlm_lsp.ide.folding_range import FoldingRange
from dlm_lsp.ide.semantic_token import TOKEN_MODIFIERS, TOKEN_TYPES, SemanticToken
from dlm_lsp.server.positions import PositionMap

_SYMBOLS = {
    "frontmatter": types.SymbolKind.Namespace,
    "prose": types.SymbolKind.String,
    "instruction": types.SymbolKind.Method,
    "preference": types.SymbolKind.Boolean,
    "image": types.SymbolKind.File,
    "audio": types.SymbolKind.File,
}
_COMPLETIONS = {
    "fence": types.CompletionItemKind.Keyword,
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "model": types.CompletionItemKind.Module,
    "attribute": types.CompletionItemKind.Field,
    "header": types.CompletionItemKind.Class,
}
_FOLDS: dict[str, types.FoldingRangeKind | str] = {"region": types.FoldingRangeKind.Region}


def encode_symbol(one: DocumentSymbol, places: PositionMap) -> types.DocumentSymbol:
    """Return a symbol and all within it."""
    return types.DocumentSymbol(
        name=one.name,
        detail=one.detail or None,
        kind=_SYMBOLS[one.kind],
        range=places.range(one.span),
        selection_range=places.range(one.focus),
        children=[encode_symbol(child, places) for child in one.children] or None,
    )


def encode_folding_range(fold: FoldingRange, places: PositionMap) -> types.FoldingRange:
    """Return a fold by whole lines."""
    range_ = places.range(fold.span)
    return types.FoldingRange(
        start_line=range_.start.line, end_line=range_.end.line, kind=_FOLDS.get(fold.kind)
    )


def encode_completion_item(
    one: CompletionItem, places: PositionMap, *, snippets: bool
) -> types.CompletionItem:
    """Return a completion; its documentation is asked for by `data`."""
    as_snippet = one.snippet and snippets
    return types.CompletionItem(
        label=one.label,
        kind=_COMPLETIONS[one.kind],
        detail=one.detail or None,
        sort_text=one.sort,
        filter_text=one.label,
        insert_text_format=types.InsertTextFormat.Snippet
        if as_snippet
        else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(places.range(one.span), one.text if as_snippet else one.plain),
        data=one.data,
    )


def encode_semantic_tokens(
    tokens: Iterable[SemanticToken], places: PositionMap
) -> Iterator[tuple[int, ...]]:
    """Yield tokens in the relative numbers of the protocol, five for each."""
    line = character = 0
    for token in tokens:
        range_ = places.range(token.span)
        start = range_.start
        yield (
            start.line - line,
            start.character - (character if start.line == line else 0),
            range_.end.character - start.character,
            TOKEN_TYPES.index(token.type),
            sum(1 << TOKEN_MODIFIERS.index(modifier) for modifier in token.modifiers),
        )
        line, character = start.line, start.character
