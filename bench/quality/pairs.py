"""Raw pairs: what a teacher wrote about a section and what the filters said of it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Maker = Literal["ours", "reference"]


@dataclass(frozen=True, slots=True)
class RawPair:
    """A pair as it was written, who wrote it how, and what became of it.

    `maker` is whose program asked, `prompt` the version of its prompts. `reason` is why the pair
    was refused, empty where it was accepted; `margin` and `verified` are what judge and
    verification said, None where they did not run.
    """

    section: str
    maker: Maker
    teacher: str
    strategy: str
    prompt: str
    filter: str
    question: str
    answer: str
    evidence: str = ""
    reason: str = ""
    margin: float | None = None
    verified: float | None = None

    @property
    def id(self) -> str:
        """What names a question and answer about a section, and tells neither."""
        return pair_id(self.section, self.question, self.answer)

    @property
    def accepted(self) -> bool:
        """Whether the filters let it pass."""
        return not self.reason


def pair_id(section: str, question: str, answer: str) -> str:
    """Return the hash that stands for a pair."""
    text = json.dumps([section, " ".join(question.split()), " ".join(answer.split())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_pairs(path: Path, pairs: Iterable[RawPair]) -> int:
    """Write a run, a line a pair as it comes; return how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for pair in pairs:
            print(json.dumps(asdict(pair), ensure_ascii=False), file=file, flush=True)
            count += 1
    return count


def read_pairs(path: Path) -> Iterator[RawPair]:
    """Yield the pairs of a run."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield RawPair(**json.loads(line))
