"""What the client asks to see: decode, call, encode."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from lsprotocol import types
from pygls.uris import from_fs_path

from dlm_lsp.document import Span
from dlm_lsp.ide.code_lens import CodeLens, code_lenses
from dlm_lsp.ide.completion import completion_documentation, completions
from dlm_lsp.ide.document_links import document_links
from dlm_lsp.ide.document_symbols import document_symbols
from dlm_lsp.ide.folding_range import folding_ranges
from dlm_lsp.ide.goto import find_references, goto_definition
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.inlay_hints import inlay_hints
from dlm_lsp.ide.selection_range import selection_spans
from dlm_lsp.ide.semantic_tokens import semantic_tokens
from dlm_lsp.server import to_lsp_answers as encode
from dlm_lsp.server.command_names import COMMANDS
from dlm_lsp.server.cooperative import collect_in_slices
from dlm_lsp.server.document_context import hover_context
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer


def on_hover(server: DlmServer, params: types.HoverParams) -> types.Hover | None:
    """Return what there is to tell where the cursor is."""
    if (live := server.live(params.text_document.uri)) is None:
        return None
    known = hover_context(server, live)
    found = hover(
        live.incremental.document,
        live.positions.offset(params.position),
        provenance=known.provenance,
        link=known.link,
        now=known.now,
    )
    if found is None:
        return None
    words = types.MarkupContent(types.MarkupKind.Markdown, found.markdown)
    return types.Hover(words, live.positions.range(found.span))


def on_completion(server: DlmServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    """Return what may be written where the cursor is."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    found = completions(live.incremental.document, live.positions.offset(params.position))
    snippets = server.client.snippets
    return [encode.encode_completion_item(one, live.positions, snippets=snippets) for one in found]


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
    if (live := server.live(params.text_document.uri)) is None:
        return None
    found = goto_definition(live.incremental.document, live.positions.offset(params.position))
    if found is None:
        return None
    origin, target = map(live.positions.range, found)
    if server.client.links:
        return [types.LocationLink(live.uri, target, target, origin)]
    return types.Location(live.uri, target)


def on_references(server: DlmServer, params: types.ReferenceParams) -> list[types.Location]:
    """Return what came from the section that the cursor is in."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    found = find_references(live.incremental.document, live.positions.offset(params.position))
    return [types.Location(live.uri, live.positions.range(span)) for span in found]


async def on_document_symbol(server: DlmServer, params: types.DocumentSymbolParams) -> list[Any]:
    """Return the outline."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    places = live.positions
    return await _all(
        server,
        (encode.encode_symbol(one, places) for one in document_symbols(live.incremental.document)),
    )


async def on_folding_range(server: DlmServer, params: types.FoldingRangeParams) -> list[Any]:
    """Return what can be folded."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    places = live.positions
    return await _all(
        server,
        (
            encode.encode_folding_range(one, places)
            for one in folding_ranges(live.incremental.document)
        ),
    )


def on_selection_range(
    server: DlmServer, params: types.SelectionRangeParams
) -> list[types.SelectionRange]:
    """Return what a growing selection takes in, for each place."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    return [_nested(live, position) for position in params.positions]


async def on_document_link(server: DlmServer, params: types.DocumentLinkParams) -> list[Any]:
    """Return the links."""
    live = server.live(params.text_document.uri)
    return await _all(server, _links(server, live)) if live else []


async def on_semantic_tokens(
    server: DlmServer, params: types.SemanticTokensParams
) -> types.SemanticTokens:
    """Return the tokens of the whole text."""
    live = server.live(params.text_document.uri)
    return await _tokens(live, None) if live else types.SemanticTokens([])


async def on_semantic_tokens_range(
    server: DlmServer, params: types.SemanticTokensRangeParams
) -> types.SemanticTokens:
    """Return the tokens of a part of the text."""
    live = server.live(params.text_document.uri)
    if live is None:
        return types.SemanticTokens([])
    return await _tokens(live, live.positions.span(params.range))


async def on_code_lens(server: DlmServer, params: types.CodeLensParams) -> list[Any]:
    """Return the lenses, unless they are switched off."""
    live = server.live(params.text_document.uri)
    if live is None or not (await server.settings(live.uri)).code_lens.enable:
        return []
    places = live.positions
    found = code_lenses(live.incremental.document)
    return await _all(server, (_lens(live.uri, one, places) for one in found))


async def on_inlay_hint(server: DlmServer, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Return the hints in a part of the text, unless they are switched off."""
    live = server.live(params.text_document.uri)
    if live is None or not (await server.settings(live.uri)).inlay_hints.enable:
        return []
    found = inlay_hints(live.incremental.document, live.positions.span(params.range))
    return [
        types.InlayHint(
            position=live.positions.position(one.offset),
            label=one.label,
            tooltip=one.tooltip,
            padding_left=True,
        )
        for one in found
    ]


async def _all(server: DlmServer, found: Iterable[object]) -> list[Any]:
    """Return values of the protocol as they are sent; to turn them so takes as long as all else."""
    return await collect_in_slices(map(server.protocol.as_sent, found))


async def _tokens(live: LiveDocument, span: Span | None) -> types.SemanticTokens:
    found = await collect_in_slices(
        encode.encode_semantic_tokens(
            semantic_tokens(live.incremental.document, span), live.positions
        )
    )
    return types.SemanticTokens(list(chain.from_iterable(found)))


def _nested(live: LiveDocument, position: types.Position) -> types.SelectionRange:
    outer: types.SelectionRange | None = None
    for span in reversed(
        selection_spans(live.incremental.document, live.positions.offset(position))
    ):
        outer = types.SelectionRange(live.positions.range(span), outer)
    return outer or types.SelectionRange(types.Range(position, position))


def _links(server: DlmServer, live: LiveDocument) -> Iterator[types.DocumentLink]:
    path, places = server.path(live.uri), live.positions
    for one in document_links(live.incremental.document):
        target = None
        if one.target:
            target = f"{live.uri}#L{places.position(one.target.start).line + 1}"
        elif one.path and path:
            target = from_fs_path(str(path.parent / one.path))
        if target:
            yield types.DocumentLink(places.range(one.span), target, one.tooltip)


def _lens(uri: str, lens: CodeLens, places: PositionMap) -> types.CodeLens:
    about = {"uri": uri, "sections": [lens.section_id] if lens.section_id else []}
    name = COMMANDS.get(lens.action, "")
    command = types.Command(title=lens.title, command=name, arguments=[about] if name else None)
    return types.CodeLens(places.range(lens.span), command)


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
