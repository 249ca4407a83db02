"""Python package: question/answer pairs for `.dlm` notes, in programs, the editor and the shell."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlm_lsp.api.functions import apply, check, revert, synthesize, train
    from dlm_lsp.errors import DlmError
    from dlm_lsp.synth.run_options import SynthOptions
    from dlm_lsp.teachers.protocol import GenerationOptions

__version__ = "1.0.0"

__all__ = [
    "DlmError",
    "GenerationOptions",
    "SynthOptions",
    "__version__",
    "apply",
    "check",
    "revert",
    "synthesize",
    "train",
]

_HOMES = {
    "DlmError": "dlm_lsp.errors",
    "GenerationOptions": "dlm_lsp.teachers.protocol",
    "SynthOptions": "dlm_lsp.synth.run_options",
    **dict.fromkeys(("apply", "check", "revert", "synthesize", "train"), "dlm_lsp.api.functions"),
}


def __getattr__(name: str) -> Any:
    # Importing the package alone costs next to nothing: `dlm --help` and the server do just that.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
