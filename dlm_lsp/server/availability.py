"""Availability: why nothing can be synthesized from a document just now, as code and message."""

from importlib.util import find_spec
from pathlib import Path

from dlm_lsp.document import Document
from dlm_lsp.document.base_models import shown_name
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import DlmError, StoreError, TeacherError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.local.model_paths import is_within
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.store.adapters import current_adapter, first_adapter, other_base
from dlm_lsp.synth.synth_request import SynthRequest, needed_models
from dlm_lsp.teachers.availability import Unavailable, availability
from dlm_lsp.teachers.registry import split_selector

NO_FRONTMATTER = Unavailable("no-frontmatter", "the document has no frontmatter")


def document_availability(
    server: DlmServer,
    document: Document,
    settings: Settings,
    profile_error: DlmError | None = None,
) -> Unavailable | None:
    """Return why nothing can be synthesized from a document; None where nothing shows.

    The codes are those of teachers and `document-error`, `no-frontmatter`, `store-error`,
    `missing-judge-extra` and that of the `profile_error`: without its profile other things would be
    asked.
    """
    if error := next(document.errors, None):
        return Unavailable("document-error", f"the document has an error: {error.message}")
    store = server.store(document)
    if store is None:
        return NO_FRONTMATTER
    if profile_error:
        return Unavailable(profile_error.code, str(profile_error))
    try:
        # Another teacher needs no adapter, and a pointer that is broken is none of its business.
        has_adapter = _needs_adapter(settings.teacher) and _has_adapter(store, document)
    except StoreError as problem:
        return Unavailable("store-error", str(problem))
    return availability(settings.teacher, has_adapter=has_adapter) or _judge_availability(settings)


def lacks_teacher(unavailable: Unavailable) -> bool:
    """Tell whether another teacher would help."""
    return unavailable.code in ("no-teacher", "no-adapter", "missing-extra", "missing-key")


def outside_model(
    server: DlmServer, uri: str, store: Path, frontmatter: Frontmatter, request: SynthRequest
) -> Unavailable | None:
    """Return why the base model of a document may not be loaded, None where it may or need not be.

    A document comes from anybody. A model outside of its folder and of the workspace, which it
    names by a path, is loaded only where the user has named it too, or has trained on it.
    """
    base_model, path = frontmatter.base_model, server.path(uri)
    folders = [path.parent] if path else []
    folders += [folder for uri in server.workspace.folders if (folder := server.path(uri))]
    if is_within(base_model, tuple(folders)) or not any(
        needed.name == base_model and not needed.named_by_user
        for needed in needed_models(request, frontmatter.base_model)
    ):
        return None
    adapter = current_adapter(store, first_adapter(frontmatter))
    if adapter and other_base(adapter, base_model) is None:
        return None
    return Unavailable(
        "outside-model",
        f"the document names a model outside its folder and the workspace, "
        f"{shown_name(base_model)}: name it as dlm.judge, or train the document on it first",
    )


def _has_adapter(store: Path, document: Document) -> bool:
    name = first_adapter(document.frontmatter) if document.frontmatter else None
    return current_adapter(store, name) is not None


def _needs_adapter(selector: str) -> bool:
    try:
        parts = split_selector(selector)
    except TeacherError:
        return False
    return parts is not None and parts[0].needs_adapter


def _judge_availability(settings: Settings) -> Unavailable | None:
    """Return what a filter that judges lacks: a judge is a model on this machine."""
    if settings.filter != "sway" or find_spec("torch"):
        return None
    return Unavailable(
        "missing-judge-extra",
        f"the judge needs more than is installed: {install_hint('local')}, "
        "or set dlm.filter to dedup-only",
    )
