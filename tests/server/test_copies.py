"""Copies in the editor: what is staged for another file is touched by consent alone."""

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from server.editor import PATIENCE, VSCODE, Editor, editor
from server.test_commands import TEXT, Store, staged
from server.test_message_requests import AskingServer

from dlm_lsp.document import parse
from dlm_lsp.errors import CopyError
from dlm_lsp.server.copies import is_forced
from dlm_lsp.store.plan import add_to_plan

WAITING = staged()


@pytest.fixture
def original(tmp_path, store) -> Path:
    """A document for which a section is staged."""
    path = tmp_path / "notes.dlm"
    path.write_text(TEXT)
    add_to_plan(store.folder, path, [WAITING], "2026-01-31T09:30:00Z")
    return path


@pytest.fixture
def store(env) -> Store:
    return Store(Path(env["DLM_HOME"]) / "store" / parse(TEXT).frontmatter.dlm_id)


@pytest.fixture
def uri(original) -> str:
    """The address of a copy of it."""
    copy = original.with_name("copy.dlm")
    copy.write_text(TEXT)
    return copy.as_uri()


async def until_staged(client: Editor, store: Store, *ids: str) -> None:
    """Wait until just these sections are staged; it is looked at after each answer."""
    async with asyncio.timeout(PATIENCE):
        while store.staged != list(ids):
            await answered(client)


async def answered(client: Editor) -> None:
    """Wait until the server has done what it was told before."""
    await client.command("dlm.synth.overview", uri=next(iter(client.buffers)))


def answering(client: Editor, choice: str | None) -> list[types.ShowMessageRequestParams]:
    """Have every question answered by a choice (None: by an error); return those that are asked."""
    asked = []

    @client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    def answer(params: types.ShowMessageRequestParams) -> types.MessageActionItem:
        asked.append(params)
        if choice is None:
            raise RuntimeError("nobody to ask")
        return types.MessageActionItem(choice)

    return asked


async def test_apply_on_a_copy_asks_first_and_names_both_files(env, store, original, uri):
    async with editor(VSCODE, env) as client:
        asked = answering(client, "Force it")
        client.open(TEXT, uri)
        answer = await client.command("dlm.synth.apply", uri=uri)
        assert answer == {"applying": [WAITING.id]}
        await until_staged(client, store)
        assert "What is the Ill?" in client.text(uri)
        (question,) = asked
        assert f"{original.with_name('copy.dlm')} is a copy of {original}" in question.message
        assert [action.title for action in question.actions] == ["Force it", "Leave it"]


@pytest.mark.parametrize("what", ["apply", "discard"])
async def test_what_the_user_leaves_stays_staged(env, store, uri, what):
    async with editor(VSCODE, env) as client:
        asked = answering(client, "Leave it")
        client.open(TEXT, uri)
        await client.command(f"dlm.synth.{what}", uri=uri)
        await client.until(lambda: asked)
        for _ in range(2):
            await answered(client)
        assert store.staged == [WAITING.id]
        assert client.text(uri) == TEXT


@pytest.mark.parametrize("what", ["apply", "discard"])
async def test_where_nobody_can_be_asked_it_is_told_and_stays_staged(env, store, uri, what):
    async with editor(VSCODE, env) as client:
        answering(client, None)
        client.open(TEXT, uri)
        await client.command(f"dlm.synth.{what}", uri=uri)
        await client.until(lambda: client.messages)
        assert "give the copy an id of its own, or force it" in client.messages[0].message
        assert store.staged == [WAITING.id]


@pytest.mark.parametrize("silent", [True, False])
async def test_where_no_choice_comes_the_way_out_is_told(silent):
    server = AskingServer(None, silent=silent)
    async with asyncio.timeout(PATIENCE):
        assert not await is_forced(
            server, CopyError("give it an id of its own"), answer_within=0.01
        )
    assert server.errors == ["give it an id of its own"]


async def test_who_leaves_it_is_told_nothing():
    server = AskingServer(types.MessageActionItem("Leave it"))
    assert not await is_forced(server, CopyError("give it an id of its own"))
    assert server.errors == []


async def test_discard_on_a_copy_drops_by_consent(env, store, uri):
    async with editor(VSCODE, env) as client:
        answering(client, "Force it")
        client.open(TEXT, uri)
        await client.command("dlm.synth.discard", uri=uri)
        await until_staged(client, store)


async def test_a_command_that_is_forced_asks_nothing(env, store, uri):
    async with editor(VSCODE, env) as client:
        asked = answering(client, None)
        client.open(TEXT, uri)
        await client.command("dlm.synth.discard", uri=uri, force=True)
        await until_staged(client, store)
        assert asked == []


async def test_no_run_on_a_copy_mixes_its_pairs_with_those_of_the_original(env, store, uri):
    async with editor(VSCODE, env) as client:
        client.open(TEXT, uri)
        answer = await client.command("dlm.synth.run", uri=uri)
        assert (answer["code"], "is a copy of" in answer["error"]) == ("document-copy", True)


async def test_the_original_and_a_moved_document_are_asked_nothing(env, store, original):
    for path in (original, original.with_name("moved.dlm")):
        add_to_plan(store.folder, original, [WAITING], "2026-01-31T09:30:00Z")
        if path != original:
            original.rename(path)
        async with editor(VSCODE, env) as client:
            asked = answering(client, None)
            client.open(TEXT, path.as_uri())
            await client.command("dlm.synth.discard", uri=path.as_uri())
            await until_staged(client, store)
            assert asked == []
