"""Model downloads from an editor: only where the user agrees."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types
from server.editor import PATIENCE, VSCODE, editor
from server.test_message_requests import AskingServer
from support.hub_server import Hub, hub_server
from support.teacher_server import HEAD, town
from support.tiny_model import tiny_llama

from dlm_lsp.errors import ModelError
from dlm_lsp.server.fetch import fetch_with_consent
from dlm_lsp.server.message_requests import ANSWER_TIMEOUT
from dlm_lsp.synth.pipeline import NeededModel

TEXT = f"{HEAD}{town(1)}\n".replace("base_model: smollm2-135m", "base_model: hf:org/name")


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


@pytest.mark.parametrize(
    ("silent", "why"), [(True, "the editor gave no answer"), (False, "nothing was chosen")]
)
async def test_where_no_choice_comes_the_run_is_not_held_and_why_and_the_way_out_are_told(
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
