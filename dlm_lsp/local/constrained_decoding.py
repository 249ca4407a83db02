"""Constrained decoding: which token may come next in each row of a batch, and which one it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlm_lsp.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import torch


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How one row draws its words; a temperature of 0 takes the likeliest.

    `first` is the rank of the token it begins with, 0 for the likeliest: rows that differ in
    nothing else then begin differently, without any chance in it.
    """

    temperature: float = 0.0
    top_p: float | None = None
    seed: int = 0
    first: int = 0


GREEDY = SamplingParams()


class ConstrainedSampler:
    """A logits processor that leaves each row one token: allowed by its grammar, drawn its way.

    Each row has a grammar and a random source of its own, so what a row writes does not depend
    on the rows beside it.
    """

    def __init__(
        self,
        tokenizer: Any,
        grammars: Sequence[str | None],
        sampling: Sequence[SamplingParams],
        ends: Sequence[int],
        start: int,
    ) -> None:
        """Take a Lark grammar (or None) and sampling per row; `start` is the prompt's length."""
        import torch
        from llguidance import LLMatcher

        self._ends = list(ends)
        self._start = start
        self._matchers = [
            LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar)) if grammar else None
            for grammar in grammars
        ]
        for matcher in self._matchers:
            if matcher is not None and matcher.is_error():
                raise ModelError(f"cannot follow the grammar: {matcher.get_error()}")
        self._sampling = list(sampling)
        self._random = [torch.Generator().manual_seed(params.seed) for params in sampling]

    def __call__(self, input_ids: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        """Return scores in which each row has exactly one finite entry."""
        import torch

        begins = input_ids.shape[1] == self._start
        if not begins:
            self._follow(input_ids[:, -1].tolist())
        chosen = torch.full_like(scores, float("-inf"))
        for row, values in enumerate(scores.float().cpu().numpy()):
            chosen[row, self._next(row, values, begins=begins)] = 0.0
        return chosen

    def _follow(self, last: list[int]) -> None:
        for matcher, token in zip(self._matchers, last, strict=True):
            if matcher is not None and not matcher.is_stopped():
                matcher.consume_token(token)

    def _next(self, row: int, values: "np.ndarray[Any, Any]", *, begins: bool) -> int:
        import numpy as np

        matcher = self._matchers[row]
        if matcher is None:
            return _drawn(values, self._sampling[row], self._random[row], begins=begins)
        if matcher.is_stopped():
            return self._ends[0]
        # llguidance.torch would do this too, but it loads torch's compiler, which takes seconds.
        mask = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
        allowed = np.flatnonzero(mask[: len(values)])
        at = _drawn(values[allowed], self._sampling[row], self._random[row], begins=begins)
        return int(allowed[at])


def _drawn(
    values: "np.ndarray[Any, Any]",
    sampling: SamplingParams,
    random: "torch.Generator",
    *,
    begins: bool,
) -> int:
    """Return the place of the drawn value."""
    import numpy as np
    import torch

    if begins and sampling.first:
        return int(np.argsort(-values)[min(sampling.first, len(values) - 1)])
    if sampling.temperature <= 0:
        return int(values.argmax())
    chances = torch.softmax(torch.from_numpy(values / sampling.temperature), dim=-1)
    if sampling.top_p is not None:
        ordered, order = chances.sort(descending=True)
        beyond = ordered.cumsum(0) - ordered >= sampling.top_p
        chances[order[beyond]] = 0.0
    return int(torch.multinomial(chances, 1, generator=random))
