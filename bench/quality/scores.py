"""Judge scores: what a model thinks of every graded pair, whatever the rules said of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio

from bench.quality.grades import GradedPair
from bench.quality.runs import RawPair
from bench.quality.text_sections import TextSection
from dlm_lsp.synth.judge import sway_judge

SCORES = Path(__file__).with_name("margins")


def judge_margins(
    pairs: Sequence[RawPair], sections: Sequence[TextSection], judge: str
) -> dict[str, float]:
    """Return the margin of each pair in the eyes of a local model.

    Raises:
        JudgeError: the model cannot be had, or failed.
    """

    async def run() -> dict[str, float]:
        model = sway_judge(None, None, judge)
        await model.prepare()
        found: dict[str, float] = {}
        for section in sections:
            about = [pair for pair in pairs if pair.section == section.id]
            texts = [(pair.question, pair.answer) for pair in about]
            margins = await model.margins(section.text, texts) if about else []
            found |= {pair.id: value for pair, value in zip(about, margins, strict=True)}
        await model.aclose()
        return found

    return anyio.run(run)


def write_scores(name: str, scores: Mapping[str, float]) -> Path:
    """Keep the scores of one model beside those that are there."""
    SCORES.mkdir(exist_ok=True)
    path = SCORES / f"{name}.json"
    merged = read_scores().get(name, {}) | {id_: round(value, 4) for id_, value in scores.items()}
    path.write_text(json.dumps(dict(sorted(merged.items())), indent=0) + "\n", encoding="utf-8")
    return path


def read_scores() -> dict[str, dict[str, float]]:
    """Return the scores that are kept, by model."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(SCORES.glob("*.json"))
    }


def right_and_wrong(
    scores: Mapping[str, float], graded: Mapping[str, GradedPair], half: str
) -> tuple[list[float], list[bool]]:
    """Return the scores of the right and the wrong pairs of a half, and which are right."""
    pairs = [graded[id_] for id_ in scores if id_ in graded]
    chosen = [pair for pair in pairs if pair.half == half and pair.grade in ("right", "wrong")]
    return [scores[pair.id] for pair in chosen], [pair.grade == "right" for pair in chosen]
