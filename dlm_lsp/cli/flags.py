"""Command-line flags: the options of a run, as the shell calls them."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import typer

from dlm_lsp.cli.complete_selector import complete_judge, complete_teacher, complete_verifier
from dlm_lsp.synth.options import OPTIONS

_C = TypeVar("_C", bound=Callable[..., Any])

_COMPLETED = {"teacher": complete_teacher, "judge": complete_judge, "verify": complete_verifier}
# A flag that stands for each of several is called by one of them.
_OTHERWISE = {"temperature": "--temp", "teacher_options": "--teacher-option"}


def flag_name(option: str) -> str:
    """Return the flag of an option."""
    return _OTHERWISE.get(option) or f"--{option.replace('_', '-')}"


def option_flag(option: str, **details: Any) -> Any:
    """Return the flag of an option, as typer takes it, with its meaning as help."""
    known = OPTIONS[option]
    usual = {
        "help": known.meaning,
        "show_default": known.unset or True,
        "autocompletion": _COMPLETED.get(option),
    }
    return typer.Option(flag_name(option), **(usual | details))


def with_options_of(command: Callable[..., Any], *, without: Sequence[str]) -> Callable[[_C], _C]:
    """Give a command that takes `**options` those of another, but for some."""

    def give(function: _C) -> _C:
        own = inspect.signature(function)
        parameters = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
        there = {p.name for p in parameters}
        more = [
            p
            for p in inspect.signature(command).parameters.values()
            if p.name not in (*there, *without)
        ]
        *first, last = parameters
        # typer reads these two.
        function.__signature__ = own.replace(parameters=[*first, *more, last])  # type: ignore[attr-defined]
        function.__annotations__ = {
            **{p.name: p.annotation for p in more},
            **{name: kind for name, kind in function.__annotations__.items() if name != "options"},
        }
        return function

    return give
