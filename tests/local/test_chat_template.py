"""Chat template: how a conversation is laid out."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from dlm_lsp.errors import ModelError
from dlm_lsp.local.chat_template import (
    TEMPLATE_FILE,
    end_of_turn,
    render_exchange,
    render_prompt,
    template_of,
)

TAKES_SYSTEM = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
REFUSES_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    f"{TAKES_SYSTEM}"
)
IGNORES_SYSTEM = TAKES_SYSTEM.replace("in messages", "in messages if m['role'] != 'system'")
FORGETFUL = "{% for m in messages %}[{{ m['content'] }}]{% endfor %}{{ add_generation_prompt }}"


@pytest.fixture(scope="module")
def plain(llama):
    return AutoTokenizer.from_pretrained(llama)


@pytest.fixture(scope="module")
def chat(chat_llama):
    return AutoTokenizer.from_pretrained(chat_llama)


def test_a_chat_model_keeps_its_own(chat):
    assert template_of(chat) == chat.chat_template
    assert render_exchange(chat, template_of(chat), None, "Who?", "Ann.") == (
        "<|user|>\nWho?</s>\n<|assistant|>\n",
        "Ann.</s>\n",
    )


def test_a_base_model_gets_plain_questions_and_answers(plain):
    template = template_of(plain)
    assert render_exchange(plain, template, "Be brief.", "Who?", "Ann.") == (
        "Be brief.\n\nQ: Who?\nA:",
        " Ann.</s>",
    )


def test_a_beginning_is_written_where_the_tokenizer_writes_one():
    class Begins:
        chat_template = None
        bos_token_id = 1

        def __call__(self, text):
            return type("Ids", (), {"input_ids": [1]})

    assert template_of(Begins()).startswith("{{ bos_token }}")


def test_the_template_of_an_adapter_goes_first(plain, tmp_path: Path):
    (tmp_path / TEMPLATE_FILE).write_text("mine")
    assert template_of(plain, tmp_path) == "mine"
    (tmp_path / TEMPLATE_FILE).write_bytes(b"\xff")
    with pytest.raises(ModelError, match="train again"):
        template_of(plain, tmp_path)


def test_where_no_system_turn_is_known_it_stands_before_the_question(plain):
    assert render_prompt(plain, REFUSES_SYSTEM, "Be brief.", "Who?") == (
        "<user>Be brief.\n\nWho?<assistant>"
    )


def test_where_a_system_turn_is_passed_over_it_stands_before_the_question(plain):
    assert render_prompt(plain, IGNORES_SYSTEM, "Be brief.", "Who?") == (
        "<user>Be brief.\n\nWho?<assistant>"
    )


def test_a_system_turn_that_is_there_anyway_is_not_said_twice(plain):
    template = f"{{% if messages[0]['role'] != 'system' %}}Be brief.{{% endif %}}{TAKES_SYSTEM}"
    assert render_prompt(plain, template, "Be brief.", "Who?").count("Be brief.") == 1


def test_of_several_templates_the_default_is_taken(llama):
    several = AutoTokenizer.from_pretrained(llama)
    several.chat_template = {"tool_use": "tools", "default": "plain"}
    assert template_of(several) == "plain"
    several.chat_template = {"tool_use": "tools", "rag": "books"}
    with pytest.raises(ModelError, match=r"several chat templates \(rag, tool_use\)"):
        template_of(several)


def test_the_end_of_a_turn_is_the_special_token_behind_an_answer(plain, chat):
    assert end_of_turn(chat, template_of(chat)) == chat.eos_token_id
    assert end_of_turn(plain, template_of(plain)) == plain.eos_token_id
    assert end_of_turn(plain, TAKES_SYSTEM) is None
    assert end_of_turn(plain, "{{ bos_token }}Whatever was said.") is None


def test_a_template_that_writes_the_date_gives_the_same_on_each_day(plain):
    dated = (
        "\n  {% if strftime_now is defined %}{% set date = strftime_now('%d %b %Y, %H:%M:%S') %}"
        "{% endif %}{{ date }}: {{ messages[0]['content'] }}"
    )
    assert render_prompt(plain, dated, None, "Who?") == "\n01 Jan 2026, 00:00:00: Who?"


def test_a_template_that_forgets_its_prompt_still_gives_the_answer(plain):
    _, answer = render_exchange(plain, FORGETFUL, None, "Who?", "Ann.")
    assert answer == "Ann.</s>"
