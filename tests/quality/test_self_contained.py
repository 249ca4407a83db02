import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.self_contained import not_self_contained

PROSE = "A left pedal has a left-hand thread. Grease keeps the threads from rusting."


def lean(question, answer="A thread.", prose=PROSE):
    return not_self_contained(Pair(question, answer), prose)


@pytest.mark.parametrize(
    "question",
    [
        "What does the text say about grease?",
        "According to the passage, what has a thread?",
        "What is described in this section?",
        "What does the author recommend for pedals?",
        "What has a thread, as described above?",
        "Which pedal is named in the given\ntext?",
        "Based on the provided information, which pedal is it?",
        "Was wird in diesem Abschnitt über das Pedal gesagt?",
        "Was hat laut dem Text ein Gewinde?",
        "Welches Pedal wird im Dokument genannt?",
        "Was beschreibt der Text über das Pedal?",
        "What does the note say about grease?",
        "As the guide explains, which pedal has a thread?",
        "Selon le texte, quelle pédale a un filetage ?",
        "Según el texto, ¿qué pedal tiene rosca?",
        "Secondo il testo, quale pedale?",
        "De acordo com o texto, qual pedal?",
        "根据上述文本，哪个踏板？",
        "この文章によると、どのペダルですか？",
    ],
)
def test_a_question_that_leans_on_the_text_is_blocked(question):
    assert lean(question).startswith("the question says ")


def test_an_answer_that_leans_on_the_text_is_blocked():
    assert lean("What has a thread?", "The passage says a pedal.") == (
        'the answer says "the passage says"'
    )


@pytest.mark.parametrize(
    "question",
    [
        "Which pedal has a left-hand thread?",
        "Who is the author of Faust?",
        "What keeps the threads from rusting?",
        "Welches Pedal hat ein Linksgewinde?",
        "左のペダルはどうですか？",
    ],
)
def test_a_question_that_stands_alone_passes(question):
    assert lean(question) is None


def test_a_word_that_the_prose_uses_so_itself_passes():
    prose = "The parser reads the document twice. In this section of the pipe, water is cold."
    assert lean("Who reads from the document twice?", prose=prose) is None
    assert lean("What is cold in this section of the pipe?", prose=prose) is None
    assert lean("What does this document say?", prose=prose) is not None


@pytest.mark.parametrize("prose", ["Each document begins with a block.", "Documents have a head."])
def test_the_document_may_be_one_of_those_that_the_prose_is_about(prose):
    assert lean("What stands at the beginning of the document?", prose=prose) is None
    assert lean("What does the document say?", prose=prose) is not None


def test_a_word_that_only_begins_like_it_is_another():
    assert lean("What is in the text?", prose="Textiles are sold in this context.") is not None


@pytest.mark.parametrize(
    "question",
    [
        "What is it?",
        "What is this used for?",
        "Why does he do that?",
        "What is it made of?",
        "How often should you feed it?",
        "What is its colour?",
        "Was ist das?",
        "Wann wurde sie errichtet?",
    ],
)
def test_a_question_that_names_nothing_is_blocked(question):
    assert lean(question) == "the question names nothing that it asks about"


@pytest.mark.parametrize(
    "question",
    [
        "What is a hat?",
        "What is war?",
        "When was it in Rome?",
        "Is it 5 o'clock?",
        "What does it mean to fork?",
        "Why does a pump stop when it overheats?",
        "Was ist eine Talsperre?",
        "Wozu braucht sie Wasser?",
    ],
)
def test_a_question_that_names_one_thing_passes(question):
    assert lean(question) is None
