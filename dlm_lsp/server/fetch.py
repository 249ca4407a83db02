"""Model downloads: a model that a run needs and this machine lacks, where the user agrees."""

from collections.abc import Sequence

from dlm_lsp.document.base_models import HUB_PREFIX, resolve_base_model
from dlm_lsp.errors import ModelError
from dlm_lsp.server.message_requests import ANSWER_TIMEOUT, NoChoice, ask_user
from dlm_lsp.server.server import DlmServer
from dlm_lsp.synth.synth_request import NeededModel

_DOWNLOAD = "Download"


async def fetch_with_consent(
    server: DlmServer, needed: Sequence[NeededModel], *, answer_within: float = ANSWER_TIMEOUT
) -> None:
    """Download what is missing of the models that a run needs, each only if the user says so.

    Whatever is still missing then the run itself tells, with the ways around it.

    Raises:
        ModelError: the user agreed, and it cannot be had; or chose nothing within `answer_within`
            seconds, as with a client that cannot ask.
    """
    for model in needed:
        await _fetch(server, model.name, answer_within)


async def _fetch(server: DlmServer, name: str, answer_within: float) -> None:
    # No run has begun when the editor waits for the server to start.
    from dlm_lsp.local.fetch import fetch_model, plan_fetch
    from dlm_lsp.local.weights import missing_model
    from dlm_lsp.local.worker import run_in_worker

    try:
        missing = await run_in_worker(missing_model, name)
    except ModelError:
        return
    if missing is None:
        return
    known = resolve_base_model(f"{HUB_PREFIX}{missing.hub_id}")
    size = f" (about {known.size_gb_fp16:g} GB)" if known else ""
    question = (
        f"This run needs the model {missing.hub_id}{size}, which is not on this machine. "
        "Download it from the Hugging Face hub?"
    )
    choice = await ask_user(server, question, (_DOWNLOAD, "Not now"), answer_within=answer_within)
    if isinstance(choice, NoChoice):
        raise ModelError(f"{missing}; {choice.value} when asked whether to download it")
    if choice == _DOWNLOAD and (planned := await run_in_worker(plan_fetch, name)):
        server.tell(f"Downloading {planned.description} from the hub.")
        await run_in_worker(fetch_model, planned)
