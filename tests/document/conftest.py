"""Reference parser: started once for all tests of the language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.reference_oracle import Oracle


@pytest.fixture(scope="session")
def oracle(reference_python: Path) -> Iterator[Oracle]:
    """The running reference; `oracle.parse(text)` says what it makes of a text."""
    with Oracle(reference_python) as running:
        yield running
