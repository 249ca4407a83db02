from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.parse import parse
from dlm_lsp.document.section import Pair
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.filters import find_pair_fault
from dlm_lsp.synth.planned_requests import prose_sources

PROSE = "The moon circles the earth in 27 days, and it shows us one of its sides."
EXAMPLES = [("How deep is the lake?", "It is 40 metres deep.")]


def reason(question, answer, strategy="extraction"):
    blocked = find_pair_fault(Pair(question, answer), PROSE, strategy, EXAMPLES)
    return blocked and blocked.reason


def test_a_good_pair_passes():
    assert reason("How long does the moon take around the earth?", "It takes 27 days.") is None


def test_each_gate_gives_its_own_reason():
    assert reason("Wie lange braucht der Mond um die Erde?", "27 Tage.") == "wrong_language"
    assert reason("What does the text say?", "It takes 27 days.") == "not_self_contained"
    assert reason("What does the moon do?", "what does the moon do") == "looping"
    assert reason("How deep is the lake now?", "It takes 27 days.") == "copied_example"
    assert reason("What circles the earth? The moon.", "The moon.") == "says_nothing"
    assert reason("How old is the moon?", "It is 30 days old.") == "not_grounded"


def test_expansion_may_go_beyond_the_section():
    assert reason("How old is the moon?", "4.5 billion years.", "expansion") is None


def test_a_question_of_the_same_form_as_an_example_is_no_copy():
    assert reason("How deep is the well of the moon?", "27 days") is None


@given(st.text(), st.text(), st.text())
def test_no_words_make_a_gate_fail(question, answer, prose):
    blocked = find_pair_fault(Pair(question, answer), prose, "extraction", EXAMPLES)
    assert blocked is None or blocked.detail


def loops(answer, question="What does a cache do?", prose="A cache keeps data."):
    blocked = find_pair_fault(Pair(question, answer), prose, "expansion")
    assert blocked is None or blocked.reason == "looping"
    return blocked and blocked.detail


@pytest.mark.parametrize(
    "answer",
    [
        "It is used to store data. It is used to store data.",
        "It is used to store data. Fast. It is used to st",
        "the data of the data of the data of the data of the data",
        "no no no no no",
        "It keeps:\nrecent values of x\nrecent values of x",
    ],
)
def test_an_answer_that_says_the_same_again_is_blocked(answer):
    assert loops(answer).startswith('the answer repeats "')


@pytest.mark.parametrize(
    "answer",
    [
        "It stores data. It stores code. It stores both.",
        "A rose is a rose is a rose.",
        "Yes. No. Yes. No.",
        "It keeps data, because reading data from a cache is faster than reading data from a disk.",
    ],
)
def test_an_answer_that_goes_on_passes(answer):
    assert loops(answer) is None


# Each a phrase, or two, that a small model says again until it is stopped.
@pytest.mark.parametrize(
    ("question", "answer", "prose"),
    [
        ("缓存做什么？", "缓存保存数据。缓存保存数据。", "缓存保存最近用过的数据。"),
        ("水車は何をしますか?", "水を汲んで畑に流して" * 4, "水車は水を汲んで畑に流します。"),
        ("水車は何をしますか?", "畑に水を流す、" * 5, "水車は畑に水を流します。"),
        ("กังหันทำอะไร", "ตักน้ำขึ้นมาใส่นา" * 4, "กังหันตักน้ำขึ้นมาใส่นาในหน้าแล้ง"),
        (
            "물레방아는 무엇을 하나요?",
            "물을 길어 밭에 댄다 " * 4,
            "물레방아는 물을 길어 밭에 댄다.",
        ),
        ("Что делает мельница?", "Она мелет муку, и " * 4, "Мельница мелет муку."),
        ("ماذا تفعل الطاحونة؟", "تطحن القمح كل يوم؟ " * 2, "الطاحونة تطحن القمح."),
        ("चक्की क्या करती है?", "चक्की गेहूँ पीसती है। " * 2, "चक्की गेहूँ पीसती है।"),
    ],
)
def test_a_loop_is_blocked_in_every_script(question, answer, prose):
    assert loops(answer, question, prose) is not None


@pytest.mark.parametrize(
    ("question", "answer", "prose"),
    [
        (
            "水車は何をしますか?",
            "水を汲み、畑に流し、また水を汲みます。",
            "水車は畑に水を流します。",
        ),
        ("缓存做什么？", "缓存保存数据，也保存代码，还保存图片。", "缓存保存最近用过的数据。"),
        ("ماذا تفعل الطاحونة؟", "تطحن القمح وتطحن الشعير.", "الطاحونة تطحن القمح والشعير."),
        ("물레방아는 무엇을 하나요?", "물을 긷고 밭에 댄다.", "물레방아는 물을 길어 밭에 댄다."),
    ],
)
def test_what_goes_on_passes_in_every_script(question, answer, prose):
    assert loops(answer, question, prose) is None


def test_the_words_of_the_form_may_be_what_the_prose_is_about():
    prose = "A judge weighs the evidence before the verdict is read, and then the trial is over."
    pair = Pair("What does a judge weigh before the verdict is read?", "The evidence.")
    assert find_pair_fault(pair, prose, "extraction") is None


def test_a_run_that_the_prose_has_itself_passes():
    assert loops("It writes 0 0 0 0 0 first.", prose="It writes 0 0 0 0 0 first.") is None


def test_code_that_repeats_itself_may_be_copied_as_it_stands():
    code = "for (i = 0; i < n; i++)\n    y[i] += a * x[i];"
    twice = f"```c\n{code}\n{code}\n```"
    assert loops(twice, prose=f"The cache runs\n{twice}") is None
    assert loops(twice, prose=f"The cache runs\n{code}") is not None


def test_an_answer_that_only_repeats_its_question_is_blocked():
    assert loops("what does a cache do") == "the answer repeats the question"


def test_a_question_may_not_loop_either():
    assert loops("Data.", question="What is what is what is what is what is a cache?") is not None


@pytest.mark.parametrize(
    "text",
    ["answer", "Answer.", "The answer", "<answer>", "[Answer here]", "Evidence:", "Question 1"],
)
def test_a_form_that_is_filled_in_with_its_own_words_is_blocked(text):
    assert reason("How long does the moon take?", text) == "copied_example"


# Right pairs about different sections of two documents.
RIGHT = {
    "sternwarte": [
        Pair("Auf welchem Berg steht die Sternwarte Hohenfried?", "auf dem Kienberg"),
        Pair("Wann gründete Anselm Dörrwald die Sternwarte?", "Im Jahr 1862."),
        Pair("Wie schwer ist die Linse des großen Fernrohrs?", "38 Kilogramm"),
        Pair("Welchen Durchmesser hat die Kuppel der Sternwarte?", "9 Meter"),
        Pair("Wie oft kehrt der Komet Lauterbach zurück?", "Er kehrt alle 57 Jahre zurück."),
        Pair("Wie viele Fotoplatten umfasst die Sammlung der Sternwarte?", "6400 Fotoplatten"),
        Pair("Wie viele Bücher gingen bei dem Brand verloren?", "2.300 Bücher"),
    ],
    "bicycle": [
        Pair("At which wear is a chain for ten sprockets replaced?", "At a wear of 0.75 percent."),
        Pair("How long are 12 full links of a new chain?", "They measure exactly 12 inches."),
        Pair("How is a left pedal loosened?", "It is loosened clockwise."),
        Pair("Who sold cranks with a left-hand thread?", "The Wright brothers, around 1900."),
        Pair("What does the first number of a tyre size say?", "The width in millimetres."),
        Pair("How many stops does bedding in of new pads take?", "About 20 firm stops."),
        Pair("What does a lever that feels soft mean?", "Air in the hose."),
    ],
}


def sections_that_let_through(pair: Pair, document: Path) -> int:
    proses = [source.prose for source in prose_sources(parse(document.read_text(encoding="utf-8")))]
    return sum(find_pair_fault(pair, prose, "extraction") is None for prose in proses)


@pytest.mark.parametrize("name", RIGHT)
def test_right_pairs_of_real_documents_pass_for_few_sections_and_none_is_a_duplicate(
    name, examples
):
    pairs = RIGHT[name]
    through = [sections_that_let_through(pair, examples / f"{name}.dlm") for pair in pairs]
    assert [pair for pair, count in zip(pairs, through, strict=True) if not count] == []
    # Each has one section of its own among five to seven.
    assert sum(through) <= 2 * len(pairs)
    assert duplicates(pairs, [None] * len(pairs)) == []
