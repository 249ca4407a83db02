"""Chat answer: what a model answers to a question, asked as it was in training."""

from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.local.chat_template import render_prompt, template_of
from dlm_lsp.local.constrained_decoding import GREEDY, SamplingParams
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import load_model


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How a question is put: `template_adapter` is the adapter whose template is used, if any."""

    system: str | None = None
    template_adapter: Path | None = None
    max_new_tokens: int = 256
    sampling: SamplingParams = GREEDY


def generate_answer(model: str, adapter: Path | None, question: str, options: ChatOptions) -> str:
    """Return what `model` with `adapter` answers.

    Raises:
        ModelError: the model cannot be loaded, or the two do not fit.
    """
    loaded = load_model(model)
    template = template_of(loaded.tokenizer, options.template_adapter)
    text = render_prompt(loaded.tokenizer, template, options.system, question)
    prompt = Prompt(
        text, max_new_tokens=options.max_new_tokens, sampling=options.sampling, rendered=True
    )
    (generated,) = generate_batch(model, adapter, [prompt])
    # A base model that was never taught to stop asks itself the next question.
    answer = generated.text if loaded.chat else generated.text.split("\nQ:")[0]
    return answer.strip()
