"""LSP answers: from our values to those of the protocol, what is encoded when the client asks."""

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


def encode_symbol(symbol: DocumentSymbol, positions: PositionMap) -> types.DocumentSymbol:
    """Return a symbol and all within it."""
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_SYMBOLS[symbol.kind],
        range=positions.range(symbol.span),
        selection_range=positions.range(symbol.focus),
        children=[encode_symbol(child, positions) for child in symbol.children] or None,
    )


def encode_folding_range(fold: FoldingRange, positions: PositionMap) -> types.FoldingRange:
    """Return a fold by whole lines."""
    range_ = positions.range(fold.span)
    return types.FoldingRange(
        start_line=range_.start.line, end_line=range_.end.line, kind=_FOLDS.get(fold.kind)
    )


def encode_completion_item(
    item: CompletionItem, positions: PositionMap, *, snippets: bool
) -> types.CompletionItem:
    """Return a completion; its documentation is asked for by `data`."""
    as_snippet = item.snippet and snippets
    return types.CompletionItem(
        label=item.label,
        kind=_COMPLETIONS[item.kind],
        detail=item.detail or None,
        sort_text=item.sort,
        filter_text=item.label,
        insert_text_format=types.InsertTextFormat.Snippet
        if as_snippet
        else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(
            positions.range(item.span), item.text if as_snippet else item.plain
        ),
        data=item.data,
    )


def encode_semantic_tokens(
    tokens: Iterable[SemanticToken], positions: PositionMap
) -> Iterator[tuple[int, ...]]:
    """Yield tokens in the relative numbers of the protocol, five for each."""
    line = character = 0
    for token in tokens:
        range_ = positions.range(token.span)
        start = range_.start
        yield (
            start.line - line,
            start.character - (character if start.line == line else 0),
            range_.end.character - start.character,
            TOKEN_TYPES.index(token.type),
            sum(1 << TOKEN_MODIFIERS.index(modifier) for modifier in token.modifiers),
        )
        line, character = start.line, start.character
