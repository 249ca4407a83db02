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
        choose = self._choose_by_row if scores.is_cpu else self._choose_on_device
        chosen = choose(scores.float(), begins=begins)
        return torch.full_like(scores, float("-inf")).scatter_(1, chosen.unsqueeze(1), 0.0)

    def _follow(self, last: list[int]) -> None:
        for matcher, token in zip(self._matchers, last, strict=True):
            if matcher is not None and not matcher.is_stopped():
                matcher.consume_token(token)

    def _choose_by_row(self, values: "torch.Tensor", *, begins: bool) -> "torch.Tensor":
        """Return the next token of each row; a processor is quicker with the allowed ones alone."""
        import torch

        rows = enumerate(values.numpy())
        return torch.tensor([self._next(row, scores, begins=begins) for row, scores in rows])

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

    def _choose_on_device(self, values: "torch.Tensor", *, begins: bool) -> "torch.Tensor":
        """Return the next token of each row, on the device of the values.

        There go the masks, of one bit a token; nothing is waited for before the next token.
        """
        if any(self._matchers):
            values = values.masked_fill(~self._allowed(values), float("-inf"))
        chosen = values.argmax(dim=-1)
        for row, sampling in enumerate(self._sampling):
            if begins and sampling.first:
                chosen[row] = _ranked_on_device(values[row], sampling.first)
            elif sampling.temperature > 0:
                chosen[row] = _drawn_on_device(values[row], sampling, self._random[row])
        return chosen

    def _allowed(self, values: "torch.Tensor") -> "torch.Tensor":
        """Return for each row which tokens may come next, on the device of `values`."""
        import torch

        size = values.shape[1]
        bits = bytearray()
        for matcher in self._matchers:
            bits += self._bits(matcher, size)
        packed = torch.frombuffer(bits, dtype=torch.uint8).to(values.device)
        places = torch.arange(8, dtype=torch.uint8, device=values.device)
        unpacked = (packed.view(len(self._matchers), -1, 1) >> places) & 1
        return unpacked.view(len(self._matchers), -1)[:, :size].bool()

    def _bits(self, matcher: Any, size: int) -> bytes:
        """Return a bit for each token that may come next; the lowest of a byte is the first."""
        length = -(-size // 32) * 4
        if matcher is None:
            return b"\xff" * length
        if matcher.is_stopped():
            end = bytearray(length)
            end[self._ends[0] // 8] = 1 << self._ends[0] % 8
            return bytes(end)
        return bytes(matcher.compute_bitmask())


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


def _ranked_on_device(values: "torch.Tensor", rank: int) -> "torch.Tensor":
    """Return the place of the value of this rank among those that are finite, 0 for the largest."""
    last = int(values.isfinite().sum()) - 1
    return values.topk(min(rank, last) + 1).indices[-1]


def _drawn_on_device(
    values: "torch.Tensor", sampling: SamplingParams, random: "torch.Generator"
) -> "torch.Tensor":
    """Return the place of the value that is drawn."""
    import torch

    chances, order = torch.softmax(values / sampling.temperature, dim=-1).sort(descending=True)
    sums = chances.cumsum(0)
    if sampling.top_p is not None:
        sums = sums[: int((sums - chances < sampling.top_p).sum())]
    # The chance is of this process and not of the device, so that a seed draws the same on each.
    drawn = torch.rand(1, generator=random).to(values.device)
    at = torch.searchsorted(sums, drawn * sums[-1], right=True)
    return order[at.clamp(max=len(sums) - 1)].squeeze(0)
