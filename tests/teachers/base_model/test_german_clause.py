"""German main clauses: the place of the verb."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.base_model.german_clause import lowercase_article, parse_main_clause


@pytest.mark.parametrize(
    ("text", "subject", "verb"),
    [
        ("Die alte Mühle hat zwei Räder", "Die alte Mühle", "hat"),
        ("Ein Rad mit zwölf Speichen treibt die Säge", "Ein Rad mit zwölf Speichen", "treibt"),
        ("Dörrwald bezahlte den Bau", "Dörrwald", "bezahlte"),
        ("Zwei Personen können die Kuppel drehen", "Zwei Personen", "können"),
        ("Der Bus 63 fährt vom Bahnhof ab", "Der Bus 63", "fährt"),
    ],
)
def test_the_verb_and_what_stands_before_it_are_found(text, subject, verb):
    parts = parse_main_clause(text)
    assert parts
    assert (parts.subject, parts.verb) == (subject, verb)


@pytest.mark.parametrize(
    "text",
    [
        "Im Jahr 1958 wurde das Dach erneuert",
        "Einen Motor hat der Verein abgelehnt",
        "Er gründete die Sternwarte",
        "Räder",
        "",
    ],
)
def test_a_clause_that_does_not_begin_with_its_subject_has_no_parts(text):
    assert parse_main_clause(text) is None


@given(st.text(alphabet=" DieräeMühltw.,1", max_size=60))
def test_the_parts_of_a_clause_are_always_its_words_in_their_order(text):
    parts = parse_main_clause(text)
    if parts:
        assert f"{parts.subject} {parts.verb} {parts.rest}".split() == [
            word.rstrip(",") if word.rstrip(",") == parts.verb else word for word in text.split()
        ]


def test_within_a_sentence_only_an_article_is_small():
    assert lowercase_article("Die alte Mühle") == "die alte Mühle"
    assert lowercase_article("Lauterbach") == "Lauterbach"
    assert lowercase_article("Mitglieder des Vereins") == "Mitglieder des Vereins"
