"""Code actions: what mends a problem, synthesizes or reviews where the cursor is."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from dlm_lsp.document import Fix, Span, remove, remove_marker
from dlm_lsp.document.headings import split_at_headings
from dlm_lsp.document.new_frontmatter import fill_id
from dlm_lsp.ide.code_actions import CodeAction, code_actions, prose_sections
from dlm_lsp.ide.diagnostic import Diagnostic
from dlm_lsp.ide.provenance import sections_in
from dlm_lsp.server import diagnostics
from dlm_lsp.server.availability import document_availability, lacks_teacher
from dlm_lsp.server.changes import ChangeOutcome, refusal_of_edits, workspace_edit
from dlm_lsp.server.command_args import sections_to_change, sections_to_revert
from dlm_lsp.server.command_error import ALREADY_RUNNING, LEDGER_UNREADABLE, CommandError
from dlm_lsp.server.command_names import ACTION_KIND, COMMANDS, PICK_ACTION
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.store_cache import (
    discarded_count_of,
    ledger_entries_of,
    staged_sections_of,
)
from dlm_lsp.server.to_lsp import SOURCE
from dlm_lsp.store.document_ids import new_document_id
from dlm_lsp.synth.user_edits import user_edited
from dlm_lsp.teachers.availability import Unavailable

# Those that only change the text: a client that can is given the edit itself. To remove is to
# reject too, which the server has to hear of.
_EDITS = {"keep": remove_marker, "revert": remove}
_REMEDIES = ("regenerate", "remove", "keep")
_MANAGE_KIND = f"{ACTION_KIND}.manage"
_SPLIT_KIND = f"{ACTION_KIND}.split"
_MOST_TO_SPLIT = 300_000
"""Characters in which headings are found within 25 ms."""
_LINE_END = 2**31 - 1


async def on_code_action(
    server: DlmServer, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command]:
    """Return what can be done where the cursor is, of the kinds that are asked for."""
    text_document = server.text_document(params.text_document.uri)
    if text_document is None:
        return []
    await server.settings(text_document.uri)
    span = text_document.positions.span(params.range)
    marked = _diagnostics(server, text_document, params.range, params.context.diagnostics)
    # A list of no kinds asks for all, as does none.
    only = params.context.only or None
    fixes = [fix for fix in _fixes(server, text_document, marked) if _is_wanted(fix, only)]
    offered = list(_offered(server, text_document, span))
    if server.client.picks_actions and (
        only is None or _is_among(ACTION_KIND, only) or _is_among(_MANAGE_KIND, only)
    ):
        grouped = _grouped(server, text_document, offered)
        wanted = [*fixes, *(action for action in grouped if _is_wanted(action, only))]
    else:
        mended = {diagnostic.section_id for diagnostic in marked if _has_remedies(diagnostic)}
        wanted = [
            *fixes,
            *(
                action
                for action in _encoded(server, text_document, offered, mended if fixes else ())
                if _is_wanted(action, only)
            ),
        ]
    wanted += _split(server, text_document, span, only)
    if server.client.action_literals:
        return list(wanted)
    return [action.command for action in wanted if action.command and not action.disabled]


def on_resolve_code_action(server: DlmServer, action: types.CodeAction) -> types.CodeAction:
    """Return an action with its edit, for the text as it is.

    Raises:
        JsonRpcException: what it was offered for is not there any more.
    """
    data = action.data if isinstance(action.data, dict) else {}
    what = str(data.get("what"))
    if what not in _EDITS:
        return action
    text_document = server.text_document(str(data.get("uri")))
    if text_document is None:
        raise JsonRpcContentModified("the document is not open any more")
    if refusal := refusal_of_edits(text_document):
        raise JsonRpcContentModified(refusal.value)
    document = text_document.incremental.document
    try:
        targets = (
            sections_to_revert(document, data, ledger_entries_of(server, document))
            if what == "revert"
            else sections_to_change(document, data)
        )
    except CommandError as error:
        raise JsonRpcContentModified(f"{error}; it may have changed meanwhile") from error
    action.edit = workspace_edit(server, text_document, _EDITS[what](document, targets.sections))
    return action


def _is_wanted(action: types.CodeAction, only: Sequence[Any] | None) -> bool:
    return only is None or _is_among(action.kind, only)


def _is_among(kind: types.CodeActionKind | str | None, only: Sequence[Any]) -> bool:
    """Tell whether a kind is one of those asked for, or lies below one: `a.b` below `a`."""
    name = _name(kind)
    return any(
        not wanted or name == wanted or name.startswith(f"{wanted}.") for wanted in map(_name, only)
    )


def _name(kind: types.CodeActionKind | str | None) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else str(kind or "")


def _diagnostics(
    server: DlmServer,
    text_document: LiveDocument,
    range_: types.Range,
    context: Sequence[types.Diagnostic],
) -> list[Diagnostic]:
    """Return what is marked on the lines of a range, and elsewhere what the client speaks of.

    What is nearest to the range comes first.
    """
    positions = text_document.positions
    near, lines = positions.span(range_), positions.span(_whole_lines(range_))
    found = diagnostics.document_diagnostics(server, text_document, lines)
    for named in context:
        span = positions.span(named.range)
        if named.source == SOURCE and not (lines.start <= span.start and span.end <= lines.end):
            found += [
                diagnostic
                for diagnostic in diagnostics.document_diagnostics(server, text_document, span)
                if (diagnostic.code, diagnostic.span) == (named.code, span)
                and diagnostic not in found
            ]
    return sorted(found, key=lambda diagnostic: _distance(diagnostic.span, near))


def _whole_lines(range_: types.Range) -> types.Range:
    ends = sorted((range_.start.line, range_.end.line))
    return types.Range(types.Position(ends[0], 0), types.Position(ends[1], _LINE_END))


def _distance(span: Span, other: Span) -> int:
    return max(span.start - other.end, other.start - span.end, 0)


def _fixes(
    server: DlmServer, text_document: LiveDocument, marked: Sequence[Diagnostic]
) -> Iterator[types.CodeAction]:
    """Yield what mends each diagnostic, where an edit may be sent."""
    refusal = refusal_of_edits(text_document)
    remedied: dict[tuple[str | None, str | None], list[Diagnostic]] = {}
    for diagnostic in marked:
        if diagnostic.fix:
            if refusal is ChangeOutcome.OUT_OF_STEP or (refusal and diagnostic.code != "lone-cr"):
                continue
            encoded = diagnostics.encode_diagnostics(server, text_document, [diagnostic])
            yield _fix(server, text_document, diagnostic.fix, encoded)
    for diagnostic in marked:
        if _has_remedies(diagnostic):
            section = diagnostic.section_id, diagnostic.source_id
            remedied.setdefault(section, []).append(diagnostic)
    for about in remedied.values():
        encoded = diagnostics.encode_diagnostics(server, text_document, about)
        yield from _remedies(text_document, about[0], encoded)


def _split(
    server: DlmServer, text_document: LiveDocument, span: Span, only: Sequence[Any] | None
) -> Iterator[types.CodeAction]:
    """Yield what lets a section begin at each heading of those at the cursor, where one does not.

    Headings are looked for only where that kind is asked for, and an edit may be sent.
    """
    if refusal_of_edits(text_document) or not (only is None or _is_among(_SPLIT_KIND, only)):
        return
    document = text_document.incremental.document
    sections = list(sections_in(document, span))
    if sum(len(section.content) for section in sections) > _MOST_TO_SPLIT:
        return
    if edits := split_at_headings(document, sections):
        yield types.CodeAction(
            title="Split into a section per heading",
            kind=_SPLIT_KIND,
            edit=workspace_edit(server, text_document, edits),
        )


def _has_remedies(diagnostic: Diagnostic) -> bool:
    return diagnostic.section_id is not None and diagnostic.code != "synthesized"


def _fix(
    server: DlmServer, text_document: LiveDocument, fix: Fix, encoded: list[types.Diagnostic]
) -> types.CodeAction:
    edits = fill_id(fix, new_document_id()).edits
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=encoded,
        is_preferred=True,
        edit=workspace_edit(server, text_document, edits),
    )


def _remedies(
    text_document: LiveDocument, diagnostic: Diagnostic, encoded: list[types.Diagnostic]
) -> Iterator[types.CodeAction]:
    argument = {
        "uri": text_document.uri,
        "sections": [diagnostic.section_id],
        "source": diagnostic.source_id,
    }
    for verb, what in (
        ("Regenerate", "regenerate"),
        ("Remove", "remove"),
        ("Keep as your own", "keep"),
    ):
        title = f"{verb} ({diagnostic.code})"
        yield types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=encoded,
            command=types.Command(title=title, command=COMMANDS[what], arguments=[argument]),
        )


@dataclass(frozen=True, slots=True)
class _Offer:
    """An action, and why it cannot be done, if so."""

    action: CodeAction
    refusal: Unavailable | None = None


def _offered(server: DlmServer, text_document: LiveDocument, span: Span) -> Iterator[_Offer]:
    document = text_document.incremental.document
    state = server.open_document(text_document.uri)
    settings = state.settings
    staged, ledger = staged_sections_of(server, document), ledger_entries_of(server, document)
    unavailable = document_availability(server, document, settings, state.profile_error)
    busy = server.jobs.on(server.store(document))
    for action in code_actions(
        document,
        span,
        staged=None if staged is None else len(staged),
        discarded=discarded_count_of(server, document),
        has_teacher=not (unavailable and lacks_teacher(unavailable)),
        usual=(settings.strategy, settings.review),
        edited=user_edited(document.sections, ledger or ()),
        unsafe=LEDGER_UNREADABLE.message if ledger is None else None,
    ):
        sections = prose_sections(document.sections) if action.sections is None else action.sections
        refusal: Unavailable | None = None
        if action.name == "synthesize" and busy and busy.issuperset(sections):
            refusal = ALREADY_RUNNING
        elif action.disabled:
            refusal = LEDGER_UNREADABLE
        yield _Offer(action, refusal)


def _encoded(
    server: DlmServer,
    text_document: LiveDocument,
    offered: Sequence[_Offer],
    mended: Collection[str | None],
) -> Iterator[types.CodeAction]:
    """Yield all that is offered but what the quick fixes of the `mended` sections do already."""
    for offer in offered:
        ids = offer.action.sections or ()
        if offer.action.name in _REMEDIES and mended and set(ids) <= set(mended):
            continue
        yield _action(server, text_document, offer.action, offer.refusal)


def _grouped(
    server: DlmServer, text_document: LiveDocument, offered: Sequence[_Offer]
) -> Iterator[types.CodeAction]:
    """Yield what synthesizes first, and one entry that has the user pick from the rest."""
    first = next((offer for offer in offered if offer.action.name == "synthesize"), None)
    if first:
        yield _action(server, text_document, first.action, first.refusal)
    rest = [offer for offer in offered if offer is not first]
    if not rest:
        return
    is_other_way = all(offer.action.name == "synthesize" for offer in rest)
    title = "Synthesize in another way…" if is_other_way else "Manage synthesized…"
    # What cannot be done is picked too: the command tells why.
    commands = [_command(text_document, offer.action) for offer in rest]
    argument = {
        "uri": text_document.uri,
        "actions": [
            {"title": command.title, "command": command.command, "arguments": command.arguments}
            for command in commands
        ],
    }
    yield types.CodeAction(
        title=title,
        kind=_MANAGE_KIND,
        command=types.Command(title=title, command=PICK_ACTION, arguments=[argument]),
    )


def _action(
    server: DlmServer, text_document: LiveDocument, action: CodeAction, refusal: Unavailable | None
) -> types.CodeAction:
    encoded = types.CodeAction(title=action.title, kind=f"{ACTION_KIND}.{action.name}")
    # A client that cannot show why is left to try: the answer to the command says it then.
    if refusal and server.client.disabled_actions:
        encoded.disabled = types.CodeActionDisabled(reason=refusal.message)
        encoded.data = {"code": refusal.code}
    elif (
        action.name in _EDITS
        and server.client.resolves_edits
        # The command tells why there is no edit.
        and not refusal_of_edits(text_document)
    ):
        encoded.data = {**_argument(text_document, action), "what": action.name}
    else:
        encoded.command = _command(text_document, action)
    return encoded


def _command(text_document: LiveDocument, action: CodeAction) -> types.Command:
    return types.Command(
        title=action.title,
        command=COMMANDS[action.name],
        arguments=[_argument(text_document, action)],
    )


def _argument(text_document: LiveDocument, action: CodeAction) -> dict[str, Any]:
    argument: dict[str, Any] = {"uri": text_document.uri}
    if action.sections is not None:
        argument["sections"] = list(action.sections)
    argument |= {
        name: value for name in ("teacher", "at", "source") if (value := getattr(action, name))
    }
    if action.mode == "stage":
        argument["review"] = "stage"
    elif action.mode:
        argument["strategy"] = action.mode
    return argument
