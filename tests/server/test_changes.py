"""Workspace edits: each reaches the document that the user sees, or is computed anew."""

import asyncio
import random
from collections.abc import Sequence

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ide.samples import SOURCE, synthesized
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server.editor import EDITORS, EMACS, NEOVIM, PATIENCE, URI, VSCODE, Editor, editor
from server.test_pygls_patches import Sink
from server.test_synthesis import TEXT, hold, store
from server.test_synthesis import settings as by_teacher
from support.document_text import FRONTMATTER
from support.generated_documents import wild_documents

from dlm_lsp.document import Document, Edit, apply_edits, parse, remove
from dlm_lsp.document.lines import without_lone_crs
from dlm_lsp.server.changes import ChangeOutcome, send_change
from dlm_lsp.server.client import ClientCapabilities
from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.server import DlmServer, PendingEdit
from dlm_lsp.server.text_sync import UNVERSIONED
from dlm_lsp.store.plan import load_plan

_TYPED = ("a", "🙂", "\n", "::prose::\n", "```\n", "\n::instruction::\n### Q\nMine?\n### A\nYes.\n")


def without_synthesized(text: str) -> str:
    document = parse(text)
    return apply_edits(text, remove(document, [s for s in document.sections if s.synth]))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from([VSCODE, EMACS]), st.integers(0, 2**32))
async def test_whatever_is_typed_while_the_teacher_works_is_there_at_the_end(
    teacher, env, name, seed
):
    chance = random.Random(seed)
    mine = TEXT
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(TEXT)

        def type_somewhere() -> None:
            nonlocal mine
            if chance.random() < 0.6:
                at = chance.randrange(len(client.text()) + 1)
                client.type(
                    at, min(len(client.text()), at + chance.randrange(3)), chance.choice(_TYPED)
                )
                mine = client.text()

        client.before_edit = type_somewhere
        await client.command("dlm.synth.run")
        for _ in range(chance.randrange(4)):
            if client.edits:
                break
            type_somewhere()
        await client.until(client.finished)
        assert without_synthesized(client.text()) == without_synthesized(mine)


async def test_a_client_without_versions_is_waited_for_until_nobody_types(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        for letter in "typed while the teacher writes ":
            at = len(client.text()) - 1
            client.type(at, at, letter)
        await client.until(client.finished)
        assert "typed while the teacher writes" in client.text()
        assert all(edit.edit.changes for edit in client.edits)


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
async def test_pairs_behind_the_last_line_are_reverted_to_every_byte(
    teacher, env, name, line_break
):
    text = TEXT.replace("\n", line_break)
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(text)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.text().endswith(f"In 1502.{line_break}")
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == text)


async def test_an_edit_that_the_editor_refuses_leaves_the_pairs_staged(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.takes_edits = False
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.text() == TEXT
        assert client.progress()[-1] == "4 staged (the editor did not apply the change)"


async def test_a_run_is_cancelled_while_the_editor_owes_its_answer_and_nothing_is_lost(
    teacher, env
):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.answers_edits.clear()
        await client.command("dlm.synth.run")
        await client.until(lambda: client.edits)
        await client.command("dlm.synth.cancel")
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (cancelled before the editor had answered)"
        # The editor may make the change late: what is there already is not put in again.
        client.answers_edits.set()
        await client.until(lambda: client.text() != TEXT)
        await client.command("dlm.synth.apply")
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == TEXT)
        assert len(client.edits) == 2


async def test_what_ends_after_the_document_was_closed_is_staged(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        identifier = types.TextDocumentIdentifier("file:///notes/towns.dlm")
        client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
        await client.text_document_hover_async(types.HoverParams(identifier, types.Position(0, 0)))
        gate.set()
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (the document is no longer open)"


@pytest.mark.parametrize("name", [VSCODE, NEOVIM])
async def test_every_edit_is_one_step_with_a_label(name, teacher, env):
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        (edit,) = client.edits
        assert edit.label.startswith("Synthesize instructions (vllm-server:")


async def test_two_changes_at_once_are_made_one_after_the_other(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        await client.command("dlm.synth.apply")
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.edits)
        # What is asked for next is made behind both.
        await client.command("dlm.synth.revert")
        await client.until(lambda: len(client.edits) == 2)
        assert client.text() == TEXT


@pytest.mark.parametrize("answer", ["error", "nonsense"])
async def test_pairs_are_staged_where_the_editor_answers_no_edit(answer, teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.fails_edits = answer
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (the editor did not apply the change)"
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.messages)
        assert "did not apply the change" in client.messages[-1].message


async def test_a_preview_that_was_refused_is_shown_once_more_at_most(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher, review="preview")) as client:
        client.open(TEXT)
        client.takes_edits = False
        client.before_edit = lambda: client.type(len(client.text()), len(client.text()), "x")
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert len(client.edits) == 2
        assert client.progress()[-1].startswith("4 staged")


async def test_where_edits_have_no_version_none_is_sent_while_another_is_unanswered(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.answers_edits.clear()
        await client.command("dlm.synth.run")
        await client.until(lambda: client.edits)
        await client.command("dlm.synth.cancel")
        await client.until(client.finished)
        await client.command("dlm.synth.apply")
        client.answers_edits.set()
        await client.until(lambda: client.text() != TEXT)
        # Behind what is applied, for changes wait for each other.
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == TEXT)
        assert len(client.edits) == 2


PAIRS = [synthesized(f"What is river {number}?") for number in range(3)]
THREE = FRONTMATTER + SOURCE + "".join(PAIRS)
LOG = "::prose::\nEpoch 1\rEpoch 2\rEpoch 3\n"
WITH_CR = FRONTMATTER + LOG + SOURCE + "".join(PAIRS)
BY_LINE_FEEDS = pytest.mark.parametrize("name", ["Neovim", "Eglot", "emacs", "helix", ""])


def ids_of(text: str) -> list[str]:
    return [section.id for section in parse(text).sections if section.synth]


async def mend(client: Editor) -> None:
    """Make the edit that is offered where the lone CR is marked, as the user chooses it."""
    (fix,) = await client.actions("Epoch 1", only=["quickfix"])
    assert fix.title == "Replace every lone carriage return with a line break"
    client.apply(types.ApplyWorkspaceEditParams(fix.edit))


@BY_LINE_FEEDS
async def test_into_a_text_with_a_lone_cr_nothing_is_written_and_why_is_told(name, env):
    async with editor(EMACS, env, by_line_feeds=name) as client:
        client.open(WITH_CR)
        for what in ("remove", "keep", "revert"):
            client.messages.clear()
            await client.command(f"dlm.synth.{what}", sections=ids_of(WITH_CR)[:1])
            await client.until(lambda: client.messages)
            assert "`lone-cr`" in client.messages[-1].message
        assert client.edits == []
        assert client.text() == WITH_CR


@BY_LINE_FEEDS
async def test_after_its_fix_three_steps_in_a_row_do_what_they_say(name, env):
    async with editor(EMACS, env, by_line_feeds=name) as client:
        client.open(WITH_CR)
        await mend(client)
        text = without_lone_crs(WITH_CR)
        assert client.text() == text
        first, second, third = ids_of(text)
        without_marker = PAIRS[0].replace(PAIRS[0].splitlines(keepends=True)[1], "")
        for what, id_, pairs in (
            ("keep", first, [without_marker, *PAIRS[1:]]),
            ("remove", second, [without_marker, PAIRS[2]]),
            ("revert", third, [without_marker]),
        ):
            await client.command(f"dlm.synth.{what}", sections=[id_])
            rest = SOURCE + "".join(pairs)
            await client.until(lambda rest=rest: client.text().endswith(rest))
        assert client.messages == []


async def test_pairs_for_a_text_with_a_lone_cr_are_staged_and_applied_after_its_fix(teacher, env):
    text = TEXT.replace("::prose::\n", LOG)
    async with editor(EMACS, env, by_line_feeds="Eglot", **by_teacher(teacher)) as client:
        client.open(text)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1].startswith("4 staged (the text has a lone carriage return")
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.messages)
        assert client.messages[-1].message.startswith("nothing was applied: the text has a lone")
        assert client.edits == []
        await mend(client)
        # Its line breaks change no id of a section.
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.edits)
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == without_lone_crs(text))
        assert load_plan(store(env)) is None


async def test_an_action_that_was_offered_before_a_lone_cr_came_is_not_made_and_that_is_told():
    async with editor(VSCODE, by_line_feeds="") as client:
        client.open(THREE)
        offered = await client.actions("<!-- dlm")
        keep = next(action for action in offered if action.title.startswith("Keep"))
        client.type(len(THREE), len(THREE), "a\rb")
        with pytest.raises(JsonRpcException, match="lone carriage return"):
            await client.code_action_resolve_async(keep)
        again = await client.actions("<!-- dlm")
        assert [action.command is None for action in again if action.title == keep.title] == [False]


async def test_where_lines_are_uncertain_nothing_is_completed():
    async with editor(VSCODE) as client:
        for text, count in ((FRONTMATTER + "::", 1), (FRONTMATTER + "a\rb\n::", 0)):
            client.open(text)
            params = types.CompletionParams(
                types.TextDocumentIdentifier("file:///notes/towns.dlm"), client.position(len(text))
            )
            assert bool(await client.text_document_completion_async(params)) is bool(count)


@pytest.mark.parametrize("name", ["Neovim", ""])
async def test_what_is_typed_below_a_lone_cr_is_read_as_the_editor_counts_or_not_at_all(name):
    async with editor(EMACS, by_line_feeds=name) as client:
        client.open(WITH_CR)
        at = client.text().index("The Ill")
        client.type(at, at, "In France, ")
        if name:
            await mend(client)
            text = client.text()
            await client.command("dlm.synth.remove", sections=ids_of(text)[:1])
            await client.until(lambda: client.text() == text.replace(PAIRS[0], ""))
        else:
            # Nobody can tell what an unknown editor has meant, until the whole text has come.
            await client.until(lambda: client.messages)
            assert "could not be read" in client.messages[0].message
            assert await client.actions("Epoch 1", only=["quickfix"]) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wild_documents(), st.integers(0, 2**32), st.sampled_from(["Neovim", ""]))
async def test_whatever_is_typed_with_lone_crs_no_edit_ever_damages_a_text(text, seed, name):
    chance = random.Random(seed)
    async with editor(EMACS, by_line_feeds=name) as client:
        client.open(THREE + text)
        for _ in range(4):
            at = chance.randrange(len(FRONTMATTER) + 5, len(client.text()) + 1)
            client.type(at, min(len(client.text()), at + chance.randrange(2)),
                        chance.choice(["\r", "a\rb", "x", "\n"]))  # fmt: skip
            before, ids = client.text(), ids_of(client.text())
            if not ids:
                continue
            client.messages.clear()
            client.edits.clear()
            await client.command("dlm.synth.remove", sections=ids[:1])
            await client.until(lambda: client.messages or client.edits)
            if client.edits:
                document = parse(before)
                gone = [s for s in document.sections if s.synth and s.id == ids[0]][-1:]
                assert client.text() == apply_edits(before, remove(document, gone))
            else:
                assert client.text() == before


@pytest.mark.parametrize("name", EDITORS)
async def test_a_client_that_makes_edits_and_never_answers_makes_three_in_a_row(name, env):
    async with editor(name, env) as client:
        client.answers_no_edit = True
        client.open(THREE)
        for count, id_ in enumerate(ids_of(THREE), start=1):
            await client.command("dlm.synth.remove", sections=[id_])
            await client.until(lambda count=count: client.text().count("<!-- dlm") == 3 - count)
        assert client.text() == FRONTMATTER + SOURCE
        assert len(client.edits) == 3
        assert client.messages == []


async def test_pairs_that_were_put_in_without_an_answer_are_counted_as_inserted(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher)) as client:
        client.answers_no_edit = True
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1] == "4 inserted"


async def test_another_change_is_no_answer(env):
    async with editor(NEOVIM, env) as client:
        client.open(THREE)
        client.answers_edits.clear()
        await client.command("dlm.synth.remove", sections=ids_of(THREE)[:1])
        await client.until(lambda: client.edits)
        # As long as what the edit makes, and yet something else.
        client.type(len(FRONTMATTER), len(FRONTMATTER) + len(PAIRS[0]), "")
        await client.command("dlm.synth.remove", sections=ids_of(THREE)[1:2])
        await client.actions("<!-- dlm")
        assert len(client.edits) == 1


def reopen(client: Editor, text: str) -> None:
    """Close the document and open it again with another text."""
    identifier = types.TextDocumentIdentifier(URI)
    client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
    client.open(text)


async def test_a_change_that_waits_is_computed_for_the_text_that_is_opened_again(env):
    text = FRONTMATTER + "Mine.\n" + SOURCE + "".join(PAIRS)
    first, second, third = ids_of(THREE)
    async with editor(NEOVIM, env) as client:
        client.open(THREE)
        await client.command("dlm.synth.remove", sections=[first])
        await client.command("dlm.synth.remove", sections=[second])
        reopen(client, text)
        await client.command("dlm.synth.remove", sections=[third])
        await client.until(lambda: len(client.edits) == 3)
        await client.until(lambda: "<!-- dlm" not in client.text())
        assert client.text() == FRONTMATTER + "Mine.\n" + SOURCE


async def test_whether_a_text_that_is_opened_again_can_be_written_into_is_seen(env):
    async with editor(NEOVIM, env, by_line_feeds="Neovim") as client:
        client.open(THREE)
        await client.command("dlm.synth.remove", sections=ids_of(THREE)[:1])
        reopen(client, WITH_CR)
        await client.until(lambda: client.messages or client.edits)
        assert client.edits == []
        assert "`lone-cr`" in client.messages[-1].message


def server_of_silent_client(*, versioned_edits: bool) -> DlmServer:
    """A server with a document open, whose client answers nothing."""
    server = create_server()
    server.protocol.set_writer(Sink())
    params = types.InitializeParams(types.ClientCapabilities(), root_uri=None)
    server.protocol.handle_message(types.InitializeRequest(1, params))
    server.client = ClientCapabilities(versioned_edits=versioned_edits)
    server.workspace.put_text_document(types.TextDocumentItem(URI, "dlm", 1, THREE))
    return server


@pytest.fixture
def at_once(monkeypatch) -> None:
    """Let no answer be waited for, and no pause in what is typed."""
    monkeypatch.setattr("dlm_lsp.server.changes._ANSWER_TIMEOUT", 0)
    monkeypatch.setattr("dlm_lsp.server.changes._QUIET_TIME", 0)


def remove_all(document: Document) -> Sequence[Edit]:
    return remove(document, [section for section in document.sections if section.synth])


async def turns(count: int = 20) -> None:
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def noted(edit: Edit) -> types.ChangeAnnotation:
    return types.ChangeAnnotation(label=edit.text, needs_confirmation=True)


async def pending_edit(server: DlmServer) -> PendingEdit:
    """Return the edit that the client is asked for by what goes on."""
    await turns()
    pending = server.open_document(URI).pending_edit
    assert pending
    return pending


@pytest.mark.usefixtures("at_once")
async def test_behind_an_edit_that_was_never_answered_it_is_told_what_helps():
    server = server_of_silent_client(versioned_edits=False)
    assert await send_change(server, URI, remove_all, "Remove") is ChangeOutcome.UNANSWERED
    outcome = await send_change(server, URI, lambda _: [], "Keep")
    assert outcome.value.endswith("close the document and open it again")


@pytest.mark.usefixtures("at_once")
async def test_behind_a_preview_that_is_read_a_change_waits_however_long():
    server = server_of_silent_client(versioned_edits=False)
    reading = asyncio.create_task(send_change(server, URI, remove_all, "Remove", annotate=noted))
    pending = await pending_edit(server)
    waiting = asyncio.create_task(send_change(server, URI, lambda _: [], "Keep"))
    await turns()
    assert not waiting.done()
    pending.resolve(applied=False)
    assert await reading is ChangeOutcome.REFUSED
    assert await waiting is ChangeOutcome.NOTHING


@pytest.mark.usefixtures("at_once")
async def test_behind_a_change_that_waits_until_nobody_types_another_waits_however_long(
    monkeypatch,
):
    monkeypatch.setattr("dlm_lsp.server.changes._QUIET_TIME", 10 * PATIENCE)
    server = server_of_silent_client(versioned_edits=False)
    some = [
        asyncio.create_task(send_change(server, URI, lambda _: [], what)) for what in ("a", "b")
    ]
    await turns()
    assert not any(task.done() for task in some)
    server.workspace.remove_text_document(URI)
    monkeypatch.setattr("dlm_lsp.server.changes._QUIET_TIME", 0)
    server.open_document(URI).typed.set()
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*some) == [ChangeOutcome.CLOSED] * 2


async def test_a_change_that_is_given_up_as_it_waits_leaves_the_lock_to_others():
    server = server_of_silent_client(versioned_edits=True)
    lock = server.open_document(URI).change_lock
    for count in range(6):
        await lock.acquire()
        waiting = asyncio.create_task(send_change(server, URI, lambda _: [], "Keep"))
        await turns()
        lock.release()
        await turns(count)
        waiting.cancel()
        await asyncio.wait([waiting])
        async with asyncio.timeout(PATIENCE):
            assert await send_change(server, URI, lambda _: [], "Keep") is ChangeOutcome.NOTHING


async def test_no_edit_follows_an_unanswered_edit_after_a_change_without_a_version():
    server = server_of_silent_client(versioned_edits=True)
    stop = anyio.Event()
    changing = asyncio.create_task(send_change(server, URI, remove_all, "Remove", stop=stop))
    pending = await pending_edit(server)
    identifier = types.VersionedTextDocumentIdentifier(UNVERSIONED, URI)
    typed = types.TextDocumentContentChangeWholeDocument(THREE + "x")
    server.text_document(URI).apply_changes(types.DidChangeTextDocumentParams(identifier, [typed]))
    stop.set()
    assert await changing is ChangeOutcome.STOPPED
    lock = server.open_document(URI).change_lock
    await asyncio.sleep(0)
    assert lock.locked()
    pending.resolve(applied=False)
    await asyncio.sleep(0)
    assert not lock.locked()
