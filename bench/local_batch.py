"""Batch generation benchmark: tokens a second in batches of 8, against one prompt at a time."""

import time
from collections.abc import Sequence

from bench.figure import Figure
from bench.judge_auroc import MODEL, passages
from dlm_lsp.local.generate import BATCH, Prompt, generate_batch

TOKENS = 48


def measure() -> list[Figure]:
    """Write to the same eight prompts both ways, after one to warm up."""
    prompts = [
        Prompt(text.prose.split(". ")[0] + ". In other words,", max_new_tokens=TOKENS)
        for text in passages()[:BATCH]
    ]
    _tokens_per_second([prompts[:1]])
    single = _tokens_per_second([[prompt] for prompt in prompts])
    batched = _tokens_per_second([prompts])
    return [
        Figure(
            f"local model, batch of {BATCH}, tokens per second (beside: one by one)",
            "/s",
            batched,
            single,
            asked="at least 3.5 times",
            met=batched >= 3.5 * single,
        )
    ]


def _tokens_per_second(batches: Sequence[Sequence[Prompt]]) -> float:
    start = time.perf_counter()
    tokens = sum(
        generated.tokens_out
        for batch in batches
        for generated in generate_batch(MODEL, None, batch)
    )
    return tokens / (time.perf_counter() - start)


if __name__ == "__main__":
    print(measure())
