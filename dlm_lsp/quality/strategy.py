"""Synthesis strategy: answers out of the prose, or answers that go on from it (format §9)."""

from typing import Literal

Strategy = Literal["extraction", "expansion"]
