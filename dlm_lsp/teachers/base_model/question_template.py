"""Question template: one way to ask for a statement."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionTemplate:
    """Questions that are ready, of which a model chooses, or a grammar to write one by."""

    statement: str
    """The sentence that the question is about."""
    answer: str
    """What of it the question asks for; the sentence itself where that is not known."""
    questions: tuple[str, ...] = ()
    grammar: str | None = None
    """Lark, as llguidance reads it."""


def as_answer(words: str) -> str:
    """Return a part of a sentence as an answer: with a capital and a full stop."""
    plain = words.strip(" ,;:")
    first = plain.partition(" ")[0]
    # What has marks or capitals of its own, such as `dgemm` or pH, is written as it is.
    capital = plain[:1].upper() if first.isalpha() and first.islower() else plain[:1]
    return f"{capital}{plain[1:]}."
