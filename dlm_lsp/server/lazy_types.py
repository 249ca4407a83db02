"""Lazy protocol types: attrs finishes a class of lsprotocol when it is first needed.

lsprotocol declares 554 classes, and attrs writes and compiles the methods of each as it is
imported. That was nearly half of the server's start, which needs 41 of them.
"""

import importlib
import sys
from threading import RLock
from typing import Any, get_type_hints

import attrs

_MODULE = "lsprotocol.types"
_finishing = RLock()


def import_lazy_types() -> None:
    """Import lsprotocol so that its classes are finished later; where it is imported, do nothing.

    A finished class has no slots, for that would be another class; otherwise it is the same.
    """
    if _MODULE in sys.modules:
        return
    define = attrs.define
    attrs.define = _define_later  # type: ignore[assignment]
    try:
        importlib.import_module(_MODULE)
    finally:
        attrs.define = define
    # lsprotocol resolves the annotations of all its classes at once, and so would finish all.
    hooks: Any = importlib.import_module("lsprotocol._hooks")
    hooks._resolved_forward_references = True


def _define_later(class_: Any) -> Any:
    """Stand in for `attrs.define`: leave a class as it is until it is looked into or called."""
    unfinished = _Unfinished(class_)

    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        unfinished.finish()
        self.__init__(*args, **kwargs)

    class_.__init__, class_.__attrs_attrs__ = initialize, unfinished
    return class_


class _Unfinished:
    """Stands where attrs keeps the fields of a class, and is replaced by them when asked for."""

    def __init__(self, class_: Any) -> None:
        self._class = class_

    def __get__(self, instance: object, owner: type) -> Any:
        self.finish()
        return self._class.__attrs_attrs__

    def finish(self) -> None:
        """Have attrs define the class, unless another thread has just done so."""
        with _finishing:
            if vars(self._class)["__attrs_attrs__"] is self:
                # Of itself, attrs keeps an `__init__` that is there.
                attrs.define(self._class, slots=False, init=True, field_transformer=_resolve)


def _resolve(class_: type, fields: list["attrs.Attribute[Any]"]) -> list["attrs.Attribute[Any]"]:
    """Return the fields with the types that their annotations name, for the converter."""
    hints = get_type_hints(class_, vars(importlib.import_module(_MODULE)), include_extras=True)
    return [field.evolve(type=hints[field.name]) for field in fields]
