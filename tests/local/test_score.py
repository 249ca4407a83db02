"""Log-likelihood scoring: how likely a model finds one text after another."""

import pytest
import torch
from support.tiny_model import PROSE
from transformers import AutoModelForCausalLM, AutoTokenizer

from dlm_lsp.local import score as score_module
from dlm_lsp.local.score import Continuation, score_continuations

ROWS = [
    Continuation("Question: When was the first wheel built?\nAnswer:", " In 1790."),
    Continuation("Question: Why?\nAnswer:", " The river is high in spring and drives a saw."),
    Continuation("Answer:", " I don't know."),
]


def by_full_pass(model: str, prefix: str, row: Continuation) -> float:
    """Read everything in one pass, without cache or batch."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    parts = [
        tokenizer(text, add_special_tokens=False).input_ids
        for text in (prefix, row.context, row.text)
    ]
    ids = torch.tensor([[token for part in parts for token in part]])
    network = AutoModelForCausalLM.from_pretrained(model).eval()
    with torch.no_grad():
        chances = torch.log_softmax(network(ids).logits[0, :-1], dim=-1)
    per_token = chances.gather(1, ids[0, 1:, None])[:, 0]
    return float(per_token[-len(parts[2]) :].mean())


@pytest.mark.parametrize("model", ["llama", "gemma"])
def test_a_score_is_the_mean_log_probability_per_token_of_a_full_pass(model, request):
    folder = request.getfixturevalue(model)
    expected = [by_full_pass(folder, PROSE, row) for row in ROWS]
    assert score_continuations(folder, None, PROSE, ROWS) == pytest.approx(expected, abs=1e-4)


def test_rows_do_not_depend_on_their_batch(llama, monkeypatch):
    together = score_continuations(llama, None, PROSE, ROWS)
    monkeypatch.setattr(score_module, "_LOGITS", 1)
    assert score_continuations(llama, None, PROSE, ROWS) == pytest.approx(together, abs=1e-4)


def test_the_scores_come_in_the_order_of_the_rows(llama):
    assert score_continuations(llama, None, PROSE, ROWS[::-1]) == pytest.approx(
        score_continuations(llama, None, PROSE, ROWS)[::-1], abs=1e-4
    )


def test_an_adapter_changes_the_scores_and_leaves_the_base_model_as_it_was(llama, adapter):
    before = score_continuations(llama, None, PROSE, ROWS)
    adapted = score_continuations(llama, adapter, PROSE, ROWS)
    assert adapted != pytest.approx(before, abs=1e-2)
    assert score_continuations(llama, None, PROSE, ROWS) == pytest.approx(before, abs=1e-5)


def test_no_rows_give_no_scores(llama):
    assert score_continuations(llama, None, PROSE, []) == []
