"""Judge AUROC: how well right answers are told from answers to other questions about the text."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from bench.figure import Figure
from dlm_lsp.local.load import load_model
from dlm_lsp.local.score import Continuation, score_continuations
from dlm_lsp.local.sway_score import EMPTY_BASELINES
from dlm_lsp.synth.judge import sway_judge

MODEL = "gemma-3-270m"
PASSAGES = Path(__file__).with_name("passages.json")
REFERENCE_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with right pairs; every answer to another of its questions is a wrong one."""

    prose: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def candidates(self) -> list[tuple[str, str, bool]]:
        """Every question with every answer, and whether the two belong together."""
        return [
            (question, answer, answer == right)
            for question, right in self.pairs
            for _, answer in self.pairs
        ]


def measure() -> list[Figure]:
    """Judge all candidates of all passages by our margin and by the reference's formula."""
    texts = passages()
    ours = anyio.run(sway_margins_of, texts)
    reference = [margin for text in texts for margin in _reference(text)]
    right = [is_right for text in texts for *_, is_right in text.candidates]
    found, theirs = auroc(ours, right), auroc(reference, right)
    what = f"judge, AUROC, answers swapped within {len(texts)} passages, {MODEL}"
    return [Figure(what, "", found, theirs, asked="at least 0.85", met=found >= 0.85)]


def passages() -> list[Passage]:
    """Return the passages with their right pairs."""
    return [
        Passage(item["prose"], tuple((question, answer) for question, answer in item["pairs"]))
        for item in json.loads(PASSAGES.read_text(encoding="utf-8"))
    ]


def auroc(values: Sequence[float], right: Sequence[bool]) -> float:
    """Return the chance that a right pair has a larger value than a wrong one, ties at half."""
    good = [value for value, is_right in zip(values, right, strict=True) if is_right]
    bad = [value for value, is_right in zip(values, right, strict=True) if not is_right]
    wins = sum((g > b) + (g == b) / 2 for g in good for b in bad)
    return wins / (len(good) * len(bad))


async def sway_margins_of(texts: Sequence[Passage]) -> list[float]:
    """Return our margin of each candidate of each passage."""
    judge = sway_judge(MODEL, None, None)
    await judge.prepare()
    margins: list[float] = []
    for text in texts:
        margins += await judge.margins(text.prose, [(q, a) for q, a, _ in text.candidates])
    return margins


def _reference(text: Passage) -> list[float]:
    """Return the reference's margin: no prose, log-probability over a quarter of the characters."""
    margins = []
    for question, _ in text.pairs:
        answers = [answer for _, answer in text.pairs]
        rows = [Continuation("", f" {answer}") for answer in (*answers, EMPTY_BASELINES)]
        *values, nothing = (
            mean * len(load_model(MODEL).tokenizer(row.text, add_special_tokens=False).input_ids)
            / max(1, len(row.text.strip()) // REFERENCE_CHARACTERS_PER_TOKEN)
            for mean, row in zip(
                score_continuations(MODEL, None, question, rows), rows, strict=True
            )
        )  # fmt: skip
        margins += [value - nothing for value in values]
    return margins


if __name__ == "__main__":
    print(measure())
