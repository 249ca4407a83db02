"""Number type benchmark: a local model in bfloat16 beside the same in float32, and the judge."""

import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch

from bench.figure import Figure
from bench.judge_auroc import MODEL, auroc, passages
from bench.quality.__main__ import all_sections
from bench.quality.grades import read_grades
from bench.quality.runs import WITH_TEXTS, read_runs
from bench.run import table
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import LoadedModel, load_model, read_model
from dlm_lsp.local.score import score_continuations
from dlm_lsp.local.sway_score import scoring_prefix, scoring_rows, sway_margins
from dlm_lsp.synth.judge_calibration import calibration_of

BATCH = 8
TOKENS = 48
ROUNDS = 5
PASSAGES = 4


def measure() -> list[Figure]:
    """Generate and judge in both types by turns, and compare what they decide of graded pairs."""
    with _both_types() as in_type:
        return [_shown(figure) for part in (_speeds, _decisions) for figure in part(in_type)]


def _shown(figure: Figure) -> Figure:
    print(figure, file=sys.stderr, flush=True)
    return figure


@contextmanager
def _both_types() -> Iterator[Mapping[str, Callable[[], None]]]:
    """Give for each type what makes the loaded model compute in it."""
    loaded = load_model(MODEL)
    before = loaded.model
    models = {
        name: read_model(MODEL, loaded.weights, getattr(torch, name)).to(loaded.device).eval()
        for name in ("float32", "bfloat16")
    }

    def switch(name: str) -> Callable[[], None]:
        return lambda: _put(loaded, models[name])

    try:
        yield {name: switch(name) for name in models}
    finally:
        loaded.model = before


def _put(loaded: LoadedModel, model: object) -> None:
    loaded.model = model


def _speeds(in_type: Mapping[str, Callable[[], None]]) -> Iterator[Figure]:
    texts = passages()[:BATCH]
    prompts = [
        Prompt(text.prose.split(". ")[0] + ". In other words,", max_new_tokens=TOKENS)
        for text in texts
    ]

    def generate(some: Sequence[Prompt]) -> Callable[[], int]:
        return lambda: sum(written.tokens_out for written in generate_batch(MODEL, None, some))

    def judge() -> int:
        for text in texts[:PASSAGES]:
            _margins(text.prose, text.pairs)
        return sum(len(text.pairs) for text in texts[:PASSAGES])

    for what, unit, work, least in (
        (f"generation in a batch of {BATCH}, tokens per second", "/s", generate(prompts), 2.3),
        ("generation, one prompt, tokens per second", "/s", generate(prompts[:1]), 1.0),
        ("judge, pairs per second", "/s", judge, 2.5),
    ):
        best = _best_of_turns(work, in_type)
        ratio = best["bfloat16"] / best["float32"]
        yield Figure(
            f"{what}, bfloat16 (beside: float32)",
            unit,
            best["bfloat16"],
            best["float32"],
            asked=f"at least {least} times",
            met=ratio >= least,
        )


def _best_of_turns(
    work: Callable[[], int], in_type: Mapping[str, Callable[[], None]]
) -> dict[str, float]:
    """Return the best rate of each type over rounds in which they take turns."""
    best = dict.fromkeys(in_type, 0.0)
    for at in range(ROUNDS + 1):
        for name, switch in in_type.items():
            switch()
            start = time.perf_counter()
            done = work()
            if at:  # The first round warms up.
                best[name] = max(best[name], done / (time.perf_counter() - start))
    return best


def _decisions(in_type: Mapping[str, Callable[[], None]]) -> Iterator[Figure]:
    """Judge every graded pair whose words are here in both types."""
    graded = read_grades()
    pairs = {pair.id: pair for run in read_runs(WITH_TEXTS) for pair in run.pairs}
    known = [pair for pair in pairs.values() if pair.id in graded]
    margins: dict[str, dict[str, float]] = {name: {} for name in in_type}
    for name, switch in in_type.items():
        switch()
        for section in all_sections():
            about = [pair for pair in known if pair.section == section.id]
            if about:
                found = _margins(section.text, [(pair.question, pair.answer) for pair in about])
                margins[name] |= zip((pair.id for pair in about), found, strict=True)
    calibration = calibration_of(MODEL)
    assert calibration
    float32, bfloat16 = margins["float32"], margins["bfloat16"]
    same = sum(
        (margin >= calibration.threshold) == (bfloat16[id_] >= calibration.threshold)
        for id_, margin in float32.items()
    )
    share = same / len(float32)
    yield Figure(
        f"judge, share of {len(float32)} graded pairs decided alike in bfloat16 and float32",
        "",
        share,
        None,
        asked="at least 0.99",
        met=share >= 0.99,
    )
    apart = [abs(margin - bfloat16[id_]) for id_, margin in float32.items()]
    yield Figure(
        "judge, root mean square of the difference between their margins, nats per token",
        "",
        math.sqrt(sum(each * each for each in apart) / len(apart)),
        None,
        asked="",
        met=True,
    )
    judged = [id_ for id_ in float32 if graded[id_].grade in ("right", "wrong")]
    right = [graded[id_].grade == "right" for id_ in judged]
    areas = [auroc([of[id_] for id_ in judged], right) for of in (bfloat16, float32)]
    yield Figure(
        "judge, AUROC over them, bfloat16 (beside: float32)",
        "",
        areas[0],
        areas[1],
        asked="no less by 0.005",
        met=areas[0] >= areas[1] - 0.005,
    )


def _margins(prose: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
    return sway_margins(
        score_continuations(MODEL, None, scoring_prefix(prose), scoring_rows(pairs))
    )


if __name__ == "__main__":
    print(table(measure()), end="")
