"""Loss curves: a training, drawn as a picture."""

import importlib.util
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dlm_lsp.errors import UsageError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.store.documents import is_document_place
from dlm_lsp.store.files import replace_file

_SUFFIXES = (".png", ".svg", ".pdf")


def check_plot(path: Path) -> None:
    """Check that a picture can be drawn into a file, before hours go into what it shows.

    Raises:
        UsageError: it cannot.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"--plot {path}: the name has to end in {', '.join(_SUFFIXES)}")
    if is_document_place(path, []):
        raise UsageError(f"--plot {path}: that leads to a document; name another file")
    if path.is_dir():
        raise UsageError(f"--plot {path}: that is a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"--plot {path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"--plot {path}: {path.parent} cannot be written; name another folder")
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError(
            f"--plot needs matplotlib; install the extra with: {install_hint('train')}"
        )


def plot_losses(path: Path, summaries: Sequence[Mapping[str, Any]]) -> None:
    """Draw the loss over the steps of each training, and that of what was held out.

    Raises:
        StoreError: the file cannot be written.
    """
    # Without pyplot there is no window, no global state and no display to look for.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for summary in summaries:
        name = f"{summary['adapter']}: " if summary["adapter"] else ""
        (line,) = axes.plot(*_points(summary["losses"]), alpha=0.7, label=f"{name}loss")
        if summary["held_out_losses"]:
            axes.plot(
                *_points(summary["held_out_losses"]),
                "o--",
                color=line.get_color(),
                label=f"{name}held-out loss",
            )
    axes.set(xlabel="step", ylabel="loss (nats per token)")
    axes.grid(alpha=0.3)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix.lower().removeprefix("."), dpi=150)
    replace_file(path, picture.getvalue())


def _points(losses: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [step for step, _ in losses], [loss for _, loss in losses]
