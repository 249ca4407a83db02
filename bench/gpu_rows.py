"""GPU rows: what is checked of each path, in the words of the table."""

import importlib.metadata
import json
import math
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio

import dlm_lsp
from bench.judge_auroc import MODEL, auroc, passages, sway_margins_of
from dlm_lsp.api.training import training_input
from dlm_lsp.errors import DlmError, ModelError
from dlm_lsp.local.model import Continuation, LocalModel, Prompt
from dlm_lsp.training.plan import TrainRequest, plan_training
from dlm_lsp.training.run import TrainedAdapter
from dlm_lsp.training.trainer import StepDone

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from support.tiny_model import PROSE, overflowing_llama, tiny_llama
from support.trainable_documents import text as trainable_text

UPDATES = 4
PASSAGES = 6
LEFT_BEHIND = 64 * 2**20
"""Bytes of a GPU that may stay taken when nothing of ours runs any more."""


CLEARED_WITHIN = 5.0
"""Seconds after the end of a process."""


class NotPossibleError(Exception):
    """A row cannot be done on this machine; its text says why, in the words of the product."""


@dataclass(frozen=True, slots=True)
class Case:
    """Where a row works, and on what."""

    folder: Path
    device: str

    def document(self, base: str | Path, training: str = "", name: str = "mills") -> Path:
        """Write a document that `base` learns in seconds; `training` is YAML under that key."""
        path = self.folder / f"{name}.dlm"
        lines = "".join(f"  {line}\n" for line in training.splitlines())
        path.write_text(trainable_text(base, lines), encoding="utf-8")
        return path


def machine() -> tuple[str, bool]:
    """Return a line about what computes here, and whether it is a GPU with CUDA."""
    import torch

    has_cuda = torch.cuda.is_available()
    device = torch.cuda.get_device_name() if has_cuda else platform.processor() or "CPU"
    packages = ("torch", "transformers", "peft", "trl", "bitsandbytes")
    return f"{device}; {', '.join(map(_version, packages))}", has_cuda


def train(training: str, case: Case) -> str:
    """Train a small model as the document says, and ask it with the adapter."""
    base = tiny_llama(case.folder / "llama", chat=True)
    return _trained_words(case, base, training)


def train_the_same_twice(case: Case) -> str:
    """Train with one seed twice and with another once."""
    base = tiny_llama(case.folder / "llama")
    weights = [
        (_train(case, base, "", seed=seed, store=f"store {at}")[0].version).joinpath(
            "adapter_model.safetensors"
        )
        for at, seed in enumerate((7, 7, 8))
    ]
    first, again, other = (path.read_bytes() for path in weights)
    _check(first == again, "the same seed gave other weights")
    _check(first != other, "another seed gave the same weights")
    return "one seed, one adapter; another seed, another"


def train_beyond_float16(case: Case) -> str:
    """Train a model whose activations pass 65,504, as `precision: null` decides."""
    return _trained_words(case, overflowing_llama(case.folder / "llama"), "")


def train_beyond_float16_in_fp16(case: Case) -> str:
    """See that numbers that are none end a training in fp16, which was asked for, by name."""
    base = overflowing_llama(case.folder / "llama")
    try:
        trained, losses = _train(case, base, "precision: fp16")
    except ModelError as error:
        return f"refused: {error}"
    _check(all(map(math.isfinite, losses)), f"an adapter from losses {losses}")
    return f"trained all the same, {losses[0]:.2f} -> {losses[-1]:.2f}, into {trained.version.name}"


def train_270m(case: Case) -> str:
    """Train the 270M model, sizes as `auto` decides."""
    return _trained_words(case, _270m(), "")


def generate(model: Callable[[Case], str], case: Case) -> str:
    """Write to eight prompts at once."""
    prompts = [Prompt(f"{PROSE} Mill {n} is", max_new_tokens=32) for n in range(8)]

    async def write() -> tuple[int, float]:
        local = LocalModel(model(case))
        await local.generate(prompts[:1])
        start = time.perf_counter()
        written = await local.generate(prompts)
        seconds = time.perf_counter() - start
        return sum(each.tokens_out for each in written), seconds

    tokens, seconds = anyio.run(write)
    _check(tokens > 0, "nothing was written")
    return f"{tokens / seconds:.0f} tokens a second"


def score_beyond_float16(case: Case) -> str:
    """Score answers with a model whose activations pass 65,504."""
    model = LocalModel(str(overflowing_llama(case.folder / "llama")))

    async def score() -> list[float]:
        return await model.score(PROSE, [Continuation("", f" {n} wheels.") for n in range(4)])

    scores = anyio.run(score)
    _check(all(map(math.isfinite, scores)), f"scores {scores}")
    return f"log-probabilities from {min(scores):.2f} to {max(scores):.2f}"


def judge(case: Case) -> str:
    """Tell right answers from swapped ones with the 270M model."""
    _270m()
    texts = passages()[:PASSAGES]
    start = time.perf_counter()
    margins = anyio.run(sway_margins_of, texts)
    seconds = time.perf_counter() - start
    _check(all(map(math.isfinite, margins)), "margins that are no numbers")
    area = auroc(margins, [right for text in texts for *_, right in text.candidates])
    _check(area > 0.85, f"AUROC {area:.2f}")
    return f"AUROC {area:.2f}, {len(margins) / seconds:.1f} pairs a second, with loading"


def synthesize(case: Case) -> str:
    """Make pairs about a section with the 270M model as teacher and as judge."""
    model = f"hf:{_270m()}"
    document = case.folder / "mill.dlm"
    head = f"---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: {model}\n---\n"
    document.write_text(f"{head}{passages()[0].prose}\n", encoding="utf-8")
    found = dlm_lsp.synthesize(document, teacher=model, judge=model, dry_run=True)
    report = found.report
    _check(report.generated > 0, "no pair was made")
    return f"{report.generated} pairs made, {len(report.accepted)} accepted"


def let_go(case: Case) -> str:
    """See that the memory is free again after generation and after training."""
    before = _taken(case)
    base = tiny_llama(case.folder / "llama")
    during: list[int] = []

    async def write() -> None:
        await LocalModel(str(base)).generate([Prompt(PROSE, max_new_tokens=8)])
        during.append(_taken(case))

    anyio.run(write)
    left = _left(case, before)
    _check(during[0] > before, "the model took no memory, so nothing is measured")
    _check(left <= LEFT_BEHIND, f"{left / 2**20:.0f} MiB stayed taken after generation")
    _train(case, base, "")
    left = _left(case, before)
    _check(left <= LEFT_BEHIND, f"{left / 2**20:.0f} MiB stayed taken after training")
    return f"{(during[0] - before) / 2**20:.0f} MiB while loaded, {left / 2**20:.0f} MiB after"


ROWS: dict[str, Callable[[Case], str]] = {
    "train": partial(train, ""),
    "train in fp32": partial(train, "precision: fp32"),
    "train in bf16": partial(train, "precision: bf16"),
    "train in fp16": partial(train, "precision: fp16"),
    "train with dora": partial(train, "adapter: dora"),
    "train with qlora": partial(train, "adapter: qlora"),
    "train with adamw_bnb_8bit": partial(train, "optimizer: adamw_bnb_8bit"),
    "train with paged_adamw_8bit": partial(train, "optimizer: paged_adamw_8bit"),
    "train qlora with paged_adamw_8bit": partial(
        train, "adapter: qlora\noptimizer: paged_adamw_8bit"
    ),
    "train the same twice": train_the_same_twice,
    "train beyond float16": train_beyond_float16,
    "train beyond float16 in fp16": train_beyond_float16_in_fp16,
    "train the 270M model": train_270m,
    "generate": partial(generate, lambda case: str(tiny_llama(case.folder / "llama"))),
    "generate with the 270M model": partial(generate, lambda _: _270m()),
    "generate beyond float16": partial(
        generate, lambda case: str(overflowing_llama(case.folder / "llama"))
    ),
    "score beyond float16": score_beyond_float16,
    "judge": judge,
    "synthesize": synthesize,
    "let go": let_go,
}


def run(name: str, device: str) -> None:
    """Write what came of a row, and the words for it, into the file in `$ROW`."""
    Path(os.environ["ROW"]).write_text(json.dumps(_outcome(name, device)), encoding="utf-8")


def _outcome(name: str, device: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DLM_HOME"] = str(Path(folder) / "home")
        try:
            return {"outcome": "ok", "words": ROWS[name](Case(Path(folder), device))}
        except NotPossibleError as reason:
            return {"outcome": "not possible here", "words": str(reason)}
        except Exception as error:
            traceback.print_exc()
            return {"outcome": "failed", "words": f"{type(error).__name__}: {error}"}


def _trained_words(case: Case, base: str | Path, training: str) -> str:
    trained, losses = _train(case, base, training)
    _check(all(map(math.isfinite, losses)), f"losses {losses}")
    model = LocalModel(str(base), trained.version)

    async def score() -> list[float]:
        return await model.score(PROSE, [Continuation("", " Three wheels.")])

    [likely] = anyio.run(score)
    _check(math.isfinite(likely), f"the adapter gives {likely}")
    return f"{len(losses)} updates, loss {losses[0]:.3f} -> {losses[-1]:.3f}"


def _train(
    case: Case, base: str | Path, training: str, *, seed: int = 7, store: str = "home"
) -> tuple[TrainedAdapter, Sequence[float]]:
    """Return the adapter and the loss of each update.

    Raises:
        NotPossibleError: the product says that it cannot be done here.
    """
    os.environ["DLM_HOME"] = str(case.folder / store)
    path = case.document(base, training)
    device = "cuda" if case.device == "cuda" else "cpu"
    try:
        plan_training(training_input(path), TrainRequest(device=device))
    except DlmError as refusal:
        raise NotPossibleError(str(refusal).removeprefix(f"{path}: ")) from refusal
    losses: list[float] = []
    [trained] = dlm_lsp.train(
        path,
        seed=seed,
        max_steps=UPDATES,
        device=device,
        on_event=lambda event: losses.append(event.loss) if isinstance(event, StepDone) else None,
    )
    return trained, losses


def _left(case: Case, before: int) -> int:
    """Return the bytes that are taken beyond those before, once a driver had time to clear up."""
    end = time.monotonic() + CLEARED_WITHIN
    while (left := _taken(case) - before) > LEFT_BEHIND and time.monotonic() < end:
        time.sleep(0.1)
    return left


def _taken(case: Case) -> int:
    """Return the bytes of the GPU that are taken; without one, those of our processes' memory."""
    if case.device == "cuda":
        import torch

        free, total = torch.cuda.mem_get_info()
        return total - free
    import psutil

    return sum(child.memory_info().rss for child in psutil.Process().children(recursive=True))


def _270m() -> str:
    """Return the name of the 270M model.

    Raises:
        NotPossibleError: it is not installed.
    """
    from dlm_lsp.local.weights import resolve_weights

    try:
        resolve_weights(MODEL)
    except ModelError as error:
        raise NotPossibleError(str(error)) from error
    return MODEL


def _check(holds: object, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _version(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"no {package}"
