"""Language features: what the client asks to see, by decode, call, encode."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from lsprotocol import types
from pygls.uris import from_fs_path

from dlm_lsp.ide.code_lens import CodeLens, code_lenses
from dlm_lsp.ide.completion import completion_documentation, completions
from dlm_lsp.ide.document_links import document_links
from dlm_lsp.ide.folding_range import folding_ranges
from dlm_lsp.ide.goto import find_references, goto_definition
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.inlay_hints import inlay_hints
from dlm_lsp.ide.selection_range import selection_spans
from dlm_lsp.ide.semantic_tokens import semantic_tokens
from dlm_lsp.server import to_lsp_answers as encode
from dlm_lsp.server.changes import refusal_of_edits
from dlm_lsp.server.command_names import COMMANDS
from dlm_lsp.server.cooperative import collect_in_slices
from dlm_lsp.server.hover_context import hover_context
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.pygls_patches import EncodedJson
from dlm_lsp.server.section_answers import (
    SectionAnswers,
    encode_symbols,
    encode_tokens,
    join_tokens,
)
from dlm_lsp.server.server import DlmServer


def on_hover(server: DlmServer, params: types.HoverParams) -> types.Hover | None:
    """Return what there is to tell where the cursor is."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return None
    context = hover_context(server, text_document)
    contents = hover(
        text_document.incremental.document,
        text_document.positions.offset(params.position),
        provenance=context.provenance,
        link=context.link,
        now=context.now,
    )
    if contents is None:
        return None
    markup = types.MarkupContent(types.MarkupKind.Markdown, contents.markdown)
    return types.Hover(markup, text_document.positions.range(contents.span))


def on_completion(server: DlmServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    """Return what may be written where the cursor is."""
    text_document = server.text_document(params.text_document.uri)
    if text_document is None or refusal_of_edits(text_document):
        return []
    items = completions(
        text_document.incremental.document, text_document.positions.offset(params.position)
    )
    snippets = server.client.snippets
    return [
        encode.encode_completion_item(item, text_document.positions, snippets=snippets)
        for item in items
    ]


def on_resolve_completion(_: DlmServer, item: types.CompletionItem) -> types.CompletionItem:
    """Return a completion with its documentation."""
    data = item.data
    if isinstance(data, dict):
        words = completion_documentation(str(data.get("kind")), str(data.get("topic")))
        if words:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, words)
    return item


def on_definition(
    server: DlmServer,
    params: types.DefinitionParams,
) -> types.Location | list[types.LocationLink] | None:
    """Return where the section came from that the cursor is in."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return None
    spans = goto_definition(
        text_document.incremental.document, text_document.positions.offset(params.position)
    )
    if spans is None:
        return None
    origin, target = map(text_document.positions.range, spans)
    if server.client.links:
        return [types.LocationLink(text_document.uri, target, target, origin)]
    return types.Location(text_document.uri, target)


def on_references(server: DlmServer, params: types.ReferenceParams) -> list[types.Location]:
    """Return what came from the section that the cursor is in."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return []
    spans = find_references(
        text_document.incremental.document, text_document.positions.offset(params.position)
    )
    return [
        types.Location(text_document.uri, text_document.positions.range(span)) for span in spans
    ]


async def on_document_symbol(
    server: DlmServer, params: types.DocumentSymbolParams
) -> list[Any] | EncodedJson:
    """Return the outline."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return []
    state = server.open_document(text_document.uri)
    symbols = state.symbols = state.symbols or SectionAnswers(
        lambda positions: encode_symbols(positions, server.protocol.as_sent)
    )
    texts = await collect_in_slices(
        answer.at(line) for line, answer in symbols.of(text_document.positions)
    )
    return EncodedJson(f"[{','.join(filter(None, texts))}]")


async def on_folding_range(server: DlmServer, params: types.FoldingRangeParams) -> list[Any]:
    """Return what can be folded."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return []
    positions = text_document.positions
    return await _all(
        server,
        (
            encode.encode_folding_range(fold, positions)
            for fold in folding_ranges(text_document.incremental.document)
        ),
    )


def on_selection_range(
    server: DlmServer, params: types.SelectionRangeParams
) -> list[types.SelectionRange]:
    """Return what a growing selection takes in, for each place."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return []
    return [_nested(text_document, position) for position in params.positions]


async def on_document_link(server: DlmServer, params: types.DocumentLinkParams) -> list[Any]:
    """Return the links."""
    text_document = server.text_document(params.text_document.uri)
    return await _all(server, _links(server, text_document)) if text_document else []


async def on_semantic_tokens(
    server: DlmServer, params: types.SemanticTokensParams
) -> types.SemanticTokens | EncodedJson:
    """Return the tokens of the whole text."""
    if (text_document := server.text_document(params.text_document.uri)) is None:
        return types.SemanticTokens([])
    state = server.open_document(text_document.uri)
    tokens = state.tokens = state.tokens or SectionAnswers(encode_tokens)
    answers = await collect_in_slices(tokens.of(text_document.positions))
    return EncodedJson(f'{{"data":{join_tokens(answers)}}}')


async def on_semantic_tokens_range(
    server: DlmServer, params: types.SemanticTokensRangeParams
) -> types.SemanticTokens:
    """Return the tokens of a part of the text."""
    text_document = server.text_document(params.text_document.uri)
    if text_document is None:
        return types.SemanticTokens([])
    span = text_document.positions.span(params.range)
    numbers = await collect_in_slices(
        encode.encode_semantic_tokens(
            semantic_tokens(text_document.incremental.document, span), text_document.positions
        )
    )
    return types.SemanticTokens(list(chain.from_iterable(numbers)))


async def on_code_lens(server: DlmServer, params: types.CodeLensParams) -> list[Any]:
    """Return the lenses, unless they are switched off."""
    text_document = server.text_document(params.text_document.uri)
    if text_document is None or not (await server.settings(text_document.uri)).code_lens.enable:
        return []
    positions = text_document.positions
    results = server.open_document(text_document.uri).pair_check_results
    lenses = code_lenses(text_document.incremental.document, results.backed)
    return await _all(server, (_lens(text_document.uri, lens, positions) for lens in lenses))


async def on_inlay_hint(server: DlmServer, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Return the hints in a part of the text, unless they are off or lenses say the same."""
    text_document = server.text_document(params.text_document.uri)
    if text_document is None:
        return []
    settings = await server.settings(text_document.uri)
    has_lenses = server.client.shows_lenses and settings.code_lens.enable
    if has_lenses or not settings.inlay_hints.enable:
        return []
    hints = inlay_hints(
        text_document.incremental.document,
        text_document.positions.span(params.range),
        server.open_document(text_document.uri).pair_check_results.backed,
    )
    return [
        types.InlayHint(
            position=text_document.positions.position(hint.offset),
            label=hint.label,
            tooltip=hint.tooltip,
            padding_left=True,
        )
        for hint in hints
    ]


async def _all(server: DlmServer, values: Iterable[object]) -> list[Any]:
    """Return values of the protocol as they are sent; to turn them so takes as long as all else."""
    return await collect_in_slices(map(server.protocol.as_sent, values))


def _nested(text_document: LiveDocument, position: types.Position) -> types.SelectionRange:
    outer: types.SelectionRange | None = None
    for span in reversed(
        selection_spans(
            text_document.incremental.document, text_document.positions.offset(position)
        )
    ):
        outer = types.SelectionRange(text_document.positions.range(span), outer)
    return outer or types.SelectionRange(types.Range(position, position))


def _links(server: DlmServer, text_document: LiveDocument) -> Iterator[types.DocumentLink]:
    path, positions = server.path(text_document.uri), text_document.positions
    for link in document_links(text_document.incremental.document):
        target = None
        if link.target:
            target = f"{text_document.uri}#L{positions.position(link.target.start).line + 1}"
        elif link.path and path:
            target = from_fs_path(str(path.parent / link.path))
        if target:
            yield types.DocumentLink(positions.range(link.span), target, link.tooltip)


def _lens(uri: str, lens: CodeLens, positions: PositionMap) -> types.CodeLens:
    argument: dict[str, Any] = {
        "uri": uri,
        "sections": [lens.section_id] if lens.section_id else [],
    }
    name = COMMANDS.get(lens.action, "")
    if lens.action == "synthesize-more":
        argument["more"], name = True, COMMANDS["synthesize"]
    command = types.Command(title=lens.title, command=name, arguments=[argument] if name else None)
    return types.CodeLens(positions.range(lens.span), command)


FEATURE_HANDLERS: dict[str, Callable[[DlmServer, Any], Any]] = {
    types.TEXT_DOCUMENT_HOVER: on_hover,
    types.TEXT_DOCUMENT_COMPLETION: on_completion,
    types.COMPLETION_ITEM_RESOLVE: on_resolve_completion,
    types.TEXT_DOCUMENT_DEFINITION: on_definition,
    types.TEXT_DOCUMENT_REFERENCES: on_references,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: on_document_symbol,
    types.TEXT_DOCUMENT_FOLDING_RANGE: on_folding_range,
    types.TEXT_DOCUMENT_SELECTION_RANGE: on_selection_range,
    types.TEXT_DOCUMENT_DOCUMENT_LINK: on_document_link,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: on_semantic_tokens,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: on_semantic_tokens_range,
    types.TEXT_DOCUMENT_CODE_LENS: on_code_lens,
    types.TEXT_DOCUMENT_INLAY_HINT: on_inlay_hint,
}
"""Who answers a request, by its method."""
