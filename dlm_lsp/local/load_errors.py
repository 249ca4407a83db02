"""Load errors: what kept a model from being read, in one line with what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dlm_lsp.errors import ModelError
from dlm_lsp.local.oom import WAYS_OUT, is_out_of_memory, says_out_of_memory
from dlm_lsp.local.weights import ModelWeights


@contextmanager
def model_errors(model: str, weights: ModelWeights) -> Iterator[None]:
    """Have whatever transformers raises within the block come out as a ModelError."""
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    with _load_reports() as reports:
        try:
            yield
        except (
            ValueError,
            OSError,
            KeyError,
            ImportError,
            RuntimeError,
            MemoryError,
            SafetensorError,
        ) as error:
            if is_out_of_memory(error) or any(map(says_out_of_memory, reports)):
                message = (
                    f"there is too little memory to load {model}, whose weights take "
                    f"{weights.size / 1e9:.1f} GB on disk; {WAYS_OUT}"
                )
            else:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
                message = (
                    f"cannot load {model} from {weights.folder}: {reason}; "
                    "it has to be a text model that transformers knows, in safetensors"
                )
            raise ModelError(message) from error


@contextmanager
def _load_reports() -> Iterator[list[str]]:
    """Give what transformers logs while it loads.

    What befell the conversion or quantization of a tensor stands nowhere else: the error that it
    raises in the end only refers to that.
    """
    reports: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            reports.append(record.getMessage())

    logger, collector = logging.getLogger("transformers.modeling_utils"), Collector()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(collector)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield reports
    finally:
        logger.removeHandler(collector)
        logger.setLevel(level)
        logger.propagate = propagate
