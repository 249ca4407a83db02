"""What the client can have done where the cursor is: fixes, synthesis, review."""

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from dlm_lsp.document import Fix, Span, remove, remove_marker
from dlm_lsp.errors import UsageError
from dlm_lsp.ide.code_actions import CodeAction, code_actions, prose_sections
from dlm_lsp.ide.diagnostic import Diagnostic
from dlm_lsp.server import diagnostics
from dlm_lsp.server.availability import why_unavailable
from dlm_lsp.server.changes import workspace_edit
from dlm_lsp.server.command_args import LEDGER_UNREADABLE, sections_to_change, sections_to_revert
from dlm_lsp.server.command_names import ACTION_KIND, COMMANDS
from dlm_lsp.server.document_context import ledger_entries_of, staged_sections_of
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.synth.user_edits import user_edited

# Those that only change the text: a client that can is given the edit itself.
_EDITS = {"keep": remove_marker, "remove": remove, "revert": remove}


async def on_code_action(
    server: DlmServer, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    """Return what can be done where the cursor is, of the kinds that are asked for."""
    live = server.live(params.text_document.uri)
    if live is None:
        return []
    await server.settings(live.uri)
    span = live.positions.span(params.range)
    offered = [*_fixes(server, live, span), *_offered(server, live, span)]
    # A list of no kinds asks for all, as does none.
    only = params.context.only or None
    wanted = [one for one in offered if only is None or _is_among(one.kind, only)]
    if server.client.action_literals:
        return list(wanted)
    return [one.command for one in wanted if one.command and not one.disabled]


def on_resolve_code_action(server: DlmServer, action: types.CodeAction) -> types.CodeAction:
    """Return an action with its edit, for the text as it is.

    Raises:
        JsonRpcException: what it was offered for is not there any more.
    """
    data = action.data if isinstance(action.data, dict) else {}
    what = data.get("what")
    if what not in _EDITS:
        return action
    live = server.live(str(data.get("uri")))
    if live is None:
        raise JsonRpcContentModified("the document is not open any more")
    document = live.incremental.document
    try:
        chosen = (
            sections_to_revert(document, data, ledger_entries_of(server, document))
            if what == "revert"
            else sections_to_change(document, data)
        )
    except UsageError as error:
        raise JsonRpcContentModified(f"{error}; it may have changed meanwhile") from error
    action.edit = workspace_edit(server, live, _EDITS[what](document, chosen.sections))
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
    for finding in diagnostics.document_diagnostics(server, live, span):
        marked = diagnostics.encode_diagnostics(server, live, [finding])
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
    live: LiveDocument, finding: Diagnostic, marked: list[types.Diagnostic]
) -> Iterator[types.CodeAction]:
    about = {"uri": live.uri, "sections": [finding.section_id], "source": finding.source_id}
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
    document = live.incremental.document
    waiting, written = staged_sections_of(server, document), ledger_entries_of(server, document)
    why = why_unavailable(server, document, server.open_document(live.uri).settings)
    busy = server.jobs.on(live.uri)
    for one in code_actions(
        document,
        span,
        staged=None if waiting is None else len(waiting),
        obstacle=why,
        edited=user_edited(document.sections, written or ()),
        unsafe=LEDGER_UNREADABLE if written is None else None,
    ):
        about = prose_sections(document.sections) if one.sections is None else one.sections
        running = one.name == "synthesize" and busy and busy.issuperset(about)
        yield _action(server, live, one, "already running" if running else one.disabled)


def _action(
    server: DlmServer, live: LiveDocument, one: CodeAction, disabled: str | None
) -> types.CodeAction:
    # A client that cannot show why is left to try: the answer to the command says it then.
    disabled = disabled if server.client.disabled_actions else None
    about: dict[str, Any] = {"uri": live.uri}
    if one.sections is not None:
        about["sections"] = list(one.sections)
    about |= {name: value for name in ("teacher", "at", "source") if (value := getattr(one, name))}
    if one.mode == "stage":
        about["review"] = "stage"
    elif one.mode:
        about["strategy"] = one.mode
    command = types.Command(title=one.title, command=COMMANDS[one.name], arguments=[about])
    generated = one.name in ("synthesize", "regenerate") and server.client.tags_generated
    lazily = one.name in _EDITS and server.client.resolves_edits
    return types.CodeAction(
        title=one.title,
        kind=f"{ACTION_KIND}.{one.name}",
        disabled=types.CodeActionDisabled(reason=disabled) if disabled else None,
        command=None if lazily or disabled else command,
        data={**about, "what": one.name} if lazily and not disabled else None,
        tags=[types.CodeActionTag.LlmGenerated] if generated else None,
    )
