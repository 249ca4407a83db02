"""Pair grades: what a reader thought of each pair, held against its text."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bench.quality.text_sections import Half, Source

Grade = Literal["right", "trivial", "wrong", "not_self_contained", "other_language"]
GRADES: tuple[Grade, ...] = ("right", "trivial", "wrong", "not_self_contained", "other_language")
GRADED = Path(__file__).with_name("pairs.jsonl")


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose program had which teacher write a pair, by which strategy and prompts."""

    maker: str
    teacher: str
    strategy: str
    prompt: str


@dataclass(frozen=True, slots=True)
class GradedPair:
    """A pair with its grade by `RUBRIC.md`; `second` is the grade of another reader.

    The words of a pair stand here only where its text is ours.
    """

    id: str
    section: str
    language: str
    half: Half
    source: Source
    grade: Grade
    origins: tuple[Origin, ...]
    why: str = ""
    second: Grade | None = None
    question: str = ""
    answer: str = ""
    evidence: str = ""


def read_grades(path: Path = GRADED) -> dict[str, GradedPair]:
    """Return the graded pairs by their ids."""
    if not path.is_file():
        return {}
    found: dict[str, GradedPair] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        raw["origins"] = tuple(Origin(*origin) for origin in raw["origins"])
        found[raw["id"]] = GradedPair(**raw)
    return found


def write_grades(pairs: Iterable[GradedPair], path: Path = GRADED) -> None:
    """Write the graded pairs, those of a section together."""
    in_order = sorted(pairs, key=lambda p: (p.half, p.language, p.source, p.section, p.id))
    path.write_text("".join(f"{_line(pair)}\n" for pair in in_order), encoding="utf-8")


def _line(pair: GradedPair) -> str:
    raw = {key: value for key, value in asdict(pair).items() if value not in ("", None)}
    raw["origins"] = [list(origin.values()) for origin in raw["origins"]]
    return json.dumps(raw, ensure_ascii=False)
