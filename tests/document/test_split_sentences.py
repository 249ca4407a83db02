import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.split_sentences import split_sentences


def test_prose_is_cut_behind_its_sentences():
    prose = "The mill has two wheels. Does it turn? It does!\n\nThe saw is new."
    assert split_sentences(prose) == ("The mill has two wheels.", "It does!", "The saw is new.")


def test_headings_code_tables_and_images_are_no_sentences():
    prose = (
        "# The mill\n\n```\nprint('A line. Another.')\n```\n\n| a | b |\n"
        "![a wheel](wheel.png)\n\nThe mill is old."
    )
    assert split_sentences(prose) == ("The mill is old.",)


def test_a_sentence_may_run_over_lines():
    assert split_sentences("The mill\nis very\nold.") == ("The mill is very old.",)


def test_list_items_are_cut_apart():
    prose = "- The wheel is made of oak.\n- The saw is made of steel."
    assert split_sentences(prose) == ("The wheel is made of oak.", "The saw is made of steel.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The wheel was built by J. Smith of Ashford.",
        "The mill belongs to Dr. Amrit Vale.",
        "The wheel measures 3.5 metres.",
        "Das Rad misst ca. Drei Meter.",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(sentence):
    assert split_sentences(sentence) == (sentence,)


def test_a_single_letter_can_end_a_sentence():
    prose = "The result is the transpose of X. The name stands for matrix."
    assert len(split_sentences(prose)) == 2


def test_chinese_sentences_need_no_blank_between_them():
    assert split_sentences("水车很旧。锯子是新的。") == ("水车很旧。", "锯子是新的。")


@pytest.mark.parametrize(
    ("prose", "count"),
    [
        ("पवनचक्की में दो पहिए हैं। आरी नई है।", 2),
        ("پن چکی میں دو پہیے ہیں۔ آری نئی ہے۔", 2),
        ("للطاحونة عجلتان. هل المنشار جديد؟ المنشار جديد.", 2),
        ("पवनचक्की पुरानी है॥ आरी नई है॥", 2),
    ],
    ids=["hi", "ur", "ar", "double danda"],
)
def test_sentences_end_by_the_marks_of_their_script(prose, count):
    assert len(split_sentences(prose)) == count


@given(st.text())
def test_every_sentence_ends_as_sentences_do(prose):
    assert all(sentence[-1] in ".!。！۔।॥" for sentence in split_sentences(prose))
