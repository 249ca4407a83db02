"""Judge speed: pairs a second, against two separate passes over the text per pair."""

import time

import torch

from bench.figure import Figure
from bench.judge_auroc import MODEL, passages
from dlm_lsp.local.load import LoadedModel, load_model
from dlm_lsp.local.score import score_continuations
from dlm_lsp.local.sway_score import EMPTY_BASELINES, scoring_prefix, scoring_rows, sway_margins

PASSAGES = 6


def measure() -> list[Figure]:
    """Score the same pairs both ways, taking turns, after one pass to warm up."""
    loaded = load_model(MODEL)
    texts = passages()[:PASSAGES]
    _over_one_prefix(texts[0].prose, list(texts[0].pairs))
    _pass(loaded, texts[0].prose, *texts[0].pairs[0])
    ours = separate = 0.0
    pairs = 0
    for text in texts:
        start = time.perf_counter()
        _over_one_prefix(text.prose, list(text.pairs))
        ours += time.perf_counter() - start
        start = time.perf_counter()
        for question, answer in text.pairs:
            _pass(loaded, text.prose, question, answer)
            _pass(loaded, text.prose, question, EMPTY_BASELINES)
        separate += time.perf_counter() - start
        pairs += len(text.pairs)
    return [
        Figure(
            "judge, pairs per second (beside: two separate passes per pair)",
            "/s",
            pairs / ours,
            pairs / separate,
            asked="at least 3 times",
            met=separate >= 3 * ours,
        )
    ]


def _over_one_prefix(prose: str, pairs: list[tuple[str, str]]) -> None:
    # All that the judge reads: a third row for each pair, and an example before the text.
    sway_margins(score_continuations(MODEL, None, scoring_prefix(prose), scoring_rows(pairs)))


def _pass(loaded: LoadedModel, prose: str, question: str, answer: str) -> float:
    """Return the mean log-probability of the answer, from one pass over everything."""
    read = loaded.tokenizer(f"{prose}\n\nQuestion: {question}\nAnswer:").input_ids
    said = loaded.tokenizer(f" {answer}", add_special_tokens=False).input_ids
    ids = torch.tensor([[*read, *said]])
    with torch.inference_mode():
        logits = loaded.model(input_ids=ids).logits[0, len(read) - 1 : -1]
        chances = torch.log_softmax(logits.float(), dim=-1)
        return float(chances.gather(1, ids[0, len(read) :].unsqueeze(1)).mean())


if __name__ == "__main__":
    print(measure())
