import pytest
from support.language_samples import SAMPLES

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
        'the answer says "the passage"'
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


# The sections are about such texts; what a text does not do is no telling.
@pytest.mark.parametrize(
    ("question", "prose"),
    [
        ("What do the notes on the staff show?", "A note on the staff shows a pitch."),
        ("Where must the material for the station be stored?", "Material is kept in a shed."),
        ("In which states may the document be?", "A document has three states."),
        ("Which statue is next to the passage?", "A passage leads to a statue."),
        ("Who plays the accordion in the last chapter?", "In each chapter someone plays."),
        ("How many dice does the author throw?", "Each author throws two dice."),
        ("Wie laut liest der Autor?", "Ein Autor liest leise."),
        ("Was steht am Anfang des Dokuments?", "Jedes Dokument hat einen Kopf."),
        ("Wie ist die Länge des Textes beschränkt?", "Ein Text hat höchstens 100 Zeichen."),
        ("Welche Sagen sammelt der Autor?", "Ein Autor sammelt Sagen."),
        ("Quel accord ouvre le passage ?", "Un passage commence par un accord."),
        ("¿Cuál es el segundo capítulo del libro?", "Un libro tiene tres capítulos."),
        ("Chi legge il secondo articolo?", "Un lettore legge ogni articolo."),
        ("Waar staat het artikel in de krant?", "Een artikel staat op de eerste pagina."),
        ("Как стоит указанная цена на документе?", "На документе стоит цена."),
    ],
)
def test_a_section_about_texts_may_be_asked_what_is_not_told_in_them(question, prose):
    assert lean(question, prose=prose) is None


@pytest.mark.parametrize(
    ("question", "prose"),
    [
        ("What is stated in the document?", "A document has three states."),
        ("What is red, as the document states?", "A document has three states."),
        ("What does the author suggest?", "Each author throws two dice."),
        ("As noted in the guide, what is a pitch?", "A guide leads a group."),
        ("Was steht im Text über Zeichen?", "Ein Text hat höchstens 100 Zeichen."),
        ("Was hat laut dem Autor 100 Zeichen?", "Ein Autor schreibt höchstens 100 Zeichen."),
        ("Was wird im Dokument beschrieben?", "Jedes Dokument hat einen Kopf."),
        ("Que dit l'auteur sur le moulin ?", "Un auteur écrit un livre."),
        ("¿Qué dice el autor sobre los libros?", "Un autor escribe libros."),
        ("Secondo l'autore, che cosa è un libro?", "Un autore scrive un libro."),
        ("Segundo o autor, o que é um livro?", "Um autor escreve um livro."),
        ("Wat staat in het artikel over de krant?", "Een artikel wordt gedrukt."),
        ("Что сказано в документе о цене?", "На каждом документе стоит цена."),
        ("这篇文章提到了什么？", "每篇文章有一个标题。"),
        ("この記事では何が述べられていますか?", "記事には見出しがある。"),
    ],
)
def test_a_section_about_texts_may_not_be_asked_what_they_tell(question, prose):
    assert lean(question, prose=prose) is not None


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


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What does this call return?"),
        ("en", "What is the default value of this option?"),
        ("en", "Which value does this option take?"),
        ("en", "How long does it take?"),
        ("en", "How much does it cost?"),
        ("en", "What is mentioned in the text?"),
        ("en", "Which ferry is mentioned in the text?"),
        ("en", "What was wrong with the last reply?"),
        ("en", "What was wrong with your last reply?"),
        ("en", "Is the question self-contained?"),
        ("en", "What happens to the file when this call fails?"),
        ("en", "What does the evidence say about the ferry?"),
        ("en", "How is it used?"),
        ("en", "Where is it?"),
        ("en", "What are they called?"),
        ("en", "What is the main topic of the passage?"),
        ("en", "Why is this important?"),
        ("en", "What does the author mean?"),
        ("en", "What can be inferred from the text?"),
        ("de", "Was macht diese Option?"),
        ("de", "Wie lange dauert es?"),
        ("de", "Welche Uhr wird im Text erwähnt?"),
        ("de", "Was steht im Abschnitt über die Uhr?"),
        ("de", "Was ist der Standardwert dieser Option?"),
        ("de", "Wie groß ist sie?"),
        ("de", "Warum ist das wichtig?"),
        ("de", "Was geschieht, wie oben beschrieben, mit der Uhr?"),
        ("fr", "Que fait cette option ?"),
        ("fr", "Quel moulin est mentionné dans le texte ?"),
        ("fr", "Quelle est la valeur par défaut de cette option ?"),
        ("fr", "D'après l'auteur, que fait le moulin ?"),
        ("es", "¿Qué hace esta opción?"),
        ("es", "¿Qué se menciona en el texto?"),
        ("es", "¿Qué mapas se mencionan en el texto?"),
        ("es", "¿Qué dice el autor sobre los mapas?"),
        ("es", "¿Cuál es el valor de este parámetro?"),
        ("ja", "この文章では何が述べられていますか?"),
        ("ja", "本文で水車は何と説明されていますか?"),
        ("ja", "このオプションは何をしますか?"),
        ("ja", "テキストによると、水車は誰が建てましたか?"),
        ("zh", "文中提到的水磨是谁建造的？"),
        ("zh", "这个选项的作用是什么？"),
        ("zh", "根据文本，水磨是谁建造的？"),
        ("zh", "该选项的默认值是什么？"),
        ("ru", "О чём говорится в тексте?"),
        ("ru", "Что делает этот параметр?"),
        ("ru", "Какая мельница упоминается в тексте?"),
        ("ru", "Что сказано в отрывке о мельнице?"),
        ("ru", "Каково значение этой опции по умолчанию?"),
        ("it", "Quale forno è menzionato nel testo?"),
        ("pt", "O que diz o texto sobre o farol?"),
        ("nl", "Welke sluis wordt in de tekst genoemd?"),
        ("en", "How long does this process take?"),
        ("en", "Who wrote the article?"),
    ],
)
def test_a_question_that_points_at_what_its_reader_does_not_see_is_blocked(language, question):
    assert lean(question, prose=SAMPLES[language][0]) is not None


@pytest.mark.parametrize(
    ("question", "prose"),
    [
        ("When a pan is hot, how is it cleaned?", "A pan is cleaned with salt when it is hot."),
        (
            "In which section of Git's configuration is the name of the user?",
            "The user's name stands in the section `user` of Git's configuration.",
        ),
        (
            "Why do pumps stop when they overheat?",
            "Pumps stop when they overheat, because the relay opens.",
        ),
        (
            "What does a text editor do with the text it opens?",
            "A text editor reads the text into memory.",
        ),
        (
            "Which chapter of the constitution deals with courts?",
            "Chapter three of the constitution deals with courts.",
        ),
        (
            "What does the author of Faust do in Weimar?",
            "Goethe, the author of Faust, was a minister in Weimar.",
        ),
        (
            "What does the author receive for each copy sold?",
            "For each copy sold the author receives one euro.",
        ),
        (
            "How is the document signed?",
            "A notary checks that the document is signed on each page.",
        ),
        ("How long does it take to cross to Holm?", "The ferry takes 40 minutes to Holm."),
        ("How long does it take until concrete is hard?", "Concrete is hard after 28 days."),
        ("If `poll` fails, what does this call return?", "`poll` returns -1 where it fails."),
        (
            "Which option of tar keeps the owner, and when is this option needed?",
            "tar --same-owner keeps the owner; needed by root.",
        ),
        ("What is a note in music?", "A note is a sound with a pitch."),
        ("What is the source of the Nile?", "The Nile comes from Lake Victoria."),
        ("What is the material of the hull?", "The hull is made of oak."),
        ("What material is the hull made of?", "The hull is made of oak."),
        ("Who are those who may borrow boats?", "Members may borrow boats."),
        (
            "What is the passage under the castle called?",
            "The passage under the castle is called Fox Hole.",
        ),
        ("When did this happen in Rome?", "Rome burnt in 64."),
        (
            "Wenn eine Pumpe heiß wird, wie wird sie gekühlt?",
            "Eine Pumpe, die heiß wird, kühlt man mit Wasser.",
        ),
        (
            "Was bedeutet es, einen Prozess zu forken?",
            "Einen Prozess zu forken heißt ihn zu verdoppeln.",
        ),
        (
            "Welcher Artikel des Grundgesetzes schützt die Wohnung?",
            "Artikel 13 des Grundgesetzes schützt die Wohnung.",
        ),
        ("Wie wird der Text gesetzt?", "Der Setzer setzt den Text von Hand."),
        ("Wie heißt das Kapitel im Dom?", "Das Kapitel im Dom hat zwölf Mitglieder."),
        ("Warum ist Eis glatt?", "Eis ist glatt, weil es schmilzt."),
        ("Wer schreibt den Text eines Gesetzes?", "Ein Ministerium schreibt den Text."),
        (
            "Quand une poêle est chaude, comment la nettoie-t-on ?",
            "Une poêle chaude se nettoie au sel.",
        ),
        ("Qu'est-ce que la Semois ?", "La Semois est une rivière."),
        ("Qu'est-ce qui arrête le moulin ?", "Le gel arrête le moulin."),
        (
            "Dans quelle section de la configuration de Git est le nom ?",
            "Le nom est dans la section user de la configuration de Git.",
        ),
        ("Que protège l'article 12 de la loi ?", "L'article 12 de la loi protège la maison."),
        ("¿Qué hay al este del valle?", "Al este del valle hay un bosque."),
        ("¿Cuál es el autor del Quijote?", "Cervantes es el autor del Quijote."),
        (
            "Si una sartén está caliente, ¿cómo se limpia esta sartén?",
            "Una sartén caliente se limpia con sal.",
        ),
        ("フライパンが熱いとき、それはどう洗いますか?", "フライパンは熱いうちに塩で洗う。"),
        ("『雪国』の著者は誰ですか?", "『雪国』は川端康成が書いた。"),
        ("テキストエディタは何をしますか?", "テキストエディタはファイルを開く。"),
        ("锅热的时候，应该怎么洗它？", "锅热的时候应该用盐洗。"),
        ("《红楼梦》的作者是谁？", "《红楼梦》是曹雪芹写的。"),
        ("应该用什么洗锅？", "锅应该用盐洗。"),
        ("更换滤芯前该做什么？", "更换滤芯前关水。"),
        ("滤芯该怎么更换？", "拧下外壳，更换滤芯。"),
        ("该用什么洗锅？", "锅用盐洗。"),
        ("Est-ce la pluie qui arrête le moulin ?", "Le gel arrête le moulin."),
        ("Если сковорода горячая, как её чистят?", "Горячую сковороду чистят солью."),
        ("Что это такое: секстант?", "Секстант измеряет углы."),
        ("Кто автор романа «Идиот»?", "Достоевский написал роман «Идиот»."),
        (
            "Quale articolo della legge protegge la casa?",
            "L'articolo 13 della legge protegge la casa.",
        ),
        ("Quem é o autor de Os Lusíadas?", "Camões escreveu Os Lusíadas."),
        ("Wat is de auteur van Max Havelaar?", "Multatuli schreef Max Havelaar."),
        ("Ce este un sextant?", "Un sextant măsoară unghiul dintre o stea și orizont."),
        ("Co to jest sekstans?", "Sekstans mierzy kąt między gwiazdą a horyzontem."),
        ("이 탑은 무엇입니까?", "이 탑은 종탑이다."),
        ("ما هذه الآلة التي تطحن القمح؟", "هذه الآلة طاحونة تطحن القمح."),
    ],
)
def test_a_question_that_says_itself_what_it_points_at_passes(question, prose):
    assert lean(question, prose=prose) is None


@pytest.mark.parametrize("language", SAMPLES)
def test_right_pairs_stand_alone(language):
    prose, pairs = SAMPLES[language]
    found = {question: lean(question, answer, prose) for question, answer in pairs}
    assert set(found.values()) == {None}, found
