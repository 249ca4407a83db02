"""Command-line flags: the options of a run, as the shell calls them."""

from typing import Any

import typer

from dlm_lsp.synth.options import OPTIONS


def flag_name(option: str) -> str:
    """Return the flag of an option."""
    return "--temp" if option == "temperature" else f"--{option.replace('_', '-')}"


def option_flag(option: str, **details: Any) -> Any:
    """Return the flag of an option, as typer takes it, with its meaning as help."""
    known = OPTIONS[option]
    usual = {"help": known.meaning, "show_default": known.unset or True}
    return typer.Option(flag_name(option), **(usual | details))
