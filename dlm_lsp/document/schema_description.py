"""Schema descriptions: what a frontmatter key takes, in words, read off its type."""

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def describe_allowed(field: FieldInfo) -> str:
    """Return what `field` takes: "a whole number from 1 to 256", "`auto` or ..."."""
    return _allowed(field.annotation, field.metadata)


def literal_choices(field: FieldInfo) -> list[str]:
    """Return the words that `field` takes, where it takes some."""
    return [word for word in _literals(field.annotation) if isinstance(word, str)]


@cache
def blocks_of(
    block: type[BaseModel], key: str
) -> tuple[type[BaseModel] | None, type[BaseModel] | None]:
    """Return the block that `key` of `block` is, and the block of which it holds several.

    `training` is one, `adapters` holds one for each name, `seed` has neither.
    """
    field = block.model_fields.get(key)
    inner = _model_within(field.annotation) if field else None
    return (inner, None) if field and inner is field.annotation else (None, inner)


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    models = (_model_within(part) for part in get_args(annotation))
    return next((model for model in models if model), None)


def _literals(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    parts = get_args(annotation)
    return tuple(word for part in parts for word in _literals(part))


def _allowed(annotation: Any, metadata: list[Any]) -> str:
    *first, last = _alternatives(annotation, metadata)
    return f"{', '.join(first)} or {last}" if first else last


def _alternatives(annotation: Any, metadata: list[Any]) -> list[str]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if words := next((extra for extra in metadata if isinstance(extra, str)), None):
        return [words]
    if origin is Annotated:
        return _alternatives(parts[0], _flat(parts[1:]))
    if origin in (Union, UnionType):
        return [words for part in parts for words in _alternatives(part, [])]
    if origin is Literal:
        return [f"`{word}`" for word in parts]
    return [_simple(annotation, metadata)]


def _simple(annotation: Any, metadata: list[Any]) -> str:
    if get_origin(annotation) in (list, tuple):
        return "a list of mappings" if _model_within(annotation) else "a list of texts"
    if _model_within(annotation):
        return "a mapping"
    if annotation in (int, float):
        noun = "a whole number" if annotation is int else "a number"
        return f"{noun}{_range(metadata)}"
    return {bool: "`true` or `false`", str: "a text", NoneType: "`null`"}[annotation]


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for extra in metadata:
        flat += extra.metadata if isinstance(extra, FieldInfo) else [extra]
    return flat


def _range(metadata: list[Any]) -> str:
    bounds = {
        name: getattr(extra, name)
        for extra in metadata
        for name in ("ge", "gt", "le")
        if hasattr(extra, name)
    }
    low, above, high = (bounds.get(name) for name in ("ge", "gt", "le"))
    if above is not None:
        return f" above {above:g}" + (f" up to {high:g}" if high is not None else "")
    if low is None:
        return ""
    return f" from {low:g} to {high:g}" if high is not None else f" of at least {low:g}"
