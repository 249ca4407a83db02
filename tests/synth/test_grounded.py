import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.grounded import ungrounded

PROSE = (
    "DGEMM takes thirteen arguments. Jack Dongarra published the Level 3 BLAS in 1990, with 1,184 "
    "lines of C++ and 5GB of data.\nThe unit roundoff is about 1.1e-16. "
    "Das Dach des Hauses ist rot."
)
QUOTE = "Jack Dongarra published the Level 3 BLAS in 1990"


def detail(question, answer, evidence=QUOTE):
    blocked = ungrounded(Pair(question, answer), evidence, PROSE)
    assert blocked is None or blocked.reason == "not_grounded"
    return blocked and blocked.detail


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
