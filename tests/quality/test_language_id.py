"""Language identification: of a text, and of a pair against its section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.language_id import detect_language, language_mismatch

GERMAN = (
    "Das große Fernrohr der Sternwarte ist ein Refraktor. Die Linse wurde in Taubach geschliffen "
    "und wiegt 38 Kilogramm. Ein Uhrwerk führt das Fernrohr den Sternen nach, und es läuft zwei "
    "Stunden. Das Handbuch nennt es »the pride of the hill«."
)
ENGLISH = (
    "The great telescope of the observatory is a refractor. Its lens was ground in Taubach and "
    "weighs 38 kilograms. A clock moves it after the stars for two hours. The manual calls it 'der "
    "Stolz des Hügels'."
)
FRENCH = (
    "Le moulin d'Ashford est dans la vallée et sa roue est en bois. Il a été construit en 1790 "
    "par les moines."
)
JAPANESE = "この水車は1790年に作られました。GPUとは違い、水だけで動きます。CPUも要りません。"
RUSSIAN = "Старая мельница стоит на берегу реки. Её построили монахи в 1790 году."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "German"),
        (ENGLISH, "English"),
        (FRENCH, "French"),
        (JAPANESE, "Chinese or Japanese"),
        (RUSSIAN, "Cyrillic"),
        ("El molino de Ashford es viejo y está en la orilla del río.", "Spanish"),
        ("Il mulino di Ashford è vecchio e si trova nella valle.", "Italian"),
        ("O moinho de Ashford é velho e está na margem do rio.", "Portuguese"),
        ("De molen van Ashford is oud en staat aan de rivier.", "Dutch"),
        ("Kvarnen i Ashford är gammal och ligger vid en å.", "Swedish"),
        ("Møllen i Ashford er gammel og ligger ved en å.", "Danish or Norwegian"),
        ("Młyn w Ashford jest stary i stoi nad rzeką.", "Polish"),
        ("Ashfordin mylly on vanha ja se on joen rannalla.", "Finnish"),
        ("", None),
        ("12 34 + 5", None),
        ("Kit M3 M4: screw, nut, washer, bolt", None),
        ("μ σ π", None),
    ],
)
def test_most_words_tell_the_language(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("question", "answer", "prose", "detail"),
    [
        (
            "What is the weight of the lens?",
            "38 kilograms.",
            GERMAN,
            "the question is in English, the section in German",
        ),
        (
            "Who built the mill?",
            "Monks.",
            FRENCH,
            "the question is in English, the section in French",
        ),
        (
            "Why does it need no power?",
            "It runs on water.",
            JAPANESE,
            "the question is in English, the section in Chinese or Japanese",
        ),
        (
            "When was the mill built?",
            "In 1790.",
            RUSSIAN,
            "the question is in English, the section in Cyrillic",
        ),
        (
            "Wie schwer ist die Linse?",
            "38 Kilogramm.",
            ENGLISH,
            "the question is in German, the section in English",
        ),
        (
            "この水車はいつ作られましたか?",
            "1790年です。",
            ENGLISH,
            "the question is in Chinese or Japanese, the section in English",
        ),
        (
            "Wie schwer ist die Linse?",
            "It is so heavy that two men are needed to lift it from its box.",
            GERMAN,
            "the answer is in English, the section in German",
        ),
        (
            "Who ground lenses?",
            "A workshop, as it seems.",
            GERMAN,
            "the pair is in English, the section in German",
        ),
    ],
)
def test_a_pair_in_another_language_is_foreign(question, answer, prose, detail):
    assert language_mismatch(Pair(question, answer), prose) == detail


@pytest.mark.parametrize(
    ("question", "answer", "prose"),
    [
        ("Wie schwer ist die Linse?", "38 Kilogramm.", GERMAN),
        ("Was ist SIMD?", "Single instruction, multiple data.", GERMAN),
        ("Was heißt »first in, first out«?", "Wer zuerst kommt, geht zuerst.", GERMAN),
        ("Wie nennt das Handbuch das Fernrohr?", "The pride of the hill.", GERMAN),
        ("Wer schrieb »The Art of the Possible«?", "Rab Butler.", GERMAN),
        ("Welches Buch half?", "The Art of Computer Programming", GERMAN),
        ("Welcher Befehl hilft?", "`what is this and that and how to do it`", GERMAN),
        ("Welcher Code?", "```\nfor the in to: if not this: do that\n```", GERMAN),
        ("Linse Taubach?", "38", GERMAN),
        ("この水車は何と違いますか?", "GPU", JAPANESE),
        ("SIMDとは何の略ですか?", "Single Instruction, Multiple Data", JAPANESE),
        ("Who wrote Die Leiden des jungen Werther?", "Johann Wolfgang von Goethe.", ENGLISH),
        ("Who painted El jardín de las delicias?", "Hieronymus Bosch.", ENGLISH),
        ("What do α, β and γ stand for?", "α, β, γ and δ are angles.", ENGLISH),
        ("Which angles?", "α, β, γ, δ", ENGLISH),
        ("Is 水車 a water wheel?", "Yes, 水車 is one.", ENGLISH),
        ("Qui a construit le moulin ?", "Les moines, en 1790.", FRENCH),
        ("Когда построили мельницу?", "В 1790 году.", RUSSIAN),
    ],
)
def test_names_terms_titles_code_and_numbers_make_no_pair_foreign(question, answer, prose):
    assert language_mismatch(Pair(question, answer), prose) is None


@pytest.mark.parametrize(
    "prose",
    [
        "Die Linse.",
        "Kit M3 M4: screw, nut, washer, bolt",
        "Malom a folyó partján áll, és a kereke fából van.",
        "The lens is heavy and it is round. Die Linse ist schwer und sie ist rund.",
    ],
)
def test_where_the_language_of_the_prose_is_unsure_no_pair_is_foreign(prose):
    for pair in (
        Pair("What is the weight of the lens?", "It is heavy."),
        Pair("Wie schwer ist die Linse?", "Sie ist schwer."),
    ):
        assert language_mismatch(pair, prose) is None


@given(st.text(), st.text(), st.text())
def test_any_words_can_be_asked_about(question, answer, prose):
    mismatch = language_mismatch(Pair(question, answer), prose)
    assert mismatch is None or mismatch.startswith("the ")
