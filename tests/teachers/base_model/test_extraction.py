"""Extraction by a base model: part of a sentence is the answer, and it finds the question."""

from pathlib import Path

import pytest
from support.tiny_model import tiny_llama

from dlm_lsp.local.model import LocalModel
from dlm_lsp.teachers.base_model.extraction import (
    Attempt,
    CandidateQuestion,
    attempts_for,
    best_questions,
    examples_for,
    extract_pairs,
    own_examples,
    why_no_extraction,
)
from dlm_lsp.teachers.base_model.few_shot import ENGLISH, GERMAN, UNSUPPORTED_LANGUAGE
from dlm_lsp.teachers.base_model.question_template import QuestionTemplate
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest

PROSE = (
    "# The mill\n\nThe old mill of Ashford has twelve wheels. Ada Lind built the first wheel in "
    "1790. A water wheel rots in dry air, because oak shrinks. It is kept wet."
)


def scored(sentence: str, question: str, worth: float) -> CandidateQuestion:
    return CandidateQuestion(
        Attempt(sentence, QuestionTemplate(sentence, sentence)), question, worth
    )


def test_only_sentences_that_stand_alone_are_tried():
    assert {attempt.sentence for attempt in attempts_for(PairRequest(PROSE, "extraction", 3))} == {
        "The old mill of Ashford has twelve wheels.",
        "Ada Lind built the first wheel in 1790.",
        "A water wheel rots in dry air, because oak shrinks.",
    }


def test_a_sentence_that_is_an_answer_already_is_not_tried_again():
    have = (("When was the first wheel built?", "Ada Lind built the first wheel in 1790."),)
    tried = attempts_for(PairRequest(PROSE, "extraction", 1, have=have))
    assert "Ada Lind built the first wheel in 1790." not in {attempt.sentence for attempt in tried}


def test_a_sentence_that_was_asked_about_already_is_not_tried_again():
    have = (("When did Ada Lind build the first wheel?", "In 1790."),)
    tried = attempts_for(PairRequest(PROSE, "extraction", 1, have=have))
    assert "Ada Lind built the first wheel in 1790." not in {attempt.sentence for attempt in tried}


def test_where_every_sentence_is_an_answer_another_question_is_tried():
    request = PairRequest(PROSE, "extraction", 1)
    have = tuple(("Why?", attempt.sentence) for attempt in attempts_for(request))
    assert attempts_for(PairRequest(PROSE, "extraction", 1, have=have)) == attempts_for(request)


def test_of_many_sentences_some_are_tried_from_the_first_to_the_last():
    prose = " ".join(f"The mill of Ashford has {n} new wheels." for n in range(3, 60))
    sentences = list(
        dict.fromkeys(
            attempt.sentence for attempt in attempts_for(PairRequest(prose, "extraction", 2))
        )
    )
    assert len(sentences) == 6
    assert "has 3 new" in sentences[0]
    assert "has 50 new" in sentences[-1] or "has 5" in sentences[-1]


def test_in_a_language_that_is_not_known_nothing_is_tried():
    assert (
        attempts_for(
            PairRequest("Ashfordin vanhassa myllyssä pyörii kaksitoista ratasta.", "extraction", 3)
        )
        == ()
    )


def test_why_nothing_is_tried_is_told():
    finnish = "Ashfordin vanhassa myllyssä pyörii kaksitoista ratasta."
    assert why_no_extraction(PairRequest(finnish, "extraction", 3)) == UNSUPPORTED_LANGUAGE
    fragment = "# The mill\n\nIt is on the river and of oak."
    assert why_no_extraction(PairRequest(fragment, "extraction", 3)) == (
        "no sentence of the passage can be asked about on its own"
    )
    assert why_no_extraction(PairRequest(PROSE, "extraction", 3)) == ""


def test_the_examples_are_in_the_language_of_the_prose():
    assert examples_for(PROSE) is ENGLISH.examples
    assert (
        examples_for("Die Mühle hat ein Rad und wird von dem Fluss getrieben.") is GERMAN.examples
    )
    assert examples_for("水车很旧。") is ENGLISH.examples


def test_the_best_come_from_different_sentences_while_there_are_any():
    candidates = [
        scored("A.", "first of A?", 0.9),
        scored("A.", "second of A?", 0.8),
        scored("B.", "first of B?", 0.1),
    ]
    questions = [candidate.question for candidate in best_questions(candidates, 2)]
    assert questions == ["first of A?", "first of B?"]
    assert [candidate.question for candidate in best_questions(candidates, 3)][2] == "second of A?"


async def test_every_answer_is_part_of_a_sentence_of_the_prose_which_is_its_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Random weights find nothing likely; what is tested is where the words come from.
    monkeypatch.setattr("dlm_lsp.teachers.base_model.extraction._LEAST_FLUENCY", -100)
    monkeypatch.setattr("dlm_lsp.teachers.base_model.extraction._LEAST_MARGIN", -100)
    model = LocalModel(str(tiny_llama(tmp_path)))
    pairs = await extract_pairs(model, PairRequest(PROSE, "extraction", 3), GenerationOptions())
    assert len(pairs) == 3
    for question, answer, evidence in pairs:
        assert question.endswith("?")
        assert evidence in PROSE
        assert answer[1:].removesuffix(".") in evidence


async def test_in_french_the_model_writes_the_question_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dlm_lsp.teachers.base_model.extraction._LEAST_FLUENCY", -100)
    monkeypatch.setattr("dlm_lsp.teachers.base_model.extraction._LEAST_MARGIN", -100)
    prose = "Le vieux moulin d'Ashford est dans la vallée et a une roue en bois."
    model = LocalModel(str(tiny_llama(tmp_path)))
    pairs = await extract_pairs(model, PairRequest(prose, "extraction", 2), GenerationOptions())
    assert sorted(question.split()[0] for question, *_ in pairs) == ["Que", "Qui"]


def test_german_questions_are_german():
    prose = "Der Uhrmacher Anselm Dörrwald gründete die Sternwarte im Jahr 1862."
    (when, who) = attempts_for(PairRequest(prose, "extraction", 1))
    assert when.template.questions == (
        "Wann gründete der Uhrmacher Anselm Dörrwald die Sternwarte?",
    )
    assert who.template.questions == ("Wer gründete die Sternwarte im Jahr 1862?",)


def test_own_examples_are_statements_with_their_questions():
    own = Guidance("a", examples=(PairExample("The axle\nturns.", "What  turns?", "The axle."),))
    assert own_examples(PairRequest(PROSE, "extraction", 1)) == ""
    assert own_examples(PairRequest(PROSE, "extraction", 1, guidance=own)) == (
        "Statement: The axle turns.\nQuestion: What turns?\n\n"
    )
