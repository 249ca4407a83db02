"""Editor error messages: an option by its setting, a defect with the place of its log."""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from dlm_lsp.errors import DlmError, OptionError

_log = logging.getLogger(__name__)


def editor_message(error: Exception) -> str:
    """Return what the user is told of an error; one that nobody expected is logged as a defect."""
    if isinstance(error, OptionError):
        from dlm_lsp.server.settings import setting_name

        return error.worded(setting_name)
    if isinstance(error, DlmError):
        return str(error)
    from dlm_lsp.store.defects import describe_defect, redact_secrets

    _log.error("%s", redact_secrets("".join(traceback.format_exception(error))))
    return describe_defect(error)


@contextmanager
def refused_by_message() -> Iterator[None]:
    """Answer a request that fails by what the user may be told, without a traceback."""
    try:
        yield
    except JsonRpcException:
        raise
    except Exception as error:
        raise JsonRpcInternalError(editor_message(error)) from None


def log_defect_of(task: "asyncio.Future[Any]") -> None:
    """Log what ended a task in the background, which nobody waits for."""
    if not task.cancelled() and isinstance(error := task.exception(), Exception):
        editor_message(error)
