"""Batch generation benchmark: tokens a second in a batch, against one by one and by fewer."""

import time
from collections.abc import Sequence

from bench.figure import Figure
from bench.judge_auroc import MODEL, passages
from dlm_lsp.local.batch_size import batch_size
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import load_model

FEW = 8
TOKENS = 48


def measure() -> list[Figure]:
    """Write to the same prompts each way, after one to warm up."""
    most = batch_size(load_model(MODEL), TOKENS)
    prompts = [
        Prompt(text.prose.split(". ")[0] + ". In other words,", max_new_tokens=TOKENS)
        for text in passages()[:most]
    ]
    _tokens_per_second(prompts[:1], 1)
    few = prompts[:FEW]
    single, by_few = _tokens_per_second(few, 1), _tokens_per_second(few, FEW)
    together, in_parts = _tokens_per_second(prompts, most), _tokens_per_second(prompts, FEW)
    return [
        Figure(
            f"local model, batch of {FEW}, tokens per second (beside: one by one)",
            "/s",
            by_few,
            single,
            asked="at least 3.5 times",
            met=by_few >= 3.5 * single,
        ),
        Figure(
            f"local model, batch of {len(prompts)}, tokens per second (beside: {FEW} at a time)",
            "/s",
            together,
            in_parts,
            asked="more",
            met=together > in_parts,
        ),
    ]


def _tokens_per_second(prompts: Sequence[Prompt], size: int) -> float:
    start = time.perf_counter()
    tokens = sum(
        generated.tokens_out
        for at in range(0, len(prompts), size)
        for generated in generate_batch(MODEL, None, prompts[at : at + size])
    )
    return tokens / (time.perf_counter() - start)


if __name__ == "__main__":
    print(measure())
