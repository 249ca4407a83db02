"""Local model: a name, and calls that can be cancelled."""

import pytest
from support.tiny_model import PROSE

from dlm_lsp.errors import DeviceError, ModelError
from dlm_lsp.local.model import ChatOptions, Continuation, LocalModel, Prompt

ROW = Continuation("Answer:", " In 1790.")


async def test_what_runs_in_the_worker_is_what_runs_here(llama):
    from dlm_lsp.local.generate import generate_batch
    from dlm_lsp.local.score import score_continuations

    model = LocalModel(llama)
    prompts = [Prompt("The mill", max_new_tokens=4)]
    assert await model.generate(prompts) == generate_batch(llama, None, prompts)
    # The worker computes in what the processor is good at, the tests here in float32.
    assert await model.score(PROSE, [ROW]) == pytest.approx(
        score_continuations(llama, None, PROSE, [ROW]), abs=0.1
    )
    assert await model.count(prompts) == [
        prompt.tokens_in for prompt in await model.generate(prompts)
    ]


async def test_rows_that_are_alike_have_the_same_score(llama):
    first, other, again = await LocalModel(llama).score(PROSE, [ROW, Continuation("x", " y"), ROW])
    assert first == again != other


async def test_a_model_that_cannot_be_had_is_an_error_with_a_remedy():
    with pytest.raises(ModelError, match="did you mean"):
        await LocalModel("gemma-3-270").inspect()


async def test_a_device_that_is_not_there_is_refused_whatever_is_asked():
    model = LocalModel("org/not-on-this-machine", device="cuda:99")
    for call in (
        model.inspect(),
        model.load(),
        model.generate([Prompt("The mill")]),
        model.generate_first([Prompt("The mill")]),
        model.answer("Who?", ChatOptions()),
        model.score(PROSE, [ROW]),
        model.score_answers([Prompt("The mill")], ["yes"]),
        model.count([Prompt("The mill")]),
    ):
        with pytest.raises(DeviceError, match=r"no device cuda:99 here.*there is cpu"):
            await call
