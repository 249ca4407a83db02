"""Teacher runs: what one teacher wrote about sections and what the filters said of it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from bench.quality.text_sections import CACHE, Half

Maker = Literal["ours", "reference"]
MAKERS: tuple[Maker, Maker] = ("ours", "reference")
COMMITTED = Path(__file__).with_name("outcomes")
WITH_TEXTS = CACHE / "runs"


@dataclass(frozen=True, slots=True)
class RawPair:
    """A pair as it was written, and what became of it.

    `reason` is why it was refused, empty where it was accepted; `margin` and `verified` are what
    judge and verification said, None where they did not run. A committed pair has no words.
    """

    id: str
    section: str
    strategy: str
    reason: str = ""
    margin: float | None = None
    verified: float | None = None
    question: str = ""
    answer: str = ""
    evidence: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the filters let it pass."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class Run:
    """Whose program asked which teacher, how, about which sections, and all that came.

    `prompt` is the version of the prompts, `per_section` how many pairs were asked for, `asked_at`
    when (ISO-8601, UTC), `sections` the language of each section by its id.
    """

    half: Half
    maker: Maker
    teacher: str
    strategy: str
    filter: str
    prompt: str
    per_section: int
    asked_at: str
    sections: Mapping[str, str]
    pairs: tuple[RawPair, ...]

    @property
    def name(self) -> str:
        """The name of its file; the same question asked again has the same."""
        parts = (self.half, self.maker, self.teacher, self.strategy, self.filter, self.prompt)
        return "_".join(parts)


def pair_id(section: str, question: str, answer: str) -> str:
    """Return the hash that stands for a pair about a section and tells none of its words."""
    text = json.dumps([section, " ".join(question.split()), " ".join(answer.split())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def now() -> str:
    """Return the time that a run ended at."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_run(run: Run) -> Path:
    """Keep a run with its words in the cache, and without them beside this file."""
    bare = [replace(pair, question="", answer="", evidence="") for pair in run.pairs]
    _write(WITH_TEXTS, run)
    return _write(COMMITTED, replace(run, pairs=tuple(bare)))


def read_runs(folder: Path = COMMITTED) -> Iterator[Run]:
    """Yield every run in a folder, by name."""
    for path in sorted(folder.glob("*.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        pairs = tuple(RawPair(**pair) for pair in raw.pop("pairs"))
        yield Run(**raw, pairs=pairs)


def _write(folder: Path, run: Run) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.name}.json"
    raw = asdict(run)
    lines = ",\n".join(json.dumps(_filled(pair), ensure_ascii=False) for pair in raw.pop("pairs"))
    head = json.dumps(raw, ensure_ascii=False)[:-1]
    path.write_text(f'{head}, "pairs": [\n{lines}\n]}}\n', encoding="utf-8")
    return path


def _filled(pair: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in pair.items() if value not in ("", None)}
