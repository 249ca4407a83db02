"""Document training: the document's adapters trained one after the other, each kept when whole."""

from collections.abc import Callable
from pathlib import Path

from dlm_lsp.api.documents import load_valid_document
from dlm_lsp.store.lock import document_lock
from dlm_lsp.training.plan import TrainingInput, TrainRequest, plan_training
from dlm_lsp.training.run import TrainedAdapter, run_training
from dlm_lsp.training.trainer import TrainingEvent


def training_input(path: Path) -> TrainingInput:
    """Return what a training of the document at `path` starts from.

    Raises:
        StoreError: it cannot be read, or has an error in it.
    """
    loaded = load_valid_document(path)
    return TrainingInput(loaded.path, loaded.document, loaded.frontmatter, loaded.folder)


def train_adapters(
    path: Path,
    request: TrainRequest,
    on_event: Callable[[TrainingEvent], None],
    on_wait: Callable[[str], None],
) -> tuple[TrainedAdapter, ...]:
    """Train each adapter of the document in turn and make it the current one.

    Raises:
        ModelError, StoreError: with the remedy; what was trained before is current all the same.
    """
    with document_lock(training_input(path).folder, "dlm train", on_wait, path):
        # Read now, for who held the lock may have changed it.
        document = training_input(path)
        plan = plan_training(document, request)
        for outside in plan.outside:
            on_event(outside)
        return tuple(run_training(document, task, on_event) for task in plan.tasks)
