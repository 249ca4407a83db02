"""What the client can have done where the cursor is: fixes, synthesis, review."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from dlm_lsp.document import Fix, Span, keep, remove
from dlm_lsp.ide.actions import Action, actions
from dlm_lsp.ide.findings import Finding
from dlm_lsp.server import diagnostics
from dlm_lsp.server.changes import workspace_edit
from dlm_lsp.server.names import COMMANDS, KIND
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis import obstacle
from dlm_lsp.server.workarounds import LiveDocument
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.plan import StagedPlan, load_plan
from dlm_lsp.synth.edited import edited

_log = logging.getLogger(__name__)

# Those that only change the text: a client that can is given the edit itself.
_EDITS = {"keep": keep, "remove": remove, "revert": remove}


async def code_action(
    server: DlmServer, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    """Return what can be done where the cursor is, of the kinds that are asked for."""
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


def resolve_action(server: DlmServer, action: types.CodeAction) -> types.CodeAction:
    """Return an action with its edit, made for the version that it was offered for."""
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
    document = live.pieces.document
    store = server.store(document)
    plan: StagedPlan | None = None
    theirs: frozenset[str] = frozenset()
    try:
        plan = load_plan(store) if store else None
        theirs = edited(document.sections, Ledger(store).all()) if store else theirs
    except StoreError as error:
        _log.warning("%s", error)
    why = obstacle(server, document, server.watch(live.uri).settings)
    busy = server.jobs.on(live.uri)
    staged = [section.id for section in plan.sections] if plan else []
    for one in actions(document, span, staged=staged, obstacle=why, edited=theirs):
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
        kind=f"{KIND}.{one.what}",
        disabled=types.CodeActionDisabled(reason=disabled) if disabled else None,
        command=None if lazily or disabled else command,
        data={**about, "what": one.what, "version": live.version} if lazily else None,
        tags=[types.CodeActionTag.LlmGenerated] if generated else None,
    )
