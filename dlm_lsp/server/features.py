"""What the client asks for: decode, call, encode."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types
from pygls.uris import from_fs_path

from dlm_lsp.document import Fix, Span, keep, remove
from dlm_lsp.ide.actions import Action, actions
from dlm_lsp.ide.completion import complete, documentation
from dlm_lsp.ide.findings import Finding
from dlm_lsp.ide.folding import folds
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.lenses import Lens, hints, lenses
from dlm_lsp.ide.links import links
from dlm_lsp.ide.navigation import definition, references
from dlm_lsp.ide.selection import selections
from dlm_lsp.ide.symbols import symbols
from dlm_lsp.ide.tokens import MODIFIERS, TYPES, tokens
from dlm_lsp.server import diagnostics, encode
from dlm_lsp.server.changes import workspace_edit
from dlm_lsp.server.client import Client
from dlm_lsp.server.knowledge import knowledge
from dlm_lsp.server.names import COMMANDS
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.workarounds import LiveDocument, use_live_documents
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.plan import load_plan

_log = logging.getLogger(__name__)

_KIND = "refactor.rewrite.dlm"
_KINDS = [types.CodeActionKind.QuickFix, f"{_KIND}.synthesize", _KIND]
# Those that only change the text: a client that can is given the edit itself.
_EDITS = {"keep": keep, "remove": remove, "revert": remove}
_LEGEND = types.SemanticTokensLegend(list(TYPES), list(MODIFIERS))


def create_server() -> DlmServer:
    """Return a server with every feature, not yet started."""
    server = DlmServer()
    _life_cycle(server)
    _text(server)
    _reading(server)
    _acting(server)
    for name in COMMANDS.values():
        _add_command(server, name)
    return server


def _add_command(server: DlmServer, name: str) -> None:
    @server.command(name)
    async def command(*arguments: Any) -> Any:
        from dlm_lsp.server.commands import run

        return await run(server, name, arguments)


def _life_cycle(server: DlmServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        use_live_documents(server, params)
        server.client = Client.of(params.capabilities)
        server.jobs.with_progress = server.client.progress
        options = params.initialization_options
        if isinstance(options, dict):
            server.pushed_settings = options.get("dlm", options.get("settings", options))
        if server.client.pulls_diagnostics:
            _pull_diagnostics(server)

    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        return

    @server.feature(types.SHUTDOWN)
    async def shutdown(*_: Any) -> None:
        await server.jobs.end()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        pushed = params.settings
        if isinstance(pushed, dict) and pushed:
            server.pushed_settings = pushed.get("dlm", pushed)
        for uri in [document.uri for document in server.workspace.text_documents.values()]:
            server.load_settings(uri)
            await server.settings(uri)
            diagnostics.again(server, uri)
        server.refresh()

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancel(params: types.WorkDoneProgressCancelParams) -> None:
        server.jobs.cancel(str(params.token))


def _text(server: DlmServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.load_settings(uri)
        before = server.watch(uri).settings
        diagnostics.opened(server, uri)
        if (await server.settings(uri)).diagnostics != before.diagnostics:
            diagnostics.again(server, uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.watch(params.text_document.uri).typed.set()
        diagnostics.changed(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        diagnostics.closed(server, params.text_document.uri)


def _pull_diagnostics(server: DlmServer) -> None:
    options = types.DiagnosticOptions(
        inter_file_dependencies=False, workspace_diagnostics=False, identifier="dlm"
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    def diagnostic(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        live = server.live(params.text_document.uri)
        marked = (
            diagnostics.encoded(server, live, diagnostics.found_in(server, live)) if live else []
        )
        return types.RelatedFullDocumentDiagnosticReport(items=marked)


def _reading(server: DlmServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def on_hover(params: types.HoverParams) -> types.Hover | None:
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

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=[":", "#", "<", " "], resolve_provider=True),
    )
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        if (live := server.live(params.text_document.uri)) is None:
            return []
        found = complete(live.pieces.document, live.places.offset(params.position))
        snippets = server.client.snippets
        return [encode.completion_item(one, live.places, snippets=snippets) for one in found]

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def resolve_completion(item: types.CompletionItem) -> types.CompletionItem:
        data = item.data
        if isinstance(data, dict):
            words = documentation(str(data.get("kind")), str(data.get("topic")))
            if words:
                item.documentation = types.MarkupContent(types.MarkupKind.Markdown, words)
        return item

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def on_definition(
        params: types.DefinitionParams,
    ) -> types.Location | list[types.LocationLink] | None:
        if (live := server.live(params.text_document.uri)) is None:
            return None
        found = definition(live.pieces.document, live.places.offset(params.position))
        if found is None:
            return None
        origin, target = map(live.places.range, found)
        if server.client.links:
            return [types.LocationLink(live.uri, target, target, origin)]
        return types.Location(live.uri, target)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: types.ReferenceParams) -> list[types.Location]:
        if (live := server.live(params.text_document.uri)) is None:
            return []
        found = references(live.pieces.document, live.places.offset(params.position))
        return [types.Location(live.uri, live.places.range(span)) for span in found]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def document_symbol(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        if (live := server.live(params.text_document.uri)) is None:
            return []
        return [encode.symbol(one, live.places) for one in symbols(live.pieces.document)]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding_range(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        if (live := server.live(params.text_document.uri)) is None:
            return []
        return [encode.folding_range(one, live.places) for one in folds(live.pieces.document)]

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    def selection_range(params: types.SelectionRangeParams) -> list[types.SelectionRange]:
        if (live := server.live(params.text_document.uri)) is None:
            return []
        return [_nested(live, position) for position in params.positions]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def document_link(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        live = server.live(params.text_document.uri)
        return list(_links(server, live)) if live else []

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
    def semantic_tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
        live = server.live(params.text_document.uri)
        found = tokens(live.pieces.document) if live else ()
        return encode.semantic_tokens(found, live.places) if live else types.SemanticTokens([])

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, _LEGEND)
    def semantic_tokens_range(params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        if (live := server.live(params.text_document.uri)) is None:
            return types.SemanticTokens([])
        found = tokens(live.pieces.document, live.places.span(params.range))
        return encode.semantic_tokens(found, live.places)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        live = server.live(params.text_document.uri)
        if live is None or not (await server.settings(live.uri)).code_lens.enable:
            return []
        return [_lens(live, one) for one in lenses(live.pieces.document)]

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
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


def _nested(live: LiveDocument, position: types.Position) -> types.SelectionRange:
    outer: types.SelectionRange | None = None
    for span in reversed(selections(live.pieces.document, live.places.offset(position))):
        outer = types.SelectionRange(live.places.range(span), outer)
    return outer or types.SelectionRange(types.Range(position, position))


def _links(server: DlmServer, live: LiveDocument) -> Iterator[types.DocumentLink]:
    path = server.path(live.uri)
    for one in links(live.pieces.document):
        target = None
        if one.target:
            target = f"{live.uri}#L{live.places.position(one.target.start).line + 1}"
        elif one.path and path:
            target = from_fs_path(str(path.parent / one.path))
        if target:
            yield types.DocumentLink(live.places.range(one.span), target, one.tooltip)


def _lens(live: LiveDocument, lens: Lens) -> types.CodeLens:
    about = {"uri": live.uri, "sections": [lens.section_id] if lens.section_id else []}
    name = COMMANDS.get(lens.action, "")
    command = types.Command(title=lens.title, command=name, arguments=[about] if name else None)
    return types.CodeLens(live.places.range(lens.span), command)


def _acting(server: DlmServer) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=_KINDS, resolve_provider=True),
    )
    async def code_action(
        params: types.CodeActionParams,
    ) -> list[types.CodeAction | types.Command]:
        live = server.live(params.text_document.uri)
        if live is None:
            return []
        await server.settings(live.uri)
        span = live.places.span(params.range)
        offered = [*_fixes(server, live, span), *_offered(server, live, span)]
        only = params.context.only
        wanted = [one for one in offered if only is None or _is_among(one.kind, only)]
        if server.client.action_literals:
            return list(wanted)
        return [one.command for one in wanted if one.command and not one.disabled]

    @server.feature(types.CODE_ACTION_RESOLVE)
    def resolve_action(action: types.CodeAction) -> types.CodeAction:
        data = action.data if isinstance(action.data, dict) else {}
        live = server.live(str(data.get("uri")))
        change = _EDITS.get(str(data.get("what")))
        # Of another version the ids may be gone: an edit is only made for the one it was shown in.
        if live and change and data.get("version") == live.version:
            document, ids = live.pieces.document, data.get("sections") or ()
            chosen = [s for s in document.sections if s.id in ids and s.synth]
            action.edit = workspace_edit(server, live, change(document, chosen))
        return action


def _is_among(kind: types.CodeActionKind | str | None, only: Sequence[Any]) -> bool:
    """Tell whether a kind is one of those asked for, or lies below one: `a.b` below `a`."""
    name = _name(kind)
    return any(
        not wanted or name == wanted or name.startswith(f"{wanted}.") for wanted in map(_name, only)
    )


def _name(kind: types.CodeActionKind | str | None) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else str(kind or "")


def _fixes(server: DlmServer, live: LiveDocument, span: Span) -> Iterator[types.CodeAction]:
    """Yield what mends the findings that `span` touches."""
    for finding in diagnostics.found_in(server, live):
        if finding.span.end < span.start or finding.span.start > span.end:
            continue
        marked = diagnostics.encoded(server, live, [finding])
        if finding.fix:
            yield _fix(server, live, finding.fix, marked)
        elif finding.section_id and finding.code != "synthesized":
            yield from _remedies(live, finding, marked)


def _fix(
    server: DlmServer, live: LiveDocument, fix: Fix, marked: list[types.Diagnostic]
) -> types.CodeAction:
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=marked,
        is_preferred=True,
        edit=workspace_edit(server, live, fix.edits),
    )


def _remedies(
    live: LiveDocument, finding: Finding, marked: list[types.Diagnostic]
) -> Iterator[types.CodeAction]:
    about = {"uri": live.uri, "sections": [finding.section_id]}
    for words, what in (
        ("Regenerate", "regenerate"),
        ("Remove", "remove"),
        ("Keep as your own", "keep"),
    ):
        title = f"{words} ({finding.code})"
        yield types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=marked,
            command=types.Command(title=title, command=COMMANDS[what], arguments=[about]),
        )


def _offered(server: DlmServer, live: LiveDocument, span: Span) -> Iterator[types.CodeAction]:
    from dlm_lsp.server.synthesis import obstacle

    document = live.pieces.document
    store = server.store(document)
    try:
        plan = load_plan(store) if store else None
    except StoreError as error:
        _log.warning("%s", error)
        plan = None
    why = obstacle(server, document, server.watch(live.uri).settings)
    busy = server.jobs.on(live.uri)
    staged = [section.id for section in plan.sections] if plan else []
    for one in actions(document, span, staged=staged, obstacle=why):
        running = one.what == "synthesize" and busy.issuperset(one.sections)
        yield from _action(server, live, one, "already running" if running else one.disabled)


def _action(
    server: DlmServer, live: LiveDocument, one: Action, disabled: str | None
) -> Iterator[types.CodeAction]:
    # A client that cannot show why is left to try: the answer to the command says it then.
    disabled = disabled if server.client.disabled_actions else None
    about: dict[str, Any] = {"uri": live.uri, "sections": list(one.sections)}
    if one.way == "stage":
        about["review"] = "stage"
    elif one.way:
        about["strategy"] = one.way
    command = types.Command(title=one.title, command=COMMANDS[one.what], arguments=[about])
    generated = one.what in ("synthesize", "regenerate") and server.client.tags_generated
    lazily = one.what in _EDITS and server.client.resolves_edits
    yield types.CodeAction(
        title=one.title,
        kind=f"{_KIND}.{one.what}",
        disabled=types.CodeActionDisabled(reason=disabled) if disabled else None,
        command=None if lazily or disabled else command,
        data={**about, "what": one.what, "version": live.version} if lazily else None,
        tags=[types.CodeActionTag.LlmGenerated] if generated else None,
    )
