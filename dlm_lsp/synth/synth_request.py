"""Synthesis request: who writes and who judges, and which local models that takes."""

from dataclasses import dataclass, replace
from pathlib import Path

from dlm_lsp.document.base_models import HUB_PREFIX
from dlm_lsp.errors import OptionError
from dlm_lsp.local.model_paths import model_beside
from dlm_lsp.synth.choose_verifier import verifier_selector
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.registry import check_selector


@dataclass(frozen=True, slots=True)
class SynthRequest:
    """Who writes, who judges, and how the run goes; `profiles` are the files that had a say.

    Raises:
        OptionError: a judge is named for a run in which none judges.
    """

    teacher: str
    judge: str | None
    options: SynthOptions
    profiles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.judge is not None and self.options.filter != "sway":
            raise OptionError(
                "judge",
                self.judge,
                f"belongs to {{other}} sway; leave it out with {{other}} {self.options.filter}",
                other="filter",
            )


def request_beside(request: SynthRequest, folder: Path) -> SynthRequest:
    """Return a request in which a path that names a model is seen from `folder`."""
    hub = request.teacher.startswith(HUB_PREFIX)
    return replace(
        request,
        teacher=model_beside(request.teacher, folder) if hub else request.teacher,
        judge=request.judge and model_beside(request.judge, folder),
        options=replace(
            request.options, verify=model_beside(request.options.verify.strip(), folder)
        ),
    )


@dataclass(frozen=True, slots=True)
class NeededModel:
    """A local model that a run needs, and whether the user named it or the document."""

    name: str
    named_by_user: bool


def needed_models(request: SynthRequest, base_model: str) -> tuple[NeededModel, ...]:
    """Return the local models that a run over a document with this base model needs.

    Raises:
        SelectorError: teacher or verifier cannot be.
    """
    own, by_user = base_model, request.judge is not None
    judging = request.options.filter == "sway"
    judge = [NeededModel(request.judge or own, named_by_user=by_user)] if judging else []
    verifier = verifier_selector(request.options.verify)
    needed = [
        *_model_of(request.teacher, own),
        *judge,
        *(_model_of(verifier, own) if verifier else ()),
    ]
    return tuple(dict.fromkeys(needed))


def _model_of(selector: str, base_model: str) -> tuple[NeededModel, ...]:
    kind, target = check_selector(selector)
    if kind.needs_adapter:
        return (NeededModel(base_model, named_by_user=False),)
    return (NeededModel(target, named_by_user=True),) if kind.name == "hf" else ()


def uses_base_model(request: SynthRequest) -> bool:
    """Tell whether a run loads the base model that a document names.

    Raises:
        SelectorError: teacher or verifier cannot be.
    """
    judges = request.options.filter == "sway" and request.judge is None
    return judges or any(check_selector(selector)[0].needs_adapter for selector in _asked(request))


def asks_server(request: SynthRequest) -> bool:
    """Tell whether whoever writes is not on this machine.

    Raises:
        SelectorError: the teacher cannot be.
    """
    return not check_selector(request.teacher)[0].is_local


def _asked(request: SynthRequest) -> tuple[str, ...]:
    verifier = verifier_selector(request.options.verify)
    return (request.teacher, verifier) if verifier else (request.teacher,)
