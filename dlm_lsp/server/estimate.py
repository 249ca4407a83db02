"""Cost estimate: what a run would ask, for an editor to show before any text leaves the machine."""

import asyncio
import logging
from dataclasses import asdict
from typing import Any

import anyio

from dlm_lsp.errors import DlmError
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis_request import EditorRequest, request_from_settings
from dlm_lsp.synth.estimate import Estimate, describe_estimate
from dlm_lsp.synth.estimate_ahead import Estimator
from dlm_lsp.synth.synth_request import request_beside

_log = logging.getLogger(__name__)


async def estimate_answer(server: DlmServer, request: EditorRequest) -> dict[str, Any]:
    """Return the estimate of a run and a line that tells it, as the answer to a command.

    Nobody is asked for it. Both are empty where there can be none: why, the run itself will tell.
    """
    nothing: dict[str, Any] = {"estimate": None, "text": ""}
    text_document = server.text_document(request.uri)
    document = text_document.incremental.document if text_document else None
    store = server.store(document) if document else None
    if document is None or document.frontmatter is None or store is None:
        return nothing
    state = server.open_document(request.uri)
    if state.profile_error:
        return nothing
    synth_request = request_from_settings(state.settings, state.profile, request.options)
    if path := server.path(request.uri):
        synth_request = request_beside(synth_request, path.parent)
    run = (document, document.frontmatter, store, synth_request, request.sections)

    async def estimate() -> Estimate:
        async with Estimator(offline=True) as estimator:
            return (await estimator.estimate(*run))[0]

    try:
        # Each prompt is written for it, and somebody may be typing.
        found = await asyncio.to_thread(lambda: anyio.run(estimate))
    except DlmError as error:
        _log.info("no estimate: %s", error)
        return nothing
    return {"estimate": asdict(found), "text": describe_estimate(found)}
