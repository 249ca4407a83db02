"""Model downloads from an editor: only where the user agrees."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types
from server.editor import VSCODE, editor
from support.hub_server import Hub, hub_server
from support.teacher_server import HEAD, town
from support.tiny_model import tiny_llama

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
