"""Learned shapes: how a request shape is kept on disk, and what of that is still understood."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from dlm_lsp.errors import StoreError
from dlm_lsp.store.request_shapes import load_shape, save_shape
from dlm_lsp.teachers.request_fallback import RequestShape

_logger = logging.getLogger(__name__)


def recall_shape(
    server: str, model: str, formats: Sequence[str], droppable: Sequence[str]
) -> RequestShape:
    """Return the shape that an earlier run found for this model of a server, or else the first."""
    record = load_shape(server, model, _today())
    return _shape_from(record, formats, droppable) if record else RequestShape()


def remember_shape(server: str, model: str, shape: RequestShape, formats: Sequence[str]) -> None:
    """Keep a shape for the next run; where that cannot be done, it is found again then."""
    record = {
        "format": formats[shape.format_index],
        "without": sorted(shape.without),
        "system_as_user": shape.system_as_user,
        "temperature": shape.temperature,
        "most_tokens": shape.most_tokens,
        "streams": shape.streams,
    }
    try:
        save_shape(server, model, record, _today())
    except StoreError as error:
        _logger.info("what %s takes is not kept: %s", server, error)


def _shape_from(
    record: dict[str, Any], formats: Sequence[str], droppable: Sequence[str]
) -> RequestShape:
    """Return the shape that was kept; a part that is not understood is as at first."""
    name, without = record.get("format"), record.get("without")
    temperature, most = record.get("temperature"), record.get("most_tokens")
    return RequestShape(
        format_index=formats.index(name) if isinstance(name, str) and name in formats else 0,
        without=frozenset(droppable) & {*filter(_is_text, without)}
        if isinstance(without, list)
        else frozenset(),
        system_as_user=record.get("system_as_user") is True,
        temperature=temperature if isinstance(temperature, float) and temperature > 0 else None,
        most_tokens=most if type(most) is int and most > 0 else None,
        streams=record.get("streams") is True,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _today() -> date:
    return datetime.now(UTC).date()
