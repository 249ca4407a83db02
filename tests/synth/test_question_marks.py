import pytest

from dlm_lsp.synth.question_marks import is_question, is_question_mark


@pytest.mark.parametrize(
    "text",
    [
        "What is A?",
        "**What is A?**",
        "He asked “why?”",
        "Quelle est sa longueur ?",
        "它有多长？",
        "كم يبلغ طوله؟",
        "Πόσο μήκος έχει;",
        "Πόσο μήκος έχει\u037e",
        "Որքա՞ն է նրա երկարությունը։",
        "ርዝመቱ ስንት ነው፧",
        "どこから流れ出していますか。",
        "どこですか",
        "Really?!" + "?",
        "What‽",
    ],
)
def test_a_text_asks_if_it_ends_as_questions_do_in_its_script(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["", "  ", "A.", "int a;", "¿", "Why? Because.", "これは川です。", "?? no", "x" * 500]
)
def test_other_texts_do_not_ask(text):
    assert not is_question(text)


def test_what_begins_a_question_is_no_end_of_one():
    assert not is_question_mark("¿")
