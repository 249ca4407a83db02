"""Documentation of diagnostics: a file that comes with the package."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def diagnostics_page() -> str | None:
    """Return the URI of `docs/diagnostics.md`; None where it was not installed."""
    for folder in (_PACKAGE, _PACKAGE.parent):
        page = folder / "docs" / "diagnostics.md"
        if page.is_file():
            return page.as_uri()
    return None
