"""Topic naming: which questions get the heading above their evidence, and which have a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.topic import name_topic

TEXTS = {
    "en": (
        "## The tower clock\n\nThe clock was built in 1790. Each weight weighs forty kilos.",
        "Each weight weighs forty kilos.",
    ),
    "de": (
        "## Die Turmuhr von Wendhausen\n\nDie Uhr wurde 1790 gebaut. "
        "Jedes Gewicht wiegt vierzig Kilo.",
        "Jedes Gewicht wiegt vierzig Kilo.",
    ),
    "fr": (
        "## L'horloge de la tour\n\nL'horloge a été construite en 1790. "
        "Chaque poids pèse quarante kilos.",
        "Chaque poids pèse quarante kilos.",
    ),
    "es": (
        "## El reloj de la torre\n\nEl reloj fue construido en 1790. "
        "Cada pesa tiene cuarenta kilos.",
        "Cada pesa tiene cuarenta kilos.",
    ),
    "ja": (
        "## 塔の時計\n\nこの時計は1790年に造られた。おもりは一つ四十キロある。",
        "おもりは一つ四十キロある。",
    ),
    "ru": (
        "## Башенные часы\n\nЧасы построили в 1790 году. Каждая гиря весит сорок килограммов.",
        "Каждая гиря весит сорок килограммов.",
    ),
}


@pytest.mark.parametrize(
    ("language", "question", "named"),
    [
        ("en", "How much does a weight weigh?", "The tower clock: How much does a weight weigh?"),
        (
            "de",
            "Wie viel wiegt ein Gewicht?",
            "Die Turmuhr von Wendhausen: Wie viel wiegt ein Gewicht?",
        ),
        ("fr", "Combien pèse un poids ?", "L'horloge de la tour: Combien pèse un poids ?"),
        ("es", "¿Cuánto pesa cada pesa?", "El reloj de la torre: ¿Cuánto pesa cada pesa?"),
        ("ja", "おもりは何キロですか？", "塔の時計: おもりは何キロですか？"),
        ("ru", "Сколько весит гиря?", "Башенные часы: Сколько весит гиря?"),
    ],
)
def test_a_question_that_names_nothing_gets_the_heading(language, question, named):
    prose, evidence = TEXTS[language]
    assert name_topic(question, evidence, prose) == named


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "How much does a weight of the tower clock weigh?"),
        ("en", "How much does a weight in the TOWER weigh?"),
        ("de", "Wie viel wiegt ein Gewicht der Turmuhr von Wendhausen?"),
        ("fr", "Combien pèse un poids de l'horloge de la tour ?"),
        ("es", "¿Cuánto pesa cada pesa del reloj de la torre?"),
        ("ja", "塔の時計のおもりは何キロですか？"),
        # Another case of the same words.
        ("ru", "Сколько весит гиря башенных часов?"),
    ],
)
def test_a_question_with_the_words_of_the_heading_is_as_it_was(language, question):
    prose, evidence = TEXTS[language]
    assert name_topic(question, evidence, prose) == question


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "How much did Ann Weber say that a weight weighs?"),
        ("en", "What does `--wind` do?"),
        ("en", "What does wind_up do?"),
        ("de", "Was bewirkt `--wind`?"),
        ("fr", "Combien pèse un poids selon Anne ?"),
        ("ru", "Сколько весит гиря в Данморе?"),
        ("ja", "`--wind`は何をしますか？"),
    ],
)
def test_a_question_with_a_name_or_an_identifier_is_as_it_was(language, question):
    prose, evidence = TEXTS[language]
    assert name_topic(question, evidence, prose) == question


def test_where_every_noun_has_a_capital_none_is_a_name_by_it():
    prose, evidence = TEXTS["de"]
    assert name_topic("Was wiegt ein Gewicht?", evidence, prose).startswith("Die Turmuhr")


@pytest.mark.parametrize(
    "heading",
    [
        "1. The clock",
        "2.3 The clock",
        "2.3. The clock",
        "1) The clock",
        "The clock?",
        "The clock:",
        "The clock：",
        "The clock ##",
        "The clock  ",
    ],
)
@pytest.mark.parametrize("level", ["#", "###", "  ##"])
def test_a_heading_is_named_without_its_number_and_its_last_mark(level, heading):
    prose = f"{level} {heading}\n\nIt is old."
    assert name_topic("How old is it?", "It is old.", prose) == "The clock: How old is it?"


@pytest.mark.parametrize("heading", ["1790", "2024 in review", "C"])
def test_a_number_that_is_the_heading_itself_is_kept(heading):
    prose = f"# {heading}\n\nIt is old."
    assert name_topic("How old is it?", "It is old.", prose) == f"{heading}: How old is it?"


@pytest.mark.parametrize(
    "code",
    [
        "```sh\n# install all\nmake\n```",
        "~~~\n# install all\nmake\n~~~",
        "````md\n```sh\nmake\n```\n# install all\n````",
        "1. Build it:\n\n   ```sh\n   # install all\n   make\n   ```",
        "    # install all",
    ],
)
def test_a_comment_in_code_is_no_heading(code):
    prose = f"## The clock\n\n{code}\n\nIt ticks."
    assert name_topic("Does it tick?", "It ticks.", prose) == "The clock: Does it tick?"


def test_code_that_is_not_closed_goes_to_the_end():
    prose = "## The clock\n\nIt ticks.\n\n```sh\n# install all\nmake it tick"
    assert name_topic("Does it?", "make it tick", prose) == "The clock: Does it?"


def test_code_within_a_line_hides_no_heading():
    prose = "```make``` builds it.\n\n## The clock\n\nIt ticks."
    assert name_topic("Does it tick?", "It ticks.", prose) == "The clock: Does it tick?"


SEVERAL = "It is old.\n\n# The clock\n\nIt ticks.\n\n## The bell\n\nIt rings.\n"


@pytest.mark.parametrize(
    ("evidence", "heading"),
    [
        ("It ticks.", "The clock"),
        ("It rings.", "The bell"),
    ],
)
def test_of_several_headings_the_one_above_the_evidence_is_named(evidence, heading):
    assert name_topic("What does it do?", evidence, SEVERAL) == f"{heading}: What does it do?"


@pytest.mark.parametrize("evidence", ["It is old.", "It sings.", ""])
def test_of_several_headings_none_is_named_where_the_evidence_stands_under_none(evidence):
    assert name_topic("What does it do?", evidence, SEVERAL) == "What does it do?"


@pytest.mark.parametrize(
    "prose", ["", "It ticks.", "#no heading\n\nIt ticks.", "##\n\nIt ticks.", f"# {'a ' * 50}\n\n"]
)
def test_without_a_heading_or_with_one_that_is_a_sentence_nothing_is_named(prose):
    assert name_topic("Does it tick?", "It ticks.", prose) == "Does it tick?"


headings = st.text(max_size=90) | st.sampled_from(
    ["The clock", "1. Die Uhr", "塔の時計", "C++", "-"]
)


@given(st.text(), headings, headings, st.text(), st.text())
def test_the_question_stands_whole_at_the_end_and_naming_twice_changes_nothing(
    question, first, second, above, below
):
    prose = f"# {first}\n\n{above}\n\n## {second}\n\n{below}"
    for evidence in (above, below):
        named = name_topic(question, evidence, prose)
        assert named.endswith(question)
        assert name_topic(named, evidence, prose) == named


TWO = "# Rivers\n\nThey are long.\n\n# Clocks\n\nThe pendulum weighs 40 kg."


@pytest.mark.parametrize(
    ("prose", "evidence", "named"),
    [
        (TWO, "The pendulum weighs  40 kg.", "How heavy is it?"),
        ("They are long.\n\n# Clocks\n\nThey tick.", "They are long.", "How heavy is it?"),
        (f"{TWO}\n\n# {'very ' * 20}long\n\nIt is red.", "It is red.", "How heavy is it?"),
        (TWO, "The pendulum weighs 40 kg.", "Clocks: How heavy is it?"),
    ],
    ids=["not found", "before the first heading", "below a sentence", "below its own"],
)
def test_no_heading_is_named_but_the_one_that_the_evidence_stands_under(prose, evidence, named):
    assert name_topic("How heavy is it?", evidence, prose) == named


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("[Tower clock](http://x.example/z)", "Tower clock"),
        ("![logo](a.png) Tower clock", "Tower clock"),
        ("**Tower** clock {#tower}", "Tower clock"),
        ("Tower clock[^1]", "Tower clock"),
        ("Bells &amp; clocks", "Bells & clocks"),
    ],
)
def test_a_heading_is_named_as_it_is_read(heading, topic):
    assert name_topic("How heavy is it?", "", f"# {heading}\n\nIt is old.").startswith(f"{topic}: ")


def test_a_heading_without_a_word_names_nothing():
    assert name_topic("How heavy is it?", "", "# ---\n\nIt is old.") == "How heavy is it?"
