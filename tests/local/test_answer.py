"""Chat answer: what a model answers to a question."""

from pathlib import Path

from dlm_lsp.local.answer import ChatOptions, generate_answer
from dlm_lsp.local.generate import Prompt, generate_batch

SHORT = ChatOptions(max_new_tokens=8)


def test_a_base_model_is_asked_in_plain_questions_and_answers(llama):
    (written,) = generate_batch(llama, None, [Prompt("Q: Who?\nA:", max_new_tokens=8)])
    assert generate_answer(llama, None, "Who?", SHORT) == written.text.strip()


def test_a_chat_model_is_asked_in_its_own_way(chat_llama):
    asked = Prompt("<|user|>\nWho?</s>\n<|assistant|>\n", max_new_tokens=8, rendered=True)
    (written,) = generate_batch(chat_llama, None, [asked])
    assert generate_answer(chat_llama, None, "Who?", SHORT) == written.text.strip()


def test_the_system_prompt_is_read(llama):
    told = generate_answer(llama, None, "Who?", ChatOptions("Be brief.", max_new_tokens=8))
    assert told != generate_answer(llama, None, "Who?", SHORT)


def test_the_adapter_answers_and_base_and_adapter_are_asked_alike(llama, adapter, tmp_path: Path):
    assert generate_answer(llama, adapter, "Who?", SHORT) != generate_answer(
        llama, None, "Who?", SHORT
    )
    (tmp_path / "chat_template.jinja").write_text("{{ messages[0]['content'] }}!")
    (written,) = generate_batch(llama, None, [Prompt("Who?!", max_new_tokens=8)])
    laid_out = ChatOptions(laid_out_by=tmp_path, max_new_tokens=8)
    assert generate_answer(llama, None, "Who?", laid_out) == written.text.strip()
