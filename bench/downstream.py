"""Downstream benchmark: what a model answers after training on prose, and on prose and pairs.

`python -m bench.downstream NAME...` trains and measures what is not there yet of these documents,
models and seeds (all where none is named); results are kept beside the documents.
`python -m bench.downstream table` prints the tables and draws `docs/media/downstream.png`.
"""

import contextlib
import hashlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

import yaml

from bench.downstream_pairs import FOLDER, WAYS, pairs_of
from bench.downstream_results import (
    BASE,
    PROSE,
    Result,
    choice_accuracy,
    differences_table,
    draw,
    measured,
    results_table,
    token_f1,
    whole_documents,
)
from dlm_lsp.document import parse
from dlm_lsp.document.schema import Training
from dlm_lsp.local.chat_template import render_exchange, template_of
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import load_model
from dlm_lsp.local.score import score_answers
from dlm_lsp.training.devices import choose_precision
from dlm_lsp.training.recipe import make_recipe
from dlm_lsp.training.rows import PairRow, TrainingRow, TrainValidationSplit, training_rows
from dlm_lsp.training.trainer import TrainerJob, train_adapter

RESULTS = FOLDER / "results.jsonl"
PICTURE = Path(__file__).parents[1] / "docs" / "media" / "downstream.png"
SMOLLM2 = os.environ.get("DLM_DOWNSTREAM_SMOLLM2", "~/.cache/dlm-models/smollm2.gguf")
MODELS = {
    "gemma-3-270m": "hf:gemma-3-270m",
    "SmolLM2-135M-Instruct": f"hf:{Path(SMOLLM2).expanduser()}",
}
SEEDS = (1, 2, 3)
UPDATES, ROWS_PER_UPDATE, LEARNING_RATE, SEQUENCE = 60, 4, 1e-3, 128
LONGEST_REPLY = 32


def main(names: list[str]) -> None:
    """Train and measure what is not there yet, or show all whole documents."""
    if names == ["table"]:
        found = whole_documents(results())
        print(f"{results_table(found)}\n\n{differences_table(found)}")
        draw(found, PICTURE)
        return
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    models = [name for name in names if name in MODELS] or list(MODELS)
    seeds = [seed for seed in SEEDS if str(seed) in names] or SEEDS
    documents = [name for name in names if name not in {*MODELS, *map(str, SEEDS)}]
    for document in documents or sorted(path.stem for path in FOLDER.glob("*.dlm")):
        if SEEDS[0] in seeds:
            for model in models:
                _measure_once(document, model, BASE, 0)
        # Seed by seed, so that a run that is stopped early has whole ones.
        for seed, model, condition in product(seeds, models, (PROSE, *WAYS)):
            _measure_once(document, model, condition, seed)


def results() -> list[Result]:
    """Return what was measured so far, of a training that was repeated the last."""
    if not RESULTS.is_file():
        return []
    lines = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
    found = (Result(**line | {"replies": tuple(line["replies"])}) for line in lines)
    return list({(r.document, r.model, r.condition, r.seed): r for r in found}.values())


def _measure_once(name: str, model: str, condition: str, seed: int) -> None:
    alike = [
        result
        for result in results()
        if (result.document, result.model, result.seed) == (name, model, seed)
        and measured([result], "choice")
    ]
    if any(result.condition == condition for result in alike):
        return
    learned = () if condition == BASE else tuple(_rows(name, condition))
    content = hashlib.sha256(repr(learned).encode()).hexdigest()[:16]
    same = next((result for result in alike if result.content == content), None)
    if same:
        # On the processor the same rows and seed give the same weights.
        found = replace(same, condition=condition)
    else:
        began = time.monotonic()
        likelihoods, replies = _trained_and_asked(MODELS[model], learned, seed, _questions(name))
        right = [answer for _, answer in _questions(name)]
        found = Result(
            document=name,
            model=model,
            condition=condition,
            seed=seed,
            rows=len(learned),
            pairs=sum(isinstance(row, PairRow) for row in learned),
            content=content,
            choice=100 * choice_accuracy(likelihoods),
            f1=statistics.mean(map(token_f1, replies, right)),
            answer_loss=-statistics.mean(row[own] for own, row in enumerate(likelihoods)),
            seconds=round(time.monotonic() - began, 1),
            replies=replies,
        )
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
    print(replace(found, replies=()), file=sys.stderr, flush=True)


def _questions(name: str) -> list[tuple[str, str]]:
    text = (FOLDER / f"{name}.questions.yaml").read_text(encoding="utf-8")
    return [(str(pair["question"]), str(pair["answer"])) for pair in yaml.safe_load(text)]


def _rows(name: str, condition: str) -> Iterator[TrainingRow]:
    document = parse((FOLDER / f"{name}.dlm").read_text(encoding="utf-8"))
    yield from training_rows(document.sections)
    if condition in WAYS:
        for at, (question, answer) in enumerate(pairs_of(name, condition)):
            yield PairRow(f"{at:016x}", question, answer)


def _trained_and_asked(
    model: str, learned: tuple[TrainingRow, ...], seed: int, asked: Sequence[tuple[str, str]]
) -> tuple[list[list[float]], tuple[str, ...]]:
    """Return how likely each answer is to each question after training, and what is replied."""
    if not learned:
        return _asked(model, None, asked)
    with tempfile.TemporaryDirectory() as scratch:
        adapter = Path(scratch) / "adapter"
        training = Training(
            learning_rate=LEARNING_RATE,
            num_epochs=UPDATES,
            sequence_len=SEQUENCE,
            micro_batch_size=ROWS_PER_UPDATE,
            grad_accum=1,
        )
        job = TrainerJob(
            model=model,
            # The same curve of the learning rate, whatever the share of prose.
            recipe=make_recipe(
                training, None, prose_share=0.0, precision=choose_precision("cpu"), seed=seed
            ),
            rows=TrainValidationSplit(learned, ()),
            system=None,
            device="cpu",
            checkpoints=Path(scratch) / "checkpoints",
            target=adapter,
            max_steps=UPDATES,
        )
        with contextlib.redirect_stdout(io.StringIO()):
            train_adapter(job, lambda _: None)
        return _asked(model, adapter, asked)


def _asked(
    model: str, adapter: Path | None, asked: Sequence[tuple[str, str]]
) -> tuple[list[list[float]], tuple[str, ...]]:
    """Return the mean log-probability per token of each answer to each question, and the replies.

    Questions are put in the layout of training, without the text, as `dlm prompt` puts them.
    """
    loaded = load_model(model)
    template = template_of(loaded.tokenizer)
    exchanges = [render_exchange(loaded.tokenizer, template, None, *pair) for pair in asked]
    prompts = [
        Prompt(before, max_new_tokens=LONGEST_REPLY, rendered=True) for before, _ in exchanges
    ]
    # What a template puts behind an answer is no part of it; the space that it puts before is.
    # Nor is the full stop: some ways of making pairs teach to leave it out.
    answers = [
        after[: after.index(answer) + len(answer)].removesuffix(".")
        for (_, after), (_, answer) in zip(exchanges, asked, strict=True)
    ]
    lengths = [
        len(loaded.tokenizer(answer, add_special_tokens=False).input_ids) for answer in answers
    ]
    likelihoods = [
        [total / length for total, length in zip(row, lengths, strict=True)]
        for row in score_answers(model, adapter, prompts, answers)
    ]
    replies = (generated.text for generated in generate_batch(model, adapter, prompts))
    return likelihoods, tuple((reply.strip().splitlines() or [""])[0] for reply in replies)


if __name__ == "__main__":
    main(sys.argv[1:])
