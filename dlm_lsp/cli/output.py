"""Where output goes: results to stdout, everything else to stderr, no markup in either."""

import json
from functools import cache
from typing import Any

from rich.console import Console


@cache
def out() -> Console:
    """Return the console for results."""
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


@cache
def err() -> Console:
    """Return the console for everything that is not a result."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_json(value: dict[str, Any]) -> None:
    """Print `value` as the one JSON object of a command."""
    out().out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)


def counted(count: int, noun: str) -> str:
    """Return `count` with `noun` in the right number."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
