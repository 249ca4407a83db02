"""Chat answer: what a model answers to a question, asked as it was in training."""

from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.local.chat_template import render_prompt, template_of
from dlm_lsp.local.constrained_decoding import GREEDY, SamplingParams
from dlm_lsp.local.generate import Prompt, generate_batch
from dlm_lsp.local.load import load_model


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How a question is put: `laid_out_by` is the adapter whose template is used, if any."""

    system: str | None = None
    laid_out_by: Path | None = None
    max_new_tokens: int = 256
    draw: SamplingParams = GREEDY


def generate_answer(model: str, adapter: Path | None, question: str, how: ChatOptions) -> str:
    """Return what `model` with `adapter` answers.

    Raises:
        ModelError: the model cannot be loaded, or the two do not fit.
    """
    loaded = load_model(model)
    template = template_of(loaded.tokenizer, how.laid_out_by)
    text = render_prompt(loaded.tokenizer, template, how.system, question)
    asked = Prompt(text, max_new_tokens=how.max_new_tokens, draw=how.draw, rendered=True)
    (written,) = generate_batch(model, adapter, [asked])
    # A base model that was never taught to stop asks itself the next question.
    told = written.text if loaded.chat else written.text.split("\nQ:")[0]
    return told.strip()
