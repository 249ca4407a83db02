"""Few-shot examples: a text in the language of the section, and pairs about it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dlm_lsp.quality.strategy import Strategy

_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class PairExample:
    """A pair and the sentence that it was drawn from."""

    evidence: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class TextExample:
    """A text and what a teacher would write about it by each strategy."""

    text: str
    pairs: Mapping[Strategy, tuple[PairExample, ...]]


def example_in(language: str | None) -> TextExample:
    """Return the example in a language, by its BCP-47 id; the English one where there is none."""
    examples = text_examples()
    return examples.get(language or _FALLBACK, examples[_FALLBACK])


@cache
def text_examples() -> Mapping[str, TextExample]:
    """Return all examples by the language that they are in."""
    content = files("dlm_lsp.teachers").joinpath("examples.toml").read_text(encoding="utf-8")
    return {language: _example(entry) for language, entry in tomllib.loads(content).items()}


def _example(entry: Mapping[str, object]) -> TextExample:
    strategies: tuple[Strategy, ...] = ("extraction", "expansion")
    pairs = {
        strategy: tuple(PairExample(**p) for p in _tables(entry[strategy]))
        for strategy in strategies
    }
    return TextExample(str(entry["text"]), pairs)


def _tables(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else []
