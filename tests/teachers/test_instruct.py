"""Instruct model as teacher: the grammar of its replies is what its prompt shows."""

import json
from typing import get_args

import pytest
from llguidance import LLMatcher
from support.model_fixtures import chat_llama

from dlm_lsp.local.load import LoadedModel, load_model
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.teachers.instruct import InstructTeacher
from dlm_lsp.teachers.local_teacher import LocalTeacher
from dlm_lsp.teachers.prompt_examples import text_examples
from dlm_lsp.teachers.prompts import prompt_messages
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest

__all__ = ["chat_llama"]


@pytest.fixture
def loaded(chat_llama: str) -> LoadedModel:
    return load_model(chat_llama)


async def _follows_grammar(loaded: LoadedModel, folder: str, request: PairRequest, text: str):
    """Say whether a model that is asked may write `text`, token by token to its end."""
    teacher = LocalTeacher(folder, GenerationOptions())
    await teacher.prepare()
    assert isinstance(teacher._ready, InstructTeacher)
    grammar = teacher._ready.prompt(request).grammar
    matcher = LLMatcher(loaded.grammar_tokenizer, LLMatcher.grammar_from_lark(grammar))
    assert not matcher.is_error()
    tokens = loaded.tokenizer(text, add_special_tokens=False).input_ids
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


@pytest.mark.parametrize("strategy", get_args(Strategy))
async def test_the_reply_that_a_prompt_shows_follows_the_grammar_in_every_language(
    loaded, chat_llama, strategy
):
    for example in text_examples().values():
        request = PairRequest(example.text, strategy, len(example.pairs[strategy]))
        ((_, answered),) = prompt_messages(request).examples
        assert await _follows_grammar(loaded, chat_llama, request, answered), answered


async def test_the_form_that_the_rules_give_follows_the_grammar(loaded, chat_llama):
    request = PairRequest(text_examples()["en"].text, "extraction", 1)
    form = prompt_messages(request).system.rpartition("Reply with JSON only: ")[2]
    assert await _follows_grammar(loaded, chat_llama, request, form)


@pytest.mark.parametrize("spacing", [{}, {"indent": 2}, {"separators": (",", ": ")}])
async def test_json_in_another_spacing_than_the_prompt_shows_is_not_written(
    loaded, chat_llama, spacing
):
    request = PairRequest(text_examples()["en"].text, "extraction", 2)
    ((_, answered),) = prompt_messages(request).examples
    respaced = json.dumps(json.loads(answered), ensure_ascii=False, **spacing)
    assert not await _follows_grammar(loaded, chat_llama, request, respaced)
