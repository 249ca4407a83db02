"""Expansion by a base model: questions beyond a passage, answers that it believes."""

from pathlib import Path

import pytest
from support.tiny_model import PROSE, tiny_llama

from dlm_lsp.document.section import Pair
from dlm_lsp.local.model import Generated, LocalModel
from dlm_lsp.teachers.base_model.expansion import (
    expand_pairs,
    expansion_prefix,
    is_credible,
    why_no_expansion,
)
from dlm_lsp.teachers.base_model.few_shot import (
    LANGUAGES,
    UNSUPPORTED_LANGUAGE,
    few_shot_language,
)
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalModel:
    """Random weights, of which everything is believed."""
    monkeypatch.setattr("dlm_lsp.teachers.base_model.expansion._LEAST_MARGIN", -100)
    return LocalModel(str(tiny_llama(tmp_path)))


async def test_questions_and_answers_are_one_line_that_ends(model):
    pairs = await expand_pairs(model, PairRequest(PROSE, "expansion", 2), GenerationOptions())
    for question, answer, _ in pairs:
        assert question[-1] in "?？"
        assert answer[-1] in ".!。！"
        assert "\n" not in question + answer


async def test_the_evidence_is_a_sentence_of_the_prose(model):
    pairs = await expand_pairs(model, PairRequest(PROSE, "expansion", 2), GenerationOptions())
    assert all(evidence in PROSE for *_, evidence in pairs)


async def test_questions_that_are_there_already_do_not_come_again(model):
    first = await expand_pairs(model, PairRequest(PROSE, "expansion", 2), GenerationOptions())
    have = tuple((question, answer) for question, answer, _ in first)
    second = await expand_pairs(
        model, PairRequest(PROSE, "expansion", 2, have=have), GenerationOptions()
    )
    assert not {question for question, *_ in first} & {question for question, *_ in second}


async def test_what_is_not_believed_is_not_kept(tmp_path):
    model = LocalModel(str(tiny_llama(tmp_path)))
    assert await expand_pairs(model, PairRequest(PROSE, "expansion", 1), GenerationOptions()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_in_the_language_of_the_prose(language):
    assert expansion_prefix(language.examples).startswith(language.beyond)
    assert few_shot_language(language.beyond) == language


async def test_in_a_language_that_is_not_known_nothing_is_tried(model):
    request = PairRequest("Ashfordin vanhassa myllyssä pyörii kaksitoista ratasta.", "expansion", 1)
    assert why_no_expansion(request) == UNSUPPORTED_LANGUAGE
    assert await expand_pairs(model, request, GenerationOptions()) == []
    assert why_no_expansion(PairRequest(PROSE, "expansion", 1)) == ""


class ScriptedModel:
    """A model that writes `questions` in turn, gives each its answer, and believes all alike."""

    def __init__(self, pairs):
        self.questions, self.answers = list(pairs), pairs

    async def generate(self, prompts, shared):
        return [Generated(self._next(prompt.text), 1, 1, ended=True) for prompt in prompts]

    def _next(self, prompt):
        question = prompt.removeprefix("Question:").removesuffix("Answer:").strip()
        return self.answers[question] if question else self.questions.pop(0)

    async def score(self, shared, continuations):
        return [1.0, 0.0, 0.0] * (len(continuations) // 3)


async def test_a_guess_that_is_not_credible_makes_room_for_one_that_is():
    model = ScriptedModel(
        {
            "Wie viele Autos trägt die Fähre?": "Die Fähre trägt 40 Autos.",
            "How many cars does the ferry carry?": "It carries 500 cars.",
            "When does the ferry to Holm sail?": "The ferry to Holm sails at noon.",
            "How long does the ferry take?": "The ferry takes two hours.",
        }
    )
    pairs = await expand_pairs(model, PairRequest(FERRY, "expansion", 1), GenerationOptions())
    assert [question for question, *_ in pairs] == ["When does the ferry to Holm sail?"]


FERRY = "The ferry to Holm sails at noon, takes two hours, and carries 40 cars on its deck."


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("How many cars does the ferry carry at most?", "It carries 40 of them.", True),
        ("How many cars do 3 ferries carry?", "The 3 of them carry more than one.", True),
        ("How many cars does the ferry carry at most?", "It carries 500 of them.", False),
        ("When was the ferry to Holm built?", "It was built in nineteen yards.", False),
        ("Wie viele Autos kann die Fähre tragen?", "Sie kann 40 tragen.", False),
    ],
)
def test_a_guess_is_credible_in_the_language_of_the_prose_and_with_its_numbers(
    question, answer, expected
):
    assert is_credible(Pair(question, answer), FERRY) is expected
