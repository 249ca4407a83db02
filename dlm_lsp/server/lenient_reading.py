"""Lenient reading: what of a message cannot be read is left out, and the rest is read.

Clients send values that the protocol did not know when its types were written, leave out what they
do not need, or add what other servers understand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter
from lsprotocol import types
from lsprotocol.converters import get_converter

COUNTS_AS: Mapping[tuple[type, str], object] = {(types.WorkspaceFolder, "name"): ""}
"""What a member that is missing counts as, by class and attribute, beside what may be empty."""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message that was read, and where it held what could not be: `params.trace` and so on."""

    message: Any
    dropped: tuple[str, ...] = ()


def message_converter() -> Converter:
    """Return what reads messages; an identifier that is neither number nor text is unreadable."""
    converter = get_converter()
    for type_ in (int | str, int | str | None):
        converter.register_structure_hook(type_, _read_identifier)
    return converter


def _read_identifier(raw: object, type_: Any) -> object:
    if not isinstance(raw, int | str | None if NoneType in get_args(type_) else int | str):
        raise ValueError("it is neither a number nor a text")
    return raw


def read_leniently(converter: Converter, raw: object, type_: type) -> ReadMessage:
    """Return `raw` as a `type_`, without the members that do not fit.

    Raises:
        ValueError: what has to be there cannot be read.
    """
    try:
        return ReadMessage(converter.structure(raw, type_))
    except Exception:  # Each hook of the converter fails in its own way.
        mending = _Mending(converter)
        readable = mending.read_object(raw, type_, "")
        return ReadMessage(converter.structure(readable, type_), tuple(mending.dropped))


@dataclass(frozen=True, slots=True)
class _Mending:
    converter: Converter
    dropped: list[str] = field(default_factory=list)

    def read_object(self, raw: object, class_: type, path: str) -> dict[str, object]:
        """Return the members of `raw` that a class of the protocol can be made of."""
        if not isinstance(raw, dict):
            raise ValueError(f"{path} is no object")
        readable: dict[str, object] = {}
        for attribute in attrs.fields(class_):
            name = _camel_case(attribute.name)
            at = f"{path}.{name}" if path else name
            if name in raw:
                try:
                    readable[name] = self.read_member(raw[name], attribute, at)
                    continue
                except ValueError:
                    self.dropped.append(at)
            if attribute.default is attrs.NOTHING:
                readable[name] = self.read_missing(class_, attribute, at)
        self.structure(readable, class_, path)
        return readable

    def read_member(self, raw: object, attribute: "attrs.Attribute[Any]", path: str) -> object:
        readable = self.read_value(raw, attribute.type, path)
        if attribute.validator:
            attribute.validator(None, attribute, self.structure(readable, attribute.type, path))
        return readable

    def read_value(self, raw: object, type_: Any, path: str) -> object:
        """Return what of `raw` can be read as one of the types that it may have."""
        try:
            self.structure(raw, type_, path)
        except ValueError:
            for option in _options(type_):
                if attrs.has(option) and isinstance(raw, dict):
                    return self.read_object(raw, option, path)
                if get_origin(option) is Sequence and isinstance(raw, list):
                    return self.read_items(raw, get_args(option)[0], path)
            raise
        return raw

    def read_items(self, raw: list[object], type_: Any, path: str) -> list[object]:
        readable = []
        for item in raw:
            try:
                readable.append(self.read_value(item, type_, f"{path}[]"))
            except ValueError:
                self.dropped.append(f"{path}[]")
        return readable

    def read_missing(self, class_: type, attribute: "attrs.Attribute[Any]", path: str) -> object:
        """Return what a member counts as that has to be there and is not."""
        if (class_, attribute.name) in COUNTS_AS:
            return COUNTS_AS[class_, attribute.name]
        for option in _options(attribute.type):
            if attrs.has(option):
                return self.read_object({}, option, path)
            if get_origin(option) is Sequence:
                return []
        raise ValueError(f"{path} is missing")

    def structure(self, raw: object, type_: Any, path: str) -> Any:
        try:
            return self.converter.structure(raw, type_)
        except Exception as error:
            raise ValueError(f"{path} cannot be read") from error


def _options(type_: Any) -> tuple[Any, ...]:
    """Return the types that a value may have."""
    if get_origin(type_) in (Union, UnionType):
        return tuple(option for option in get_args(type_) if option is not NoneType)
    return (type_,)


def _camel_case(name: str) -> str:
    """Return an attribute as lsprotocol spells it in a message."""
    first, *rest = name.removesuffix("_").split("_")
    return first + "".join(part.title() for part in rest)
