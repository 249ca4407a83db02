import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.emptiness import says_nothing


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the library called oneMKL?", "oneMKL"),
        ("What happens when the water stands level?", "The water stands level."),
        ("Was ist die Kernzeit?", "Die Kernzeit."),
        ("Qu'est-ce que le prêt entre bibliothèques ?", "Le prêt entre bibliothèques."),
        ("¿Qué es el faro de punta Nariga?", "El faro de punta Nariga"),
        ("Что такое валенки?", "Валенки."),
        ("Co to jest latarnia?", "Latarnia."),
        ("什么是灯塔?", "灯塔。"),
        ("Which tower is the tower of Ville?", "The tower of Ville."),
        ("In the library, what is the library called oneMKL?", "oneMKL"),
        ("What is Paris, Texas?", "Paris, Texas."),
    ],
)
def test_an_answer_that_only_repeats_the_end_of_its_question_says_nothing(question, answer):
    assert says_nothing(Pair(question, answer)) is not None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which is weaker, X-rays or gamma rays?", "Gamma rays"),
        ("Is the starter asleep or dead?", "Dead."),
        ("Quel fromage n'est jamais percé, le bleu ou le cendré ?", "Le cendré."),
        ("Which is steeped for two minutes — black tea, green tea?", "Green tea"),
        ("Which is steeped for two minutes, black/green tea?", "Green tea"),
        ("Quel thé infuse deux minutes : thé noir, le thé vert ?", "Thé vert"),
        ("哪种茶泡两分钟：红茶、绿茶？", "绿茶"),
        ("Zahlt man lieber monatlich als jährlich?", "Jährlich."),
        ("Which is cheaper, the bus rather than the train?", "The train."),
        ("Qu'est-ce qui est plus lent que le bus ?", "Le bus."),
        ("Quel fromage n'est jamais percé, le bleu ou le cendré ?", "Cendré."),
        ("Ist ein Moor oder ein Sumpf nass?", "Ein Sumpf nass."),
        ("¿Qué madura antes, el azul o el rojo?", "El rojo"),
        ("Что теплее, валенки или бурки?", "Бурки."),
        ("Co jest cieplejsze, walonki czy burki?", "Burki."),
        ("負責人是張三還是李四?", "李四。"),
        ("負責人是张三还是李四?", "李四。"),
        ("等待的是张三和李四?", "李四。"),
    ],
)
def test_an_answer_to_a_choice_may_stand_in_its_question(question, answer):
    assert says_nothing(Pair(question, answer)) is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is X faster than Y?", "Yes."),
        ("Is X faster than Y?", "Yes, X is faster."),
        ("Можно ли заплывать за остров?", "Можно."),
        ("Pode-se sair à noite?", "Pode-se."),
        ("Is the limit of retries 5?", "5"),
        ("What is the library?", "It is oneMKL."),
    ],
)
def test_a_yes_a_number_and_what_adds_a_word_say_something(question, answer):
    assert says_nothing(Pair(question, answer)) is None


@given(st.text(), st.text())
def test_no_words_make_it_fail(question, answer):
    detail = says_nothing(Pair(question, answer))
    assert detail is None or detail
