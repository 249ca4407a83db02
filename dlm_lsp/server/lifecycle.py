"""Life cycle: of a session and of a document, and who answers what."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Any

from lsprotocol import types

from dlm_lsp.ide.semantic_token import TOKEN_MODIFIERS, TOKEN_TYPES
from dlm_lsp.server import diagnostics
from dlm_lsp.server.client import ClientCapabilities
from dlm_lsp.server.command_names import ACTION_KIND, COMMANDS
from dlm_lsp.server.editor_messages import log_defect_of, refused_by_message
from dlm_lsp.server.live_documents import use_live_documents
from dlm_lsp.server.pygls_patches import EncodedJson
from dlm_lsp.server.server import DlmServer

_LEGEND = types.SemanticTokensLegend(list(TOKEN_TYPES), list(TOKEN_MODIFIERS))
_FEATURE_OPTIONS: dict[str, object] = {
    types.TEXT_DOCUMENT_HOVER: None,
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(
        trigger_characters=[":", "#", "<", " "], resolve_provider=True
    ),
    types.COMPLETION_ITEM_RESOLVE: None,
    types.TEXT_DOCUMENT_DEFINITION: None,
    types.TEXT_DOCUMENT_REFERENCES: None,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: None,
    types.TEXT_DOCUMENT_FOLDING_RANGE: None,
    types.TEXT_DOCUMENT_SELECTION_RANGE: None,
    types.TEXT_DOCUMENT_DOCUMENT_LINK: None,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: _LEGEND,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: _LEGEND,
    types.TEXT_DOCUMENT_CODE_LENS: None,
    types.TEXT_DOCUMENT_INLAY_HINT: None,
}
"""The requests that are answered from what the text says, with their options."""

_AT_ONCE = (
    types.TEXT_DOCUMENT_HOVER,
    types.TEXT_DOCUMENT_COMPLETION,
    types.COMPLETION_ITEM_RESOLVE,
    types.TEXT_DOCUMENT_DEFINITION,
    types.TEXT_DOCUMENT_REFERENCES,
    types.TEXT_DOCUMENT_SELECTION_RANGE,
)
"""Those that are about one place, and so about the text as it was when they came."""

_FOR_DOCUMENTS = ("dlm_lsp.document.frontmatter", "dlm_lsp.server.settings")
"""What every document needs and no answer before, a quarter of the start."""


def create_server(*, on_ready: Callable[[], None] = lambda: None) -> DlmServer:
    """Return a server with every feature, not yet started.

    `on_ready` is called when it is initialized and has imported what the first document needs.
    """
    server = DlmServer()
    _life_cycle(server, on_ready)
    _text(server)
    for method, options in _FEATURE_OPTIONS.items():
        _add_answer(server, method, options)
    _add_actions(server)
    for name in COMMANDS.values():
        _add_command(server, name)
    return server


def _add_answer(server: DlmServer, method: str, options: object) -> None:
    # Nobody looks at anything before the first diagnostics are there: imported when asked for.
    if method not in _AT_ONCE:

        @server.feature(method, options)
        async def answer_later(params: Any) -> Any:
            from dlm_lsp.server.language_features import FEATURE_HANDLERS

            with refused_by_message():
                return await FEATURE_HANDLERS[method](server, params)

        return

    @server.feature(method, options)
    def answer(params: Any) -> Any:
        from dlm_lsp.server.language_features import FEATURE_HANDLERS

        with refused_by_message():
            return FEATURE_HANDLERS[method](server, params)


def _add_actions(server: DlmServer) -> None:
    kinds = [types.CodeActionKind.QuickFix, f"{ACTION_KIND}.synthesize", ACTION_KIND]
    options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: Any) -> Any:
        from dlm_lsp.server import code_actions

        with refused_by_message():
            return await code_actions.on_code_action(server, params)

    @server.feature(types.CODE_ACTION_RESOLVE)
    def resolve_action(action: Any) -> Any:
        from dlm_lsp.server import code_actions

        with refused_by_message():
            return code_actions.on_resolve_code_action(server, action)


def _add_command(server: DlmServer, name: str) -> None:
    @server.command(name)
    async def command(*arguments: Any) -> Any:
        from dlm_lsp.server.commands import execute_command

        return await execute_command(server, name, arguments)


def _life_cycle(server: DlmServer, on_ready: Callable[[], None]) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        use_live_documents(server, params)
        server.client = ClientCapabilities.of(params.capabilities)
        server.jobs.with_progress = server.client.progress
        server.jobs.tells_ends = server.client.run_ends
        options = params.initialization_options
        if isinstance(options, dict):
            server.initial_settings = options.get("dlm", options.get("settings", options))
        server.end_with(params.process_id)
        if server.client.pulls_diagnostics:
            _pull_diagnostics(server)

    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        # The client has its answer by now, and may be busy with that.
        for module in _FOR_DOCUMENTS:
            import_module(module)
        on_ready()

    @server.feature(types.SHUTDOWN)
    async def shutdown(*_: Any) -> None:
        await server.jobs.end()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        from dlm_lsp.server.settings import own_settings

        server.pushed_settings = own_settings(params.settings, server.pushed_settings)
        uris = [document.uri for document in server.workspace.text_documents.values()]
        for uri in uris:
            server.load_settings(uri)
        for uri in uris:
            await server.settings(uri)
            diagnostics.refresh_diagnostics(server, uri)
            server.refresh(uri)
            _show_late_settings(server, uri)

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancel(params: types.WorkDoneProgressCancelParams) -> None:
        server.jobs.cancel(token=str(params.token))


def _text(server: DlmServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.follow_documents(uri)
        server.opened.set()
        server.load_settings(uri)
        before = server.open_document(uri).settings
        diagnostics.on_opened(server, uri)
        if (await server.settings(uri)).diagnostics != before.diagnostics:
            diagnostics.refresh_diagnostics(server, uri)
        _show_late_settings(server, uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        if text_document := server.text_document(params.text_document.uri):
            server.note_change(text_document)
        diagnostics.on_changed(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        diagnostics.look_for_media(server, params.text_document.uri)
        diagnostics.refresh_diagnostics(server, params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(_: types.DidChangeWatchedFilesParams) -> None:
        for document in list(server.workspace.text_documents.values()):
            diagnostics.refresh_diagnostics(server, document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        diagnostics.on_closed(server, params.text_document.uri)
        server.follow_documents()


def _show_late_settings(server: DlmServer, uri: str) -> None:
    """Show a document by its settings where the client takes long to tell them."""

    async def show() -> None:
        if await server.late_settings(uri) != before:
            diagnostics.refresh_diagnostics(server, uri)
            server.refresh(uri)

    state = server.open_document(uri)
    before = state.settings
    if state.settings_task and not state.settings_task.done():
        # No handler may wait for ever: its end would be logged as a defect.
        showing = asyncio.create_task(show())
        server.tasks.add(showing)
        showing.add_done_callback(server.tasks.discard)
        showing.add_done_callback(log_defect_of)


def _pull_diagnostics(server: DlmServer) -> None:
    options = types.DiagnosticOptions(
        inter_file_dependencies=False, workspace_diagnostics=False, identifier="dlm"
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    def diagnostic(params: types.DocumentDiagnosticParams) -> EncodedJson:
        with refused_by_message():
            return diagnostics.on_pulled(server, params)
