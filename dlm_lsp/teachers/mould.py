"""What a mould is: one way to ask for a statement."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mould:
    """Questions that are ready, of which a model chooses, or a grammar to write one by."""

    statement: str
    """The sentence that the question is about."""
    ready: tuple[str, ...] = ()
    grammar: str | None = None
    """Lark, as llguidance reads it."""
