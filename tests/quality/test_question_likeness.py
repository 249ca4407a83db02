import pytest

from dlm_lsp.quality.question_likeness import QuestionList
from dlm_lsp.quality.word_tokenize import word_tokens


def alike(question, *others):
    questions = QuestionList()
    for other in others:
        questions.add(questions.keys(word_tokens(other)))
    return questions.alike(questions.keys(word_tokens(question)))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("When was the bridge built?", "In which year was the bridge built?", True),
        ("What is the capital of France?", "The capital of France is what?", True),
        ("Hafenmeister?", "Hafenmeisterin?", True),
        ("What is it?", "Why do the bells ring at noon?", False),
        ("???", "!", True),
    ],
)
def test_questions_are_alike_by_their_words_or_letters(left, right, expected):
    assert alike(left, right) == ([0] if expected else [])


def test_only_the_places_that_are_asked_for_are_looked_at_and_told_in_order():
    questions = QuestionList()
    for _ in range(4):
        questions.add(questions.keys(word_tokens("What is Oslo?")))
    assert questions.alike(questions.keys(word_tokens("What is Oslo")), {3, 1}) == [1, 3]
    assert questions.alike(questions.keys(word_tokens("What is Oslo"))) == [0, 1, 2, 3]
