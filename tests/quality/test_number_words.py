import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.number_words import (
    NUMBER_WORD_LANGUAGES,
    find_numbers,
    known_values,
    may_have_numbers,
    may_stand_in_words,
    number_values,
    stands_in,
)
from dlm_lsp.quality.word_tokenize import word_tokens


def languages_of(language):
    return NUMBER_WORD_LANGUAGES & {language}


def same(left, right, language="en"):
    """Tell whether all numbers of one text stand in the other."""
    numbers = find_numbers(left, languages_of(language))
    known = known_values(find_numbers(right, languages_of(language)))
    return bool(numbers) and all(stands_in(number, known) for number in numbers)


@pytest.mark.parametrize(
    ("language", "left", "right"),
    [
        ("en", "twenty-five people", "25 people"),
        ("en", "three hundred and forty-two", "342"),
        ("en", "two million steps", "2,000,000 steps"),
        ("en", "1.5 million steps", "1,500,000 steps"),
        ("en", "the third", "3rd"),
        ("de", "zweiundvierzig Meter", "42 m"),
        ("de", "zwölf Millionen", "12.000.000"),
        ("de", "12 Millionen", "zwölf Millionen"),
        ("de", "dreißig", "30"),
        ("de", "der vierte", "4."),
        ("fr", "quatre ouvrages", "4 ouvrages"),
        ("fr", "quatre-vingt-dix-sept", "97"),
        ("fr", "le deuxième étage", "le 2e étage"),
        ("es", "veinticinco minutos", "25 minutos"),
        ("it", "ventuno", "21"),
        ("pt", "vinte e cinco", "25"),
        ("nl", "vijfentwintig", "25"),
        ("da", "enogtyve", "21"),
        ("ja", "三十秒", "30秒"),
        ("ja", "千八百七十四年", "1874年"),
        ("ja", "5万円", "50000円"),
        ("zh", "一百二十级", "120级"),
        ("zh", "二〇二四年", "2024年"),
        ("ja", "1874年に建てられました", "1874年に駅前に建てられた"),
        ("ko", "18해리까지", "18 해리"),
        ("ar", "١٨٧٤", "1874"),
        ("hi", "१२", "12"),
        ("en", "1 250", "1250"),
        ("en", "1.250", "1250"),
        ("en", "1,250", "1250"),
        ("en", "1'250.50", "1250.5"),
        ("en", "12,34,567", "1234567"),
        ("en", "1\N{NARROW NO-BREAK SPACE}250", "1250"),
        ("de", "2,5 kg", "2.50 kg"),
        ("ar", "١٬٢٥٠٫٥", "1250.5"),
        ("en", "40 min", "40 minutes"),
        ("en", "5GB", "5 GB"),
        ("en", "50 %", "50 percent"),
        ("en", "1920×1080", "1920x1080"),
        ("en", "1920 x 1080", "1920x1080"),
        ("en", "½", "0.5"),
        ("de", "1½", "1,5"),
        ("en", "3/4", "0.75"),
        ("en", "1.1e-16", "0.00000000000000011"),
        ("en", "17:45", "5:45 pm"),
        ("en", "5:45 p.m.", "17:45"),
        ("en", "5 pm", "17:00"),
        ("fr", "17h45", "17:45"),
        ("de", "17.45 Uhr", "17:45 Uhr"),
        ("de", "17 Uhr 45", "17:45"),
        ("ja", "17時45分", "17:45"),
        ("ja", "午後5時", "17時"),
        ("en", "3.10.1891", "3 October 1891"),
        ("en", "2024-03-05", "March 5, 2024"),
        ("en", "version 2.0.1", "v2.0.1"),
        ("en", "10-20", "10 to 20"),
        ("en", "16:9", "16 to 9"),
        ("en", "555-0100", "5550100"),
        ("de", "030-555-0100", "0305550100"),
        ("en", "05/2020", "May 2020"),
        ("en", "2020-05", "May 2020"),
        ("en", "1h 30m", "1 hour 30 minutes"),
        ("fr", "1h30", "1 heure et 30 minutes"),
        ("ja", "1時間30分", "1 時間 30 分"),
        ("en", "m² 12", "12"),
    ],
)
def test_a_number_is_the_same_in_another_way_of_writing(language, left, right):
    assert same(left, right, language)
    # The half of a day, the month and the scale may be said on one side only.
    assert same(right, left, language)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1.250", "1251"),
        ("1,25", "125"),
        ("0.250", "250"),
        ("5:45 am", "5:45 pm"),
        ("5:45 am", "17:45"),
        ("20 hours", "20:15"),
        ("v2.1.0", "v2.0.1"),
        ("int8", "8"),
        ("uint16", "int16"),
        ("0x1f", "1"),
        ("16 to 10", "16:9"),
        ("555-0101", "5550100"),
        ("10-21", "1021"),
        ("05/2021", "May 2020"),
        ("13/2020", "2020"),
        ("30 minutes", "10:30:15"),
        ("twenty-five", "20 and 5"),
        ("3.10.1891", "4 October 1891"),
        ("三十", "三百"),
        ("1.5 million", "5 million"),
    ],
)
def test_another_number_is_another(left, right):
    assert not same(left, right)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A second after the first one, I and Louis XIV came."),
        ("de", "Ein Haus und eine Uhr, zum ersten Mal."),
        ("fr", "Un chien, une maison, le premier, la seconde."),
        ("pl", "To ten dom."),
        ("zh", "一般来说,万一千万"),
        ("ja", "一部の人が統一した。"),
    ],
)
def test_what_may_be_no_number_is_none_or_unsure(language, text):
    assert all(number.unsure for number in find_numbers(text, languages_of(language)))


def test_numbers_follow_each_other_as_they_are_written():
    assert [written for written, _ in number_values("Six of 7 in twenty-eight hours")] == [
        "six",
        "7",
        "twenty-eight",
    ]


def test_a_word_of_several_languages_counts_once():
    assert list(number_values("six")) == [("six", frozenset(("6",)))]


@pytest.mark.parametrize(
    ("language", "number", "may"),
    [
        ("ru", "10", True),
        ("ru", "30", True),
        ("ru", "31", False),
        ("ru", "1000", False),
        ("en", "10", False),
        ("ja", "10", False),
        (None, "10", False),
    ],
)
def test_only_where_number_words_cannot_be_read_a_short_number_may_be_one(language, number, may):
    assert may_stand_in_words(find_numbers(number)[0], language) is may


@given(
    st.text()
    | st.text(st.characters(categories=("Cs", "L", "N")))
    | st.text("0123456789.,:/- 'xveh万三十½²_")
    | st.lists(st.sampled_from(["12", "1.5.7", "9:3", "million", "hundred", "and"])).map(" ".join)
)
def test_every_number_has_a_value_and_stands_in_its_own_text(text):
    numbers = find_numbers(text, NUMBER_WORD_LANGUAGES)
    known = known_values(numbers)
    assert all(number.values and stands_in(number, known) for number in numbers)


@given(
    st.lists(
        st.sampled_from(("one", "two", "seventy", "hundred", "million", "and", "-", "third", "7")),
        max_size=8,
    ),
    st.integers(4, 40),
)
def test_a_number_in_words_is_read_alike_wherever_it_stands(words, distance):
    said = " ".join(words)
    values = [number.values for number in find_numbers(said, ("en",))]
    far = find_numbers(f"{'house ' * distance}{said}{' house' * distance} nine", ("en",))
    # Those in digits come first.
    assert [number.values for number in far] == [*values, frozenset(("9",))]


def test_half_a_character_beside_a_number_in_words_does_not_stop_the_reading():
    numbers = find_numbers("forty \ud800 \udc00 sixty", ("en",))
    assert [number.text for number in numbers] == ["forty", "sixty"]


@pytest.mark.parametrize("languages", [("en",), sorted(NUMBER_WORD_LANGUAGES)])
def test_text_without_number_words_is_read_in_little_time(languages):
    prose = "The keeper of the lighthouse rings its bell when there is fog over the sea. " * 300
    assert cpu_seconds(prose, languages) < 10 * cpu_seconds(prose, ())


def cpu_seconds(prose, languages):
    """Return the shortest time of several that reading takes."""
    times = []
    for _ in range(7):
        start = time.process_time()
        find_numbers(prose, languages)
        times.append(time.process_time() - start)
    return min(times)


@given(st.integers(1000, 999_999_999), st.sampled_from(",. '_\N{NO-BREAK SPACE}"))
def test_a_whole_number_is_the_same_with_and_without_marks_between_its_thousands(number, mark):
    assert same(f"{number:,}".replace(",", mark), str(number))
    assert same(str(number), f"{number:,}".replace(",", mark))


@given(
    st.lists(
        st.sampled_from(
            [
                "two",
                "twenty-five",
                "zwei",
                "siebzehn",
                "un",
                "dos",
                "uno",
                "bridge",
                "3",
                "½",
                "²",
                "Ⅷ",
                "三",
                "橋の",
                "C++",
                "a+two",
                "5pm",
                "two's",
                "l'un",
                "١٢",
                "①",
                "一つ",
                "twoの",
                "und",
                "to",
                "en",
                "point",
            ]
        ),
        max_size=6,
    ),
    st.sampled_from([" ", ", ", "-"]),
)
def test_a_text_that_can_have_no_numbers_has_none(words, between):
    text = between.join(words)
    if not may_have_numbers(word_tokens(text)):
        assert list(number_values(text)) == []


@pytest.mark.parametrize("text", ["", "The bridge of the town.", "橋はいつできましたか？"])
def test_most_texts_can_have_no_numbers(text):
    assert not may_have_numbers(word_tokens(text))
