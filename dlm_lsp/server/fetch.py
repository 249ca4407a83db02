"""Model downloads: a model that a run needs and this machine lacks, where the user agrees."""

import logging
from collections.abc import Sequence

from lsprotocol import types

from dlm_lsp.errors import ModelError
from dlm_lsp.server.server import DlmServer
from dlm_lsp.synth.pipeline import NeededModel

_log = logging.getLogger(__name__)
_DOWNLOAD = "Download"


async def fetch_with_consent(server: DlmServer, needed: Sequence[NeededModel]) -> None:
    """Download what is missing of the models that a run needs, each only if the user says so.

    Whatever is still missing then the run itself tells, with the ways around it.

    Raises:
        ModelError: the user agreed, and it cannot be had.
    """
    for model in needed:
        await _fetch(server, model.name)


async def _fetch(server: DlmServer, name: str) -> None:
    # No run has begun when the editor waits for the server to start.
    from dlm_lsp.local.fetch import fetch_model, plan_fetch
    from dlm_lsp.local.weights import missing_model
    from dlm_lsp.local.worker import run_in_worker

    try:
        missing = await run_in_worker(missing_model, name)
    except ModelError:
        return
    if missing is None or not await _agrees(server, missing.hub_id):
        return
    if planned := await run_in_worker(plan_fetch, name):
        server.tell(f"Downloading {planned.description} from the hub.")
        await run_in_worker(fetch_model, planned)


async def _agrees(server: DlmServer, hub_id: str) -> bool:
    """Ask the user; a client that cannot ask is taken for a no."""
    question = f"This run needs the model {hub_id}, which is not on this machine."
    try:
        answer = await server.window_show_message_request_async(
            types.ShowMessageRequestParams(
                types.MessageType.Warning,
                f"{question} Download it from the Hugging Face hub?",
                [types.MessageActionItem(_DOWNLOAD), types.MessageActionItem("Not now")],
            )
        )
    except Exception as error:
        _log.warning("no answer from the client: %r", error)
        return False
    return answer is not None and answer.title == _DOWNLOAD
