"""What the client asks to see: decode, call, encode."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from lsprotocol import types
from pygls.uris import from_fs_path

from dlm_lsp.document import Span
from dlm_lsp.ide.completion import complete, documentation
from dlm_lsp.ide.folding import folds
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.lenses import Lens, hints, lenses
from dlm_lsp.ide.links import links
from dlm_lsp.ide.navigation import definition, references
from dlm_lsp.ide.selection import selections
from dlm_lsp.ide.symbols import symbols
from dlm_lsp.ide.tokens import tokens
from dlm_lsp.server import encode_answers as encode
from dlm_lsp.server.knowledge import knowledge
from dlm_lsp.server.names import COMMANDS
from dlm_lsp.server.positions import Places
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.slices import in_slices
from dlm_lsp.server.workarounds import LiveDocument


def on_hover(server: DlmServer, params: types.HoverParams) -> types.Hover | None:
    """Return what there is to tell where the cursor is."""
    if (live := server.live(params.text_document.uri)) is None:
        return None
    known = knowledge(server, live)
    found = hover(
        live.pieces.document,
        live.places.offset(params.position),
        provenance=known.provenance,
        link=known.link,
        now=known.now,
    )
    if found is None:
        return None
    words = types.MarkupContent(types.MarkupKind.Markdown, found.markdown)
    return types.Hover(words, live.places.range(found.span))


def completion(server: DlmServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    """Return what may be written where the cursor is."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    found = complete(live.pieces.document, live.places.offset(params.position))
    snippets = server.client.snippets
    return [encode.completion_item(one, live.places, snippets=snippets) for one in found]


def resolve_completion(_: DlmServer, item: types.CompletionItem) -> types.CompletionItem:
    """Return a completion with its documentation."""
    data = item.data
    if isinstance(data, dict):
        words = documentation(str(data.get("kind")), str(data.get("topic")))
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
    found = definition(live.pieces.document, live.places.offset(params.position))
    if found is None:
        return None
    origin, target = map(live.places.range, found)
    if server.client.links:
        return [types.LocationLink(live.uri, target, target, origin)]
    return types.Location(live.uri, target)


def on_references(server: DlmServer, params: types.ReferenceParams) -> list[types.Location]:
    """Return what came from the section that the cursor is in."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    found = references(live.pieces.document, live.places.offset(params.position))
    return [types.Location(live.uri, live.places.range(span)) for span in found]


async def document_symbol(server: DlmServer, params: types.DocumentSymbolParams) -> list[Any]:
    """Return the outline."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    places = live.places
    return await _all(server, (encode.symbol(one, places) for one in symbols(live.pieces.document)))


async def folding_range(server: DlmServer, params: types.FoldingRangeParams) -> list[Any]:
    """Return what can be folded."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    places = live.places
    return await _all(
        server, (encode.folding_range(one, places) for one in folds(live.pieces.document))
    )


def selection_range(
    server: DlmServer, params: types.SelectionRangeParams
) -> list[types.SelectionRange]:
    """Return what a growing selection takes in, for each place."""
    if (live := server.live(params.text_document.uri)) is None:
        return []
    return [_nested(live, position) for position in params.positions]


async def document_link(server: DlmServer, params: types.DocumentLinkParams) -> list[Any]:
    """Return the links."""
    live = server.live(params.text_document.uri)
    return await _all(server, _links(server, live)) if live else []


async def semantic_tokens(
    server: DlmServer, params: types.SemanticTokensParams
) -> types.SemanticTokens:
    """Return the tokens of the whole text."""
    live = server.live(params.text_document.uri)
    return await _tokens(live, None) if live else types.SemanticTokens([])


async def semantic_tokens_range(
    server: DlmServer, params: types.SemanticTokensRangeParams
) -> types.SemanticTokens:
    """Return the tokens of a part of the text."""
    live = server.live(params.text_document.uri)
    if live is None:
        return types.SemanticTokens([])
    return await _tokens(live, live.places.span(params.range))


async def code_lens(server: DlmServer, params: types.CodeLensParams) -> list[Any]:
    """Return the lenses, unless they are switched off."""
    live = server.live(params.text_document.uri)
    if live is None or not (await server.settings(live.uri)).code_lens.enable:
        return []
    places = live.places
    found = lenses(live.pieces.document)
    return await _all(server, (_lens(live.uri, one, places) for one in found))


async def inlay_hint(server: DlmServer, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Return the hints in a part of the text, unless they are switched off."""
    live = server.live(params.text_document.uri)
    if live is None or not (await server.settings(live.uri)).inlay_hints.enable:
        return []
    found = hints(live.pieces.document, live.places.span(params.range))
    return [
        types.InlayHint(
            position=live.places.position(one.offset),
            label=one.label,
            tooltip=one.tooltip,
            padding_left=True,
        )
        for one in found
    ]


async def _all(server: DlmServer, found: Iterable[object]) -> list[Any]:
    """Return values of the protocol as they are sent; to turn them so takes as long as all else."""
    return await in_slices(map(server.protocol.as_sent, found))


async def _tokens(live: LiveDocument, span: Span | None) -> types.SemanticTokens:
    found = await in_slices(encode.semantic_tokens(tokens(live.pieces.document, span), live.places))
    return types.SemanticTokens(list(chain.from_iterable(found)))


def _nested(live: LiveDocument, position: types.Position) -> types.SelectionRange:
    outer: types.SelectionRange | None = None
    for span in reversed(selections(live.pieces.document, live.places.offset(position))):
        outer = types.SelectionRange(live.places.range(span), outer)
    return outer or types.SelectionRange(types.Range(position, position))


def _links(server: DlmServer, live: LiveDocument) -> Iterator[types.DocumentLink]:
    path, places = server.path(live.uri), live.places
    for one in links(live.pieces.document):
        target = None
        if one.target:
            target = f"{live.uri}#L{places.position(one.target.start).line + 1}"
        elif one.path and path:
            target = from_fs_path(str(path.parent / one.path))
        if target:
            yield types.DocumentLink(places.range(one.span), target, one.tooltip)


def _lens(uri: str, lens: Lens, places: Places) -> types.CodeLens:
    about = {"uri": uri, "sections": [lens.section_id] if lens.section_id else []}
    name = COMMANDS.get(lens.action, "")
    command = types.Command(title=lens.title, command=name, arguments=[about] if name else None)
    return types.CodeLens(places.range(lens.span), command)


ANSWERS: dict[str, Callable[[DlmServer, Any], Any]] = {
    types.TEXT_DOCUMENT_HOVER: on_hover,
    types.TEXT_DOCUMENT_COMPLETION: completion,
    types.COMPLETION_ITEM_RESOLVE: resolve_completion,
    types.TEXT_DOCUMENT_DEFINITION: on_definition,
    types.TEXT_DOCUMENT_REFERENCES: on_references,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: document_symbol,
    types.TEXT_DOCUMENT_FOLDING_RANGE: folding_range,
    types.TEXT_DOCUMENT_SELECTION_RANGE: selection_range,
    types.TEXT_DOCUMENT_DOCUMENT_LINK: document_link,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: semantic_tokens,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: semantic_tokens_range,
    types.TEXT_DOCUMENT_CODE_LENS: code_lens,
    types.TEXT_DOCUMENT_INLAY_HINT: inlay_hint,
}
"""Who answers a request, by its method."""
