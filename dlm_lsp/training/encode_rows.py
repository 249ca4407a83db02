"""Row encoding: the tokens of each row, and which of them the model is to learn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dlm_lsp.errors import ModelError
from dlm_lsp.local.chat_template import render_exchange
from dlm_lsp.training.rows import ProseRow, TrainingRow

IGNORED = -100
"""The label of a token that is read and not learned."""


@dataclass(frozen=True, slots=True)
class EncodedRow:
    """The tokens of a row, and the same with those that are not learned masked."""

    input_ids: list[int]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """Rows as tokens; `cut` counts answers that lost their end, `left_out` pairs with no room."""

    rows: tuple[EncodedRow, ...]
    cut: int = 0
    left_out: int = 0

    @property
    def tokens(self) -> int:
        """How many tokens are read."""
        return sum(len(row.input_ids) for row in self.rows)

    @property
    def longest(self) -> int:
        """How many tokens the longest row has."""
        return max((len(row.input_ids) for row in self.rows), default=0)


def encode_rows(
    tokenizer: Any, template: str, system: str | None, rows: Sequence[TrainingRow], most: int
) -> EncodedRows:
    """Return rows of at most `most` tokens.

    Prose is learned whole, and longer prose becomes several rows. Of a pair the answer alone is
    learned; it is cut where the row is full, and left out where the question fills it.

    Raises:
        ModelError: a row is longer than what the model can look at.
    """
    encoded: list[EncodedRow] = []
    cut = left_out = 0
    for row in rows:
        if isinstance(row, ProseRow):
            encoded += _prose(tokenizer, row.text, most)
            continue
        prompt_ids, answer_ids = (
            list(tokenizer(part, add_special_tokens=False).input_ids)
            for part in render_exchange(tokenizer, template, system, row.question, row.answer)
        )
        if len(prompt_ids) >= most:
            left_out += 1
            continue
        cut += len(prompt_ids) + len(answer_ids) > most
        labels = [IGNORED] * len(prompt_ids) + answer_ids
        encoded.append(EncodedRow((prompt_ids + answer_ids)[:most], labels[:most]))
    encoding = EncodedRows(tuple(encoded), cut, left_out)
    window = tokenizer.model_max_length
    if encoding.longest > window:
        raise ModelError(
            f"training.sequence_len: {most} gives a row of {encoding.longest} tokens, and the "
            f"model looks at {window}; write {window}"
        )
    return encoding


def _prose(tokenizer: Any, text: str, most: int) -> Iterator[EncodedRow]:
    ids = list(tokenizer(text).input_ids)
    end = tokenizer.eos_token_id
    if end is not None and ids[-1:] != [end]:
        ids.append(end)
    # Some models are lost in a row that does not begin with the token for it.
    begin = ids[:1] if ids[:1] == [tokenizer.bos_token_id] else []
    ids = ids[len(begin) :]
    pieces = -(-len(ids) // (most - len(begin)))
    # Pieces of one length: a last one of a few words would teach little.
    size = -(-len(ids) // max(1, pieces))
    for at in range(0, len(ids), size):
        piece = begin + ids[at : at + size]
        # Of a single token nothing can be foretold.
        if len(piece) > 1:
            yield EncodedRow(piece, list(piece))
