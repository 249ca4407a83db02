"""Why nothing can be synthesized from a document just now."""

from importlib.util import find_spec

from dlm_lsp.document import Document
from dlm_lsp.errors import StoreError
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.store.adapters import current_adapter
from dlm_lsp.teachers.availability import availability


def why_unavailable(server: DlmServer, document: Document, settings: Settings) -> str | None:
    """Return why nothing can be synthesized from a document; None where nothing shows."""
    if error := next(document.errors, None):
        return f"the document has an error: {error.message}"
    store = server.store(document)
    if store is None:
        return "the document has no frontmatter"
    try:
        # Another teacher needs no adapter, and a pointer that is broken is none of its business.
        has_adapter = settings.teacher == "self" and current_adapter(store) is not None
    except StoreError as problem:
        return str(problem)
    unavailable = availability(settings.teacher, has_adapter=has_adapter)
    return unavailable.message if unavailable else _without_judge(settings)


def _without_judge(settings: Settings) -> str | None:
    """Return what a filter that judges lacks: a judge is a model on this machine."""
    if settings.filter != "sway" or find_spec("torch"):
        return None
    return (
        "the judge needs more than is installed: pip install 'dlm-lsp[local]', "
        "or set dlm.filter to dedup-only"
    )
