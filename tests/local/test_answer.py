"""What a model answers to a question."""

from pathlib import Path

from dlm_lsp.local.answer import Answering, answer
from dlm_lsp.local.generate import Prompt, generate

SHORT = Answering(max_new_tokens=8)


def test_a_base_model_is_asked_in_plain_questions_and_answers(llama):
    (written,) = generate(llama, None, [Prompt("Q: Who?\nA:", max_new_tokens=8)])
    assert answer(llama, None, "Who?", SHORT) == written.text.strip()


def test_a_chat_model_is_asked_in_its_own_way(chat_llama):
    asked = Prompt("<|user|>\nWho?</s>\n<|assistant|>\n", max_new_tokens=8, rendered=True)
    (written,) = generate(chat_llama, None, [asked])
    assert answer(chat_llama, None, "Who?", SHORT) == written.text.strip()


def test_the_system_prompt_is_read(llama):
    told = answer(llama, None, "Who?", Answering("Be brief.", max_new_tokens=8))
    assert told != answer(llama, None, "Who?", SHORT)


def test_the_adapter_answers_and_base_and_adapter_are_asked_alike(llama, adapter, tmp_path: Path):
    assert answer(llama, adapter, "Who?", SHORT) != answer(llama, None, "Who?", SHORT)
    (tmp_path / "chat_template.jinja").write_text("{{ messages[0]['content'] }}!")
    (written,) = generate(llama, None, [Prompt("Who?!", max_new_tokens=8)])
    laid_out = Answering(laid_out_by=tmp_path, max_new_tokens=8)
    assert answer(llama, None, "Who?", laid_out) == written.text.strip()
