"""Section answers: what is sent of each section, made once and found again while it only moves."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dlm_lsp.document.incremental import SectionText
from dlm_lsp.ide.document_symbols import document_symbols
from dlm_lsp.ide.semantic_tokens import semantic_tokens
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.to_lsp_answers import encode_semantic_tokens, encode_symbol

_T = TypeVar("_T")

_LINE = "\0"
# As a whole value; inside another its quotes would be escaped.
_ENCODED_LINE = json.dumps(_LINE)


class SectionAnswers(Generic[_T]):
    """What is sent of the sections of one document, where it depends on a section alone."""

    def __init__(self, make: Callable[[PositionMap], _T]) -> None:
        self._make = make
        self._made: dict[int, tuple[SectionText, _T]] = {}

    def of(self, positions: PositionMap) -> Iterator[tuple[int, _T]]:
        """Yield for each part of a text on which line it begins, and what is made of it."""
        incremental, made = positions.incremental, self._made
        # On the same line as the mark a section has other columns than elsewhere.
        if incremental.byte_order_mark is not None or positions.lines_differ:
            yield 0, self._make(positions)
            return
        for index, (part, line) in enumerate(
            zip(incremental.parts, incremental.lines, strict=False)
        ):
            # While its part is held, no other has the same `id`.
            found = made.get(id(part))
            if found is None:
                alone = PositionMap(incremental.alone(index), positions.encoding)
                found = made[id(part)] = part, self._make(alone)
            yield line, found[1]
        if len(made) > 2 * len(incremental.parts):
            self._made = {id(part): made[id(part)] for part in incremental.parts}


@dataclass(frozen=True, slots=True)
class EncodedSymbols:
    """Symbols as JSON, those of one section, with their lines left open."""

    template: str
    lines: tuple[int, ...]

    def at(self, line: int) -> str:
        """Return their JSON where the section begins on `line`."""
        return self.template % tuple(line + inside for inside in self.lines)


def encode_symbols(positions: PositionMap, as_sent: Callable[[object], Any]) -> EncodedSymbols:
    """Return the symbols of a text, encoded."""
    sent = [
        as_sent(encode_symbol(symbol, positions))
        for symbol in document_symbols(positions.incremental.document)
    ]
    lines = tuple(_open_lines(sent))
    text = json.dumps(sent, separators=(",", ":"))[1:-1]
    return EncodedSymbols(text.replace("%", "%%").replace(_ENCODED_LINE, "%d"), lines)


@dataclass(frozen=True, slots=True)
class EncodedTokens:
    """Semantic tokens as JSON, those of one section: all but how far the first is from the last."""

    first_line: int
    last_line: int
    text: str


def encode_tokens(positions: PositionMap) -> EncodedTokens | None:
    """Return the semantic tokens of a text, encoded; None where it has none."""
    tokens = list(
        encode_semantic_tokens(semantic_tokens(positions.incremental.document), positions)
    )
    if not tokens:
        return None
    first_line, *rest = (number for token in tokens for number in token)
    last_line = sum(token[0] for token in tokens)
    return EncodedTokens(first_line, last_line, ",".join(map(str, rest)))


def join_tokens(answers: Iterable[tuple[int, EncodedTokens | None]]) -> str:
    """Return the JSON of the tokens of a text from those of its sections."""
    texts, before = [], 0
    for line, tokens in answers:
        if tokens:
            texts.append(f"{line + tokens.first_line - before},{tokens.text}")
            before = line + tokens.last_line
    return f"[{','.join(texts)}]"


def _open_lines(sent: object) -> Iterator[int]:
    """Yield the lines of a value as it is sent, and leave them open."""
    if isinstance(sent, list):
        for inner in sent:
            yield from _open_lines(inner)
    elif isinstance(sent, dict):
        for key, inner in sent.items():
            if key == "line":
                yield inner
                sent[key] = _LINE
            else:
                yield from _open_lines(inner)
