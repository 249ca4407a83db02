"""Logits check: a model whose numbers run into NaN or infinity is refused by name."""

import math
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from support.tiny_model import PROSE, spoiled_llama

from dlm_lsp.errors import ModelError
from dlm_lsp.local.check_logits import LogitsCheck
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import load_model
from dlm_lsp.local.score import Continuation, score_answers, score_continuations

PROMPT = Prompt("The mill", max_new_tokens=4)


@pytest.fixture(params=[math.nan, math.inf], ids=["nan", "inf"])
def spoiled(request, tmp_path) -> str:
    return str(spoiled_llama(tmp_path / "broken-llama", number=request.param))


def test_generation_names_the_model_and_what_to_do(spoiled):
    refusal = r"^broken-llama .*no finite numbers .*on cpu.*get the model again, or take another"
    with pytest.raises(ModelError, match=refusal):
        generate_batch(spoiled, None, [PROMPT])
    with pytest.raises(ModelError, match=refusal):
        generate_batch(spoiled, None, [PROMPT], shared=PROSE)


def test_scores_name_the_model_and_what_to_do(spoiled):
    with pytest.raises(ModelError, match=r"broken-llama .*get the model again"):
        score_continuations(spoiled, None, PROSE, [Continuation("Answer:", " In 1790.")])
    with pytest.raises(ModelError, match=r"broken-llama .*get the model again"):
        score_answers(spoiled, None, [PROMPT], ("Yes", "No"))


def test_an_adapter_is_named_where_one_is_on_the_model(llama, adapter, tmp_path):
    spoiled = Path(shutil.copytree(adapter, tmp_path / "adapter"))
    file = spoiled / "adapter_model.safetensors"
    save_file({name: part * math.nan for name, part in load_file(file).items()}, file)
    with pytest.raises(ModelError, match=r"those of its adapter .*train the adapter again"):
        generate_batch(llama, spoiled, [PROMPT])
    assert generate_batch(llama, None, [PROMPT])


@pytest.mark.parametrize(
    ("logits", "are_fine"),
    [
        ([[0.0, -math.inf], [1.0, 2.0]], True),
        ([[0.0, math.nan], [1.0, 2.0]], False),
        ([[1.0, 2.0], [0.0, math.inf]], False),
        ([[1.0, 2.0], [-math.inf, -math.inf]], False),
    ],
)
def test_only_what_is_forbidden_may_be_infinitely_unlikely(llama, logits, are_fine):
    check, given = LogitsCheck(load_model(llama), None), torch.tensor(logits)
    ids = torch.zeros(2, 1, dtype=torch.long)
    if are_fine:
        assert check(ids, given) is given
    else:
        with pytest.raises(ModelError, match="no finite numbers"):
            check(ids, given)
