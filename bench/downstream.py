"""Downstream benchmark: what a model answers after training on prose, and on prose and pairs.

`python -m bench.downstream` goes on where it was stopped: pairs and results are kept under
`bench/downstream/` as they come. In the end it prints the table and draws `bench/downstream.png`.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from bench.reference import reference_python
from dlm_lsp.document import parse
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.score import Continuation, score_continuations
from dlm_lsp.local.weights import resolve_weights
from dlm_lsp.training.recipe import Recipe
from dlm_lsp.training.rows import PairRow, TrainingRow, TrainValidationSplit, training_rows
from dlm_lsp.training.trainer import TrainerJob, train_adapter

FOLDER = Path(__file__).with_suffix("")
RESULTS = FOLDER / "results.jsonl"
PICTURE = Path(__file__).with_suffix(".png")
MODEL = "hf:gemma-3-270m"
BASE = "nothing (the base model)"
PROSE = "prose alone"
UNFILTERED = "prose + unfiltered pairs"
FILTERED = "prose + pairs that passed the filters"
REFERENCE = "prose + the reference's pairs"
ANOTHER = "prose + pairs about another document"
CONDITIONS = (PROSE, UNFILTERED, FILTERED, REFERENCE, ANOTHER)
"""The last tells how much of the benefit is the form of an answer, and not what it says."""
LONGEST_ANSWER = 20


@dataclass(frozen=True, slots=True)
class Setting:
    """How long and how fast is learned, and from how many seeds."""

    updates: int
    learning_rate: float
    seeds: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.updates} updates at {self.learning_rate:g}"


SETTINGS = (
    Setting(12, 2e-4, (1, 2, 3)),
    Setting(12, 1e-3, (1, 2, 3)),
    Setting(60, 1e-3, (1,)),
)
"""The first learning rate is the default of the format."""
UNTRAINED = Setting(0, 0.0, (0,))


@dataclass(frozen=True, slots=True)
class Result:
    """What one training came to: means over the 12 held-out questions of a document.

    `content` tells the rows that were learned from any others.
    """

    document: str
    condition: str
    updates: int
    learning_rate: float
    seed: int
    rows: int
    content: str
    answer_loss: float
    f1: float
    seconds: float


def main() -> None:
    """Train and measure what is not there yet, then show all."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    names = _names()
    for name in names:
        _once(name, BASE, UNTRAINED, 0)
    for setting in SETTINGS:
        # Seed by seed, so that a run that is stopped early has whole ones.
        for seed, name, condition in product(setting.seeds, names, CONDITIONS):
            _once(name, condition, setting, seed)
    print(table(results()))
    draw(results(), PICTURE)


def _names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.dlm"))


def results() -> list[Result]:
    """Return what was measured so far."""
    if not RESULTS.is_file():
        return []
    return [Result(**json.loads(line)) for line in RESULTS.read_text().splitlines()]


def _once(name: str, condition: str, setting: Setting, seed: int) -> None:
    alike = (name, setting.updates, setting.learning_rate, seed)
    done = [r for r in results() if (r.document, r.updates, r.learning_rate, r.seed) == alike]
    if any(result.condition == condition for result in done):
        return
    learned = () if condition == BASE else tuple(_rows(name, condition))
    content = hashlib.sha256(repr(learned).encode()).hexdigest()[:16]
    same = [result for result in done if result.content == content]
    if same:
        # On the processor the same rows and seed give the same weights.
        found = Result(**(asdict(same[0]) | {"condition": condition}))
    else:
        began = time.monotonic()
        loss, f1 = _measure(name, learned, setting, seed)
        took = round(time.monotonic() - began, 1)
        figures = (seed, len(learned), content, loss, f1, took)
        found = Result(name, condition, setting.updates, setting.learning_rate, *figures)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(found)) + "\n")
    print(found, file=sys.stderr, flush=True)


def _rows(name: str, condition: str) -> Iterator[TrainingRow]:
    document = parse((FOLDER / f"{name}.dlm").read_text(encoding="utf-8"))
    yield from training_rows(document.sections)
    key = {UNFILTERED: "unfiltered", FILTERED: "filtered", REFERENCE: "reference"}.get(condition)
    pairs = _pairs(name, key) if key else []
    if condition == ANOTHER:
        names = _names()
        pairs = _pairs(names[names.index(name) - 1], "filtered")
    for at, (question, answer) in enumerate(pairs):
        yield PairRow(f"{at:016x}", question, answer)


def _measure(
    name: str, learned: tuple[TrainingRow, ...], setting: Setting, seed: int
) -> tuple[float, float]:
    """Return answer loss and F1 over the held-out questions after training on these rows."""
    if not learned:
        return _asked(name, None)
    with tempfile.TemporaryDirectory() as scratch:
        adapter = Path(scratch) / "adapter"
        recipe = Recipe(
            adapter="lora",
            lora_r=8,
            lora_alpha=16,
            lora_dropout=0.05,
            target_modules=None,
            learning_rate=setting.learning_rate,
            sequence_len=64,
            num_epochs=setting.updates,
            optimizer="adamw_torch",
            lr_scheduler="cosine",
            warmup_ratio=0.1,
            precision="bf16",
            seed=seed,
            micro_batch_size=4,
            grad_accum=1,
        )
        job = TrainerJob(
            model=MODEL,
            recipe=recipe,
            rows=TrainValidationSplit(learned, ()),
            system=None,
            device="cpu",
            checkpoints=Path(scratch) / "checkpoints",
            target=adapter,
            max_steps=setting.updates,
        )
        with contextlib.redirect_stdout(io.StringIO()):
            train_adapter(job, lambda _: None)
        return _asked(name, adapter)


def _asked(name: str, adapter: Path | None) -> tuple[float, float]:
    asked = [
        (str(pair["question"]), str(pair["answer"]))
        for pair in yaml.safe_load((FOLDER / f"{name}.questions.yaml").read_text(encoding="utf-8"))
    ]
    # The layout that training gives a pair for a model without a chat template.
    lines = [Continuation(f" {question}\nA:", f" {answer}") for question, answer in asked]
    likely = score_continuations(MODEL, adapter, "Q:", lines)
    prompts = [Prompt(f"Q: {question}\nA:", max_new_tokens=LONGEST_ANSWER) for question, _ in asked]
    replies = [
        (generated.text.strip().splitlines() or [""])[0]
        for generated in generate_batch(MODEL, adapter, prompts)
    ]
    f1 = [token_f1(reply, answer) for reply, (_, answer) in zip(replies, asked, strict=True)]
    return -statistics.mean(likely), statistics.mean(f1)


def token_f1(said: str, right: str) -> float:
    """Return how far two answers share their words; case, articles and marks do not count."""
    ours, theirs = (
        Counter(word for word in re.findall(r"\w+", text.lower()) if word not in {"a", "an", "the"})
        for text in (said, right)
    )
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total()) if shared else 0.0


@cache
def _pairs(name: str, key: str) -> list[tuple[str, str]]:
    """Return pairs about a document, synthesized when first wanted and kept in a file."""
    file = FOLDER / f"{name}.{key}.json"
    if not file.is_file():
        source = FOLDER / f"{name}.dlm"
        found = _reference(source) if key == "reference" else _ours(source, key)
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [(pair["question"], pair["answer"]) for pair in json.loads(file.read_text())["pairs"]]


def _ours(source: Path, key: str) -> Mapping[str, Any]:
    keep = {"unfiltered": "none", "filtered": "sway"}[key]
    # Both kinds have the same replies, so the second asks nothing.
    home = Path(tempfile.gettempdir()) / "dlm-downstream"
    command = [str(Path(sys.executable).with_name("dlm")), "synth", "instructions", str(source)]
    command += ["--teacher", MODEL, "--filter", keep, "--dry-run", "--json"]
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"DLM_HOME": str(home)},
    )
    (document,) = json.loads(done.stdout)["documents"]
    return {
        "by": f"dlm synth instructions --teacher {MODEL} --filter {keep}",
        "pairs": [{k: pair[k] for k in ("question", "answer")} for pair in document["accepted"]],
    }


def _reference(source: Path) -> Mapping[str, Any]:
    """Let the reference's pipeline ask the same teacher, with everything else at its default.

    Its default filter needs an adapter, so all that it can read is taken.
    """
    teacher = f"hf:{resolve_weights(MODEL).folder}"
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copy(source, scratch))
        home = Path(scratch) / "home"
        command = [str(reference_python().with_name("dlm")), "synth", "instructions", str(copy)]
        command += ["--teacher", teacher, "--filter", "none"]
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | {"DLM_HOME": str(home)},
        )
        plan = next(home.rglob("pending.json"), None)
        staged = json.loads(plan.read_text(encoding="utf-8"))["sections"] if plan else []
        text = "\n".join(f"::instruction::\n{section['content']}" for section in staged)
        pairs = [
            {"question": placed.pair.question, "answer": placed.pair.answer}
            for section in parse(text).sections
            for placed in section.pairs
        ]
    said = " ".join(f"{done.stdout}\n{done.stderr}".split()).replace(teacher, MODEL)
    return {
        "by": f"reference 0.10.0: dlm synth instructions --teacher {MODEL} --filter none",
        "exit_code": done.returncode,
        "said": said[said.find("synth:") :].replace(str(copy), source.name),
        "pairs": pairs,
    }


def table(found: Sequence[Result]) -> str:
    """Return the results as a Markdown table: means over the documents, spread over the seeds."""
    lines = [
        "| updates | trained on | pairs | held-out answer loss | closed-book token F1 |",
        "|---|---|---:|---:|---:|",
    ]
    prose = {result.document: result.rows for result in found if result.condition == PROSE}
    for setting, condition in ((UNTRAINED, BASE), *product(SETTINGS, CONDITIONS)):
        some = _some(found, condition, setting)
        if not some:
            continue
        pairs = statistics.mean(
            max(0, result.rows - prose.get(result.document, 0)) for result in some
        )
        cells = (
            str(setting) if setting.updates else "-",
            condition,
            f"{pairs:.1f}",
            _spread(_by_seed(some, "answer_loss"), 2),
            _spread(_by_seed(some, "f1"), 3),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _some(found: Sequence[Result], condition: str, setting: Setting) -> list[Result]:
    return [
        result
        for result in found
        if (result.condition, result.updates, result.learning_rate)
        == (condition, setting.updates, setting.learning_rate)
    ]


def _by_seed(some: Sequence[Result], what: str) -> list[float]:
    """Return the mean over the documents for each seed."""
    return [
        statistics.mean(getattr(result, what) for result in some if result.seed == seed)
        for seed in sorted({result.seed for result in some})
    ]


def _spread(values: Sequence[float], digits: int) -> str:
    mean = f"{statistics.mean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{digits}f}"


def draw(found: Sequence[Result], path: Path) -> None:
    """Draw loss and F1 of each condition: a bar for the mean, a dot for each seed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5), layout="constrained")
    panels = zip(
        figure.subplots(1, 2),
        ("answer_loss", "f1"),
        ("held-out answer loss (nats per token)", "closed-book token F1"),
        strict=True,
    )
    for axes, what, title in panels:
        for (above, setting), (at, condition) in product(
            enumerate(SETTINGS), enumerate(CONDITIONS)
        ):
            if some := _some(found, condition, setting):
                values, place = _by_seed(some, what), at + 0.27 * (above - 1)
                name = str(setting) if at == 0 else None
                mean = statistics.mean(values)
                axes.barh(place, mean, 0.25, color=f"C{above}", alpha=0.6, label=name)
                axes.plot(values, [place] * len(values), "k.", ms=4)
        bare = _by_seed(_some(found, BASE, UNTRAINED), what)
        axes.axvline(statistics.mean(bare), color="k", ls=":", label="base model")
        axes.set(title=title, yticks=range(len(CONDITIONS)))
        axes.set_yticklabels(CONDITIONS if what == "answer_loss" else [""] * len(CONDITIONS))
        axes.invert_yaxis()
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
