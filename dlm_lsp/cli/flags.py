"""Command-line flags: the options of a run, as the shell calls them."""

from typing import Any

import typer

from dlm_lsp.synth.options import OPTIONS

# A flag that stands for each of several is called by one of them.
_OTHERWISE = {"temperature": "--temp", "teacher_options": "--teacher-option"}


def flag_name(option: str) -> str:
    """Return the flag of an option."""
    return _OTHERWISE.get(option) or f"--{option.replace('_', '-')}"


def option_flag(option: str, **details: Any) -> Any:
    """Return the flag of an option, as typer takes it, with its meaning as help."""
    known = OPTIONS[option]
    usual = {"help": known.meaning, "show_default": known.unset or True}
    return typer.Option(flag_name(option), **(usual | details))
