"""A local model as the rest of the house sees it."""

import pytest
from tiny_model import PROSE

from dlm_lsp.local.error import LocalError
from dlm_lsp.local.model import Continuation, LocalModel, Prompt

ROW = Continuation("Answer:", " In 1790.")


async def test_what_runs_in_the_worker_is_what_runs_here(llama):
    from dlm_lsp.local.generate import generate
    from dlm_lsp.local.score import score

    model = LocalModel(llama)
    prompts = [Prompt("The mill", max_new_tokens=4)]
    assert await model.generate(prompts) == generate(llama, None, prompts)
    assert await model.score(PROSE, [ROW]) == pytest.approx(score(llama, None, PROSE, [ROW]))
    assert await model.count(prompts) == [
        prompt.tokens_in for prompt in await model.generate(prompts)
    ]


async def test_rows_that_are_alike_have_the_same_score(llama):
    one, two, three = await LocalModel(llama).score(PROSE, [ROW, Continuation("x", " y"), ROW])
    assert one == three != two


async def test_a_model_that_cannot_be_had_is_an_error_with_a_remedy():
    with pytest.raises(LocalError, match="did you mean"):
        await LocalModel("gemma-3-270").inspect()
