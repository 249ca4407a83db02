"""What the client can have done where the cursor is: fixes, synthesis, review."""

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from dlm_lsp.document import Fix, Span, remove, remove_marker
from dlm_lsp.ide.code_actions import CodeAction, code_actions, prose_sections
from dlm_lsp.ide.diagnostic import Diagnostic
from dlm_lsp.server import diagnostics
from dlm_lsp.server.availability import document_availability
from dlm_lsp.server.changes import workspace_edit
from dlm_lsp.server.command_args import sections_to_change, sections_to_revert
from dlm_lsp.server.command_error import ALREADY_RUNNING, LEDGER_UNREADABLE, CommandError
from dlm_lsp.server.command_names import ACTION_KIND, COMMANDS
from dlm_lsp.server.document_context import ledger_entries_of, staged_sections_of
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.synth.user_edits import user_edited
from dlm_lsp.teachers.availability import Unavailable

# Those that only change the text: a client that can is given the edit itself.
_EDITS = {"keep": remove_marker, "remove": remove, "revert": remove}
_GENERATING = ("synthesize", "regenerate")


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
    document = live.pieces.document
    try:
        chosen = (
            sections_to_revert(document, data, ledger_entries_of(server, document))
            if what == "revert"
            else sections_to_change(document, data)
        )
    except CommandError as error:
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
    document = live.pieces.document
    waiting, written = staged_sections_of(server, document), ledger_entries_of(server, document)
    unavailable = document_availability(server, document, server.open_document(live.uri).settings)
    busy = server.jobs.on(live.uri)
    for action in code_actions(
        document,
        span,
        staged=None if waiting is None else len(waiting),
        obstacle=unavailable.message if unavailable else None,
        edited=user_edited(document.sections, written or ()),
        unsafe=LEDGER_UNREADABLE.message if written is None else None,
    ):
        sections = prose_sections(document.sections) if action.sections is None else action.sections
        refusal: Unavailable | None = None
        if action.what == "synthesize" and busy and busy.issuperset(sections):
            refusal = ALREADY_RUNNING
        elif action.disabled:
            refusal = unavailable if action.what in _GENERATING else LEDGER_UNREADABLE
        yield _action(server, live, action, refusal)


def _action(
    server: DlmServer, live: LiveDocument, action: CodeAction, refusal: Unavailable | None
) -> types.CodeAction:
    argument: dict[str, Any] = {"uri": live.uri}
    if action.sections is not None:
        argument["sections"] = list(action.sections)
    argument |= {
        name: value for name in ("teacher", "at", "source") if (value := getattr(action, name))
    }
    if action.way == "stage":
        argument["review"] = "stage"
    elif action.way:
        argument["strategy"] = action.way
    generated = action.what in _GENERATING and server.client.tags_generated
    encoded = types.CodeAction(
        title=action.title,
        kind=f"{ACTION_KIND}.{action.what}",
        tags=[types.CodeActionTag.LlmGenerated] if generated else None,
    )
    # A client that cannot show why is left to try: the answer to the command says it then.
    if refusal and server.client.disabled_actions:
        encoded.disabled = types.CodeActionDisabled(reason=refusal.message)
        encoded.data = {"code": refusal.code}
    elif action.what in _EDITS and server.client.resolves_edits:
        encoded.data = {**argument, "what": action.what}
    else:
        encoded.command = types.Command(
            title=action.title, command=COMMANDS[action.what], arguments=[argument]
        )
    return encoded
