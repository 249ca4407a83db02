"""Log-likelihood scoring: how likely a model finds one text after another."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlm_lsp.local.check_logits import LogitsCheck
from dlm_lsp.local.generate import Prompt, prompt_ids
from dlm_lsp.local.kv_cache import CachedPrefix, cache_prefix
from dlm_lsp.local.load import LoadedModel, load_model
from dlm_lsp.local.oom import halve_on_oom

if TYPE_CHECKING:
    import torch

# Logits held at once, in floats: 256 MB.
_LOGITS = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text whose likelihood is asked for, and what stands between the shared prefix and it."""

    context: str
    text: str


def score_continuations(
    model: str, adapter: Path | None, prefix: str, rows: Sequence[Continuation]
) -> list[float]:
    """Return for each row the mean log-probability per token of its text after prefix and context.

    The prefix, which may not be empty, is read once; the rows are read in batches behind it.

    Raises:
        ModelError: the model cannot be loaded, or what it computes is not finite.
    """
    loaded = load_model(model)
    *prefix_ids, last = loaded.tokenizer(prefix).input_ids
    # The first token that counts is foretold by the one before it, so that one is in every row.
    tokens = [_Row.of(loaded.tokenizer, last, row) for row in rows]
    return _mean_scores(loaded, adapter, prefix_ids, tokens)


def score_answers(
    model: str, adapter: Path | None, prompts: Sequence[Prompt], answers: Sequence[str]
) -> list[list[float]]:
    """Return for each prompt the log-probability of each answer to begin what the model writes.

    What the prompts begin with alike is read once.

    Raises:
        ModelError: the model cannot be loaded, or what it computes is not finite.
    """
    loaded = load_model(model)
    ids = [prompt_ids(loaded, adapter, prompt) for prompt in prompts]
    # The last token of each stays, for it foretells the answer.
    columns = zip(*(row[:-1] for row in ids), strict=False)
    shared = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
    texts = [loaded.tokenizer(answer, add_special_tokens=False).input_ids for answer in answers]
    rows = [_Row(row[len(shared) :], list(text)) for row in ids for text in texts]
    means = _mean_scores(loaded, adapter, shared, rows)
    sums = [mean * len(row.text) for mean, row in zip(means, rows, strict=True)]
    return [sums[at : at + len(texts)] for at in range(0, len(sums), len(texts))]


def _mean_scores(
    loaded: LoadedModel, adapter: Path | None, prefix_ids: list[int], tokens: "Sequence[_Row]"
) -> list[float]:
    order = sorted(range(len(tokens)), key=lambda index: -len(tokens[index].text))
    scores: dict[int, float] = {}
    check = LogitsCheck(loaded, adapter)
    with loaded.speaking_as(adapter) as speaker:
        shared = cache_prefix(loaded, speaker, prefix_ids)
        for batch in _batches(order, tokens, loaded.vocabulary):
            results = halve_on_oom(
                lambda some: _score(check, speaker, shared, [tokens[index] for index in some]),
                batch,
            )
            scores.update(zip(batch, results, strict=True))
    return [scores[index] for index in range(len(tokens))]


@dataclass(frozen=True, slots=True)
class _Row:
    context: list[int]
    text: list[int]

    @classmethod
    def of(cls, tokenizer: Any, last: int, row: Continuation) -> "_Row":
        context, text = (
            list(tokenizer(part, add_special_tokens=False).input_ids)
            for part in (row.context, row.text)
        )
        return cls([last, *context], text)


def _batches(order: Sequence[int], rows: Sequence[_Row], vocabulary: int) -> Iterator[list[int]]:
    """Yield batches whose logits fit into memory; `order` has the longest texts first."""
    at = 0
    while at < len(order):
        longest = len(rows[order[at]].text)
        most = max(1, _LOGITS // (max(1, longest) * vocabulary))
        yield list(order[at : at + most])
        at += most


def _score(
    check: LogitsCheck, speaker: Any, shared: CachedPrefix, rows: Sequence[_Row]
) -> list[float]:
    import torch

    loaded = check.loaded
    width = max(len(row.context) + len(row.text) for row in rows) - 1
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    counts = torch.zeros(len(rows), width, dtype=torch.bool)
    for line, counted, row in zip(ids, counts, rows, strict=True):
        # The last token is foretold and foretells nothing. Padding is behind all that counts.
        read = (row.context + row.text)[:-1]
        line[: len(read)] = torch.tensor(read)
        counted[len(row.context) - 1 : len(read)] = True
    with torch.inference_mode(), _only(speaker.get_output_embeddings(), counts.to(loaded.device)):
        logits = speaker(
            input_ids=ids.to(loaded.device), past_key_values=shared.for_rows(len(rows))
        ).logits[0]
    scores = []
    for row, chosen in zip(rows, logits.split([len(row.text) for row in rows]), strict=True):
        chances = torch.log_softmax(chosen.float(), dim=-1)
        targets = torch.tensor(row.text, device=loaded.device).unsqueeze(1)
        found = chances.gather(1, targets)
        check.require(found)
        scores.append(float(found.mean()))
    return scores


@contextmanager
def _only(head: Any, positions: "torch.Tensor") -> Iterator[None]:
    """Let the head of a model, most of the work in a small one, see only these positions.

    What comes out is one row with all of them.
    """
    hook = head.register_forward_pre_hook(lambda _, given: (given[0][positions].unsqueeze(0),))
    try:
        yield
    finally:
        hook.remove()
