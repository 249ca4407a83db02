"""Log-likelihood scoring: how likely a model finds one text after another."""

import shutil

import pytest
import torch
from support.memory_errors import MEMORY_ERRORS, room_for
from support.tiny_model import PROSE
from transformers import AutoModelForCausalLM, AutoTokenizer

from dlm_lsp.local import score as score_module
from dlm_lsp.local.chat_template import render_prompt, template_of
from dlm_lsp.local.generate import Prompt
from dlm_lsp.local.score import Continuation, score_answers, score_continuations

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


@pytest.mark.parametrize("error", MEMORY_ERRORS.values(), ids=MEMORY_ERRORS)
def test_rows_that_do_not_fit_together_are_scored_in_halves(llama, error):
    expected = score_continuations(llama, None, PROSE, ROWS)
    with room_for(llama, 1, error) as batches:
        assert score_continuations(llama, None, PROSE, ROWS) == pytest.approx(expected, abs=1e-4)
    assert max(batches) == len(ROWS)


def test_no_rows_give_no_scores(llama):
    assert score_continuations(llama, None, PROSE, []) == []


@pytest.mark.parametrize("model", ["chat_llama", "gemma"])
def test_an_answer_is_as_likely_as_in_a_full_pass_behind_the_chat_template(model, request):
    folder = request.getfixturevalue(model)
    prompts = [Prompt(f"{PROSE}\nIs it {word}?", "Answer.") for word in ("high", "a saw", "high")]
    scores = score_answers(folder, None, prompts, ("Yes", "No"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for prompt, found in zip(prompts, scores, strict=True):
        text = render_prompt(tokenizer, template_of(tokenizer), prompt.system, prompt.text)
        expected = [
            by_full_pass(folder, "", Continuation(text, answer))
            * len(tokenizer(answer, add_special_tokens=False).input_ids)
            for answer in ("Yes", "No")
        ]
        assert found == pytest.approx(expected, abs=1e-3)
    assert scores[0] == pytest.approx(scores[2], abs=1e-4)


def test_one_prompt_alone_is_scored_as_among_others(chat_llama):
    prompts = [Prompt("Is the river high?", "Answer."), Prompt("Is it a saw?", "Answer.")]
    together = score_answers(chat_llama, None, prompts, ("Yes", "No"))
    alone = score_answers(chat_llama, None, prompts[:1], ("Yes", "No"))
    assert alone[0] == pytest.approx(together[0], abs=1e-4)


def test_scores_in_bfloat16_stay_near_those_in_float32(llama, adapter, tmp_path, monkeypatch):
    in_float32 = [score_continuations(llama, of, PROSE, ROWS) for of in (None, adapter)]
    copied = str(shutil.copytree(llama, tmp_path / "model"))
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    for of, expected in zip((None, adapter), in_float32, strict=True):
        found = score_continuations(copied, of, PROSE, ROWS)
        assert found != expected
        assert found == pytest.approx(expected, abs=0.2)


def test_no_prompts_have_no_answers(chat_llama):
    assert score_answers(chat_llama, None, [], ("Yes", "No")) == []
