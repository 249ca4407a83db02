"""Answer agreement: the same said in other words, something else, and what cannot be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.answer_agreement import answers_agree

texts = st.text() | st.sampled_from(
    [
        "-",
        "—",
        "",
        "Yes.",
        "No",
        "Nein",
        "In 1790.",
        "是",
        "Two wheels.",
        "11月から3月まで。",
        "`!=`",
    ]
)


@pytest.mark.parametrize(
    ("answer", "other"),
    [
        ("From November to March.", "It is closed from November to March."),
        ("from NOVEMBER to March", "From November to March!"),
        ("Von November bis März.", "Sie ist von November bis März geschlossen."),
        ("De novembre à mars.", "Elle est fermée de novembre à mars."),
        ("De noviembre a marzo.", "Está cerrada de noviembre a marzo."),
        ("С ноября по март.", "Он закрыт с ноября по март."),
        ("11月から3月まで。", "水門は11月から3月まで閉まっている。"),
        ("从11月到次年3月。", "船闸每年11月到次年3月关闭。"),
        ("11월부터 3월까지.", "수문은 11월부터 3월까지 닫혀 있다."),
        ("من نوفمبر إلى مارس.", "هو مغلق من نوفمبر إلى مارس."),
    ],
)
def test_an_answer_that_stands_in_another_agrees_with_it(answer, other):
    assert answers_agree(answer, other)
    assert answers_agree(other, answer)


@pytest.mark.parametrize(
    ("answer", "other"),
    [
        ("Two wheels drive it.", "The river is high in spring."),
        ("Oslo.", "Bergen."),
        ("Weil der Fluss dort steil fällt.", "Weil er tief ist."),
        ("De novembre à mars.", "Deux fois la cloche."),
        ("De noviembre a marzo.", "Dos veces la campana."),
        ("С ноября по март.", "Летом."),
        ("番人の鐘を2回鳴らす。", "川が急に下るため。"),
        ("敲两下看守人的钟。", "河流落差很大。"),
    ],
)
def test_an_answer_in_other_words_does_not(answer, other):
    assert not answers_agree(answer, other)
    assert not answers_agree(other, answer)


@pytest.mark.parametrize("dash", ["-", "–", "—", " - ", "--", "…", "", "\n"])
@pytest.mark.parametrize("answer", ["Two wheels.", "Yes.", "7", "是", "-"])
def test_a_dash_is_no_answer_and_agrees_with_none(answer, dash):
    assert not answers_agree(answer, dash)
    assert not answers_agree(dash, answer)


@pytest.mark.parametrize("brief", ["Yes.", "No", "Ja", "Oui", "Sí", "Да", "いいえ", "否"])
@pytest.mark.parametrize("other", ["No.", "It cannot be opened.", "Nein", "Ne"])
def test_a_yes_or_no_may_be_said_in_many_ways(brief, other):
    assert answers_agree(brief, other)
    assert answers_agree(other, brief)


@pytest.mark.parametrize(
    ("answer", "other", "agree"),
    [
        ("12", "12", True),
        ("12", "13", False),
        ("7", "It has 7 wheels.", True),
        ("7", "It has 9 wheels.", False),
        ("40 kg", "40", True),
        ("40 kg", "45 kg", False),
        ("In 1790.", "It was built in 1811.", False),
        ("In 1790.", "It was built in 1790.", True),
    ],
)
def test_a_number_is_compared_however_short_it_is(answer, other, agree):
    assert answers_agree(answer, other) is agree
    assert answers_agree(other, answer) is agree


def test_an_operator_is_an_answer():
    assert answers_agree("`!=`", "!=")
    assert answers_agree("`**`", "**")


def test_a_word_counts_as_often_as_it_stands_in_both():
    assert not answers_agree("the wheel of the mill", "the the the the the")


@given(texts, texts)
def test_no_answer_comes_before_another(answer, other):
    assert answers_agree(answer, other) == answers_agree(other, answer)


def test_an_operator_beside_a_word_is_found():
    assert answers_agree(":::&", ":::&\n0")


@given(st.text(), st.text(), st.text())
def test_what_stands_in_an_answer_word_for_word_agrees_with_it(before, answer, after):
    if answers_agree(answer, answer):
        assert answers_agree(answer, f"{before}\n{answer}\n{after}")
