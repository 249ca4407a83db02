"""Constrained questions: the grammar by which a model writes them itself."""

import pytest
from llguidance import LLMatcher

from dlm_lsp.teachers.base_model.constrained import constrained_templates
from dlm_lsp.teachers.base_model.few_shot import FRENCH, SPANISH


def openings(sentence: str) -> list[str]:
    return [
        template.grammar.split("(")[0]
        for template in constrained_templates(sentence, FRENCH)
        if template.grammar
    ]


def test_only_openings_that_suit_the_sentence_are_tried():
    assert openings("Le bac a été vendu en 1988 parce que le pont est neuf.") == [
        "start: / Pourquoi",
        "start: / Quand",
        "start: / Combien de",
        "start: / Que",
        "start: / Qui",
    ]
    assert openings("Le bac est vieux.") == ["start: / Que", "start: / Qui"]


@pytest.mark.parametrize(
    "sentence", ["Le sel (gris) coûte 3,50 € / kg.", r"a\b [c] {d} \d+ | ^$ *?", "«L'eau» : 50%"]
)
@pytest.mark.parametrize("language", [FRENCH, SPANISH])
def test_whatever_stands_in_a_sentence_the_grammar_is_a_grammar(sentence, language):
    for template in constrained_templates(sentence, language):
        assert LLMatcher.validate_grammar(LLMatcher.grammar_from_lark(template.grammar or "")) == ""


def test_the_answer_is_the_whole_sentence_for_nobody_knows_which_part_is_asked_for():
    sentence = "Le bac est vieux."
    assert {template.answer for template in constrained_templates(sentence, FRENCH)} == {sentence}
