"""Model downloads from an editor: only where the user agrees."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from server.editor import PATIENCE, URI, VSCODE, Editor, editor
from server.test_commands import change
from server.test_message_requests import AskingServer
from support.hub_server import Hub, hub_server
from support.teacher_server import HEAD, town
from support.tiny_model import tiny_llama

from dlm_lsp.errors import ModelError
from dlm_lsp.server.fetch import fetch_with_consent
from dlm_lsp.server.message_requests import ANSWER_TIMEOUT
from dlm_lsp.synth.synth_request import NeededModel

TEXT = f"{HEAD}{town(1)}\n".replace("base_model: smollm2-135m", "base_model: hf:org/name")
TWO = f"{TEXT}::prose::\n{town(2)}\n"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_server({"org/name": tiny_llama(tmp_path / "model")}) as server:
        yield server


@pytest.mark.parametrize("agrees", [True, False])
async def test_a_model_that_the_document_names_is_downloaded_where_the_user_agrees(
    teacher, env, hub, tmp_path, agrees
):
    asked = []
    environment = {**env, **hub.env(tmp_path / "hub")}
    async with editor(VSCODE, environment, teacher=teacher.selector, filter="sway") as client:

        @client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
        def answer(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
            asked.append(params.message)
            return params.actions[0] if agrees else None

        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
    (question,) = asked
    assert "org/name" in question
    assert bool(hub.asked) is agrees
    assert bool(teacher.asked) is agrees
    messages = [message.message for message in client.messages]
    assert any("get it with `dlm fetch org/name`" in message for message in messages) is not agrees


@asynccontextmanager
async def held_question(env: Mapping[str, str], **settings: Any) -> AsyncIterator[Editor]:
    """An editor whose user is asked about a download, and agrees once it may answer edits."""
    async with editor(VSCODE, env, **settings) as client:
        asked = asyncio.Event()
        client.answers_edits.clear()

        @client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
        async def answer(params: types.ShowMessageRequestParams) -> types.MessageActionItem:
            asked.set()
            await client.answers_edits.wait()
            return params.actions[0]

        client.open(TWO)
        await client.command("dlm.synth.run")
        async with asyncio.timeout(PATIENCE):
            await asked.wait()
        yield client


def close(client: Editor) -> None:
    identifier = types.TextDocumentIdentifier(URI)
    client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))


def send_nonsense(client: Editor) -> None:
    """Change the document in a way that cannot be read."""
    change(client, {"text": None})


def rewrite_all(client: Editor) -> None:
    """Change every section."""
    for number in (1, 2):
        at = client.text().index(f"Ville{number}")
        client.type(at, at, "old ")


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (close, "the document is not open"),
        (send_nonsense, "could not be read; close the document and open it again"),
        (rewrite_all, "the prose to ask about has changed; run it again"),
    ],
)
async def test_of_a_text_that_is_gone_when_the_user_agrees_no_teacher_is_asked(
    meanwhile, why, teacher, env, hub, tmp_path
):
    environment = {**env, **hub.env(tmp_path / "hub")}
    async with held_question(environment, teacher=teacher.selector, filter="sway") as client:
        meanwhile(client)
        client.answers_edits.set()
        await client.until(client.finished)
        assert client.messages[-1].message.endswith(why)
        assert client.progress()[-1] == "failed"
    assert teacher.asked == []


async def test_what_is_deleted_before_the_user_agrees_is_sent_to_no_teacher(
    teacher, env, hub, tmp_path
):
    environment = {**env, **hub.env(tmp_path / "hub")}
    async with held_question(environment, teacher=teacher.selector, filter="sway") as client:
        at = client.text().index(town(2))
        client.type(at, at + len(town(2)), town(3))
        client.answers_edits.set()
        await client.until(client.finished)
    prompts = "".join(teacher.asked)
    assert "Ville1" in prompts
    assert "Ville2" not in prompts


@pytest.mark.parametrize(
    ("silent", "why"), [(True, "the editor gave no answer"), (False, "nothing was chosen")]
)
async def test_a_client_that_never_answers_does_not_hold_the_run_and_the_way_out_is_told(
    silent, why, monkeypatch, hub, tmp_path
):
    for name, value in hub.env(tmp_path / "hub").items():
        monkeypatch.setenv(name, value)
    server = AskingServer(None, silent=silent)
    needed = [NeededModel("org/name", named_by_user=True)]
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(ModelError, match=f"get it with `dlm fetch org/name`; {why}"):
            await fetch_with_consent(
                server, needed, answer_within=0.01 if silent else ANSWER_TIMEOUT
            )
    assert len(server.asked) == 1
    assert hub.asked == []


async def test_the_question_says_how_large_a_model_of_the_registry_is(hub, tmp_path, monkeypatch):
    for name, value in hub.env(tmp_path / "hub").items():
        monkeypatch.setenv(name, value)
    server = AskingServer(types.MessageActionItem("Not now"))
    await fetch_with_consent(server, [NeededModel("qwen3-1.7b", named_by_user=False)])
    (question,) = server.asked
    assert "Qwen/Qwen3-1.7B (about 3.4 GB)" in question.message
    assert hub.asked == []
