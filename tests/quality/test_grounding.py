import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.grounding import ungrounded_number, ungrounded_reason

PROSE = (
    "DGEMM takes thirteen arguments. Jack Dongarra published the Level 3 BLAS in 1990, with 1,184 "
    "lines of C++ and 5GB of data.\nThe unit roundoff is about 1.1e-16. "
    "Das Dach des Hauses ist rot."
)
QUOTE = "Jack Dongarra published the Level 3 BLAS in 1990"


def detail(question, answer, evidence=QUOTE):
    return ungrounded_reason(Pair(question, answer), evidence, PROSE)


@pytest.mark.parametrize(
    "evidence",
    [
        QUOTE,
        "  “jack dongarra  published the Level-3 BLAS in 1990,”",
        "Jack Dongara published the Level 3 BLAS in 1990",
        "Jack Dongarra published ... lines of C++",
        PROSE,
    ],
)
def test_evidence_that_stands_in_the_section_passes(evidence):
    assert detail("Who published the BLAS?", "Jack Dongarra did.", evidence) is None


@pytest.mark.parametrize(
    "evidence",
    [
        "Level 3 BLAS was published by Jack Dongarra in the year 1990",
        "DGEMM takes thirteen arguments ... and returns two of them",
        PROSE + " And much more that it does not say at all, for the sake of the argument.",
    ],
)
def test_evidence_that_does_not_stand_in_the_section_is_blocked(evidence):
    assert detail("Who published the BLAS?", "Jack Dongarra did.", evidence) is not None


def test_a_number_that_the_section_lacks_is_blocked():
    assert detail("When?", "It was in 1991.") == 'the section has no "1991"'


def test_a_name_that_the_section_lacks_is_blocked():
    assert detail("Who?", "It was Iain Duff.") == 'the section does not name "duff"'
    assert detail("Who?", "Duff.") == 'the section does not name "duff"'


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many arguments are there?", "It takes 13."),
        ("How many lines?", "There are 1184 of them."),
        ("How much data?", "It is 5 GB of data."),
        ("How small is it?", "About 1.1e-16."),
        ("In which language?", "It is in C++."),
        ("Did it come before LAPACK in 1992?", "No, LAPACK came in 1992."),
        ("Was ist rot?", "Am Haus ist Rot das Dach."),
        ("Is it old?", "Yes."),
        ("What are the steps?", "1. Published\n2. Lines"),
        ("When was it?", "In 1990."),
    ],
)
def test_numbers_and_names_may_be_written_in_another_way(question, answer):
    assert detail(question, answer) is None


@pytest.mark.parametrize("evidence", ["", "the", "in 1990"])
def test_without_evidence_to_look_up_the_words_of_the_answer_have_to_stand_in_the_section(evidence):
    assert detail("Who did it?", "Jack Dongarra published it.", evidence) is None
    assert detail("Who did it?", "some people who wrote software", evidence) == (
        "the answer is not in the words of the section"
    )


WATER = (
    "A starter kept at twenty-five degrees doubles in six hours; fifty bakers ran 1.5 million "
    "steps, and the valve opened on 3.10.1891 at 20:15."
)
DAM = (
    "Die Talsperre wurde zwischen 1928 und 1931 errichtet. Die Staumauer ist zweiundvierzig Meter "
    "hoch und hält zwölf Millionen Kubikmeter Wasser zurück. Der Ingenieur Otto Brand plante sie."
)


@pytest.mark.parametrize(
    ("prose", "answer"),
    [
        (WATER, "At 25 degrees, in 6 hours."),
        (WATER, "50 bakers ran 1,500,000 steps."),
        (WATER, "It was in 1891."),
        (WATER, "No one knows; one baker ran."),
        (DAM, "42 Meter hoch"),
        (DAM, "12 Millionen Kubikmeter."),
        (DAM, "Sie hält 12.000.000 Kubikmeter."),
    ],
)
def test_a_number_may_stand_in_words_or_in_digits(prose, answer):
    assert ungrounded_reason(Pair("Wie?", answer), prose, prose) is None


@pytest.mark.parametrize(
    ("prose", "answer", "number"),
    [
        (WATER, "After 5 hours.", "5"),
        (WATER, "After 20 hours.", "20"),
        (WATER, "It takes nine hours.", "nine"),
        (WATER, "It took ten bakers.", "ten"),
        (WATER, "It took thirty-two bakers.", "thirty two"),
        (DAM, "Sie ist dreißig Meter hoch.", "dreissig"),
        (DAM, "Es sind 13 Millionen Kubikmeter.", "13"),
    ],
)
def test_another_number_is_blocked_in_words_and_in_digits(prose, answer, number):
    assert ungrounded_reason(Pair("Wie?", answer), prose, prose) == f'the section has no "{number}"'


def test_a_word_of_another_language_that_looks_like_a_number_passes():
    prose = "Ce dom stoi nad rzeką od wieków, a jego dach jest czerwony."
    assert ungrounded_reason(Pair("Jaki?", "To ten dom nad rzeką."), prose, prose) is None


@pytest.mark.parametrize(
    "answer",
    ["In den Jahren 1928 bis 1931.", "Damit kein Wasser über die Mauerkrone läuft.", "Der Otto."],
)
def test_where_nouns_have_capitals_a_capital_makes_no_name(answer):
    assert ungrounded_reason(Pair("Was ist mit der Talsperre?", answer), DAM, DAM) is None


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Geplant hat sie der Ingenieur Karl Weber.", "karl"),
        ("Karl Weber", "karl"),
        ("Weber war es.", "weber"),
    ],
)
def test_where_nouns_have_capitals_a_full_name_is_still_a_name(answer, name):
    reason = ungrounded_reason(Pair("Wer plante die Talsperre?", answer), DAM, DAM)
    assert reason == f'the section does not name "{name}"'


@pytest.mark.parametrize("answer", ["Edison did.", "Edison wrote the BLAS in 1990."])
def test_who_it_was_is_a_name_at_the_beginning_too(answer):
    assert detail("Who published the BLAS?", answer) == 'the section does not name "edison"'


@pytest.mark.parametrize("answer", ["Nobody did.", "The arguments did.", "Dongarra did."])
def test_not_every_answer_to_who_begins_with_a_name(answer):
    assert detail("Who published the BLAS?", answer) is None


@pytest.mark.parametrize(
    ("question", "answer", "number"),
    [
        ("How old is the dam?", "It is 90 years old.", "90"),
        ("How old is the dam in 2021?", "In 2021 it has many years.", None),
        ("How old is the dam?", "It has many years.", None),
    ],
)
def test_a_number_that_neither_prose_nor_question_tells_is_uncounted(question, answer, number):
    assert ungrounded_number(Pair(question, answer), DAM) == number


LONG = " ".join(f"The {n}th mill of Ashford grinds {n * 7} sacks of rye." for n in range(100))


def test_a_long_quotation_with_a_slip_of_the_pen_is_found():
    pair = Pair("What do the mills of Ashford grind?", "The mills of Ashford grind rye.")
    slip = LONG[100:4000].replace("50th mill of", "50th mil of")
    assert slip not in LONG
    assert ungrounded_reason(pair, slip, LONG) is None


def test_a_long_quotation_that_goes_on_with_other_words_is_not_found():
    pair = Pair("What do the mills of Ashford grind?", "The mills of Ashford grind rye.")
    invented = LONG[:3000] + " and of wheat, which nobody else in the whole valley has." * 8
    assert "is not in the section" in ungrounded_reason(pair, invented, LONG)
