"""Chat answer: what a model answers to a question."""

from pathlib import Path

from dlm_lsp.local.answer import ChatOptions, generate_answer
from dlm_lsp.local.generate import Prompt, generate_batch

SHORT = ChatOptions(max_new_tokens=8)


def test_a_base_model_is_asked_in_plain_questions_and_answers(llama):
    (generated,) = generate_batch(llama, None, [Prompt("Q: Who?\nA:", max_new_tokens=8)])
    assert generate_answer(llama, None, "Who?", SHORT) == generated.text.strip()


def test_a_chat_model_is_asked_in_its_own_way(chat_llama):
    prompt = Prompt("<|user|>\nWho?</s>\n<|assistant|>\n", max_new_tokens=8, rendered=True)
    (generated,) = generate_batch(chat_llama, None, [prompt])
    assert generate_answer(chat_llama, None, "Who?", SHORT) == generated.text.strip()


def test_the_system_prompt_is_read(llama):
    answer = generate_answer(llama, None, "Who?", ChatOptions("Be brief.", max_new_tokens=8))
    assert answer != generate_answer(llama, None, "Who?", SHORT)


def test_the_adapter_answers_and_base_and_adapter_are_asked_alike(llama, adapter, tmp_path: Path):
    assert generate_answer(llama, adapter, "Who?", SHORT) != generate_answer(
        llama, None, "Who?", SHORT
    )
    (tmp_path / "chat_template.jinja").write_text("{{ messages[0]['content'] }}!")
    (generated,) = generate_batch(llama, None, [Prompt("Who?!", max_new_tokens=8)])
    options = ChatOptions(template_adapter=tmp_path, max_new_tokens=8)
    assert generate_answer(llama, None, "Who?", options) == generated.text.strip()
