import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.dedup import Duplicate, duplicates


def duplicate_indexes(*pairs, margins=None, existing=()):
    made = [Pair(*pair) for pair in pairs]
    shown = [Pair(*pair) for pair in existing]
    return [(d.index, d.of) for d in duplicates(made, margins or [None] * len(made), shown)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("What is the capital of France?", "Paris"), ("What is the capital of Spain?", "Madrid")),
        (("What is the capital of France?", "A city"), ("What is the capital of Spain?", "A city")),
        (("What is in Part One?", "A story."), ("What is in Part Two?", "A story.")),
        (("How long is step 1?", "Five minutes."), ("How long is step 2?", "Five minutes.")),
        (("When was it built in Rome?", "In 1960."), ("When was it built in Rome?", "In 1970.")),
        (("What does C++ add?", "Classes."), ("What does C# add?", "Classes.")),
        (("Wer baute Haus Adler?", "Ein Graf."), ("Wer baute Haus Falke?", "Ein Graf.")),
        (("法国的首都是什么？", "巴黎"), ("英国的首都是什么？", "伦敦")),
        (("Why is the sky blue?", "Light scatters."), ("Why is the sky blue?", "Nobody knows.")),
        (
            ("What happens when the left lever is pulled?", "The door opens."),
            ("What happens when the right lever is pulled?", "The door closes."),
        ),
        (
            ("What is the minimum length of a password?", "It is 10 characters."),
            ("What is the maximum length of a password?", "It is 10 characters."),
        ),
        (("Is the valve open in summer?", "Yes."), ("Is the valve open in winter?", "Yes.")),
        (
            ("How do you turn on the feature?", "Set the flag to true."),
            ("How do you turn off the feature?", "Set the flag to false."),
        ),
        (
            ("What converts heat into motion?", "An engine."),
            ("What converts motion into heat?", "A brake, not an engine."),
        ),
        (("Wer darf im See baden?", "Alle."), ("Wer darf im See angeln?", "Alle.")),
        (
            ("Who drew the map of the town?", "The map of the town was drawn by Ada Reyes."),
            ("Who first drew the map of the town?", "The map of the town was drawn by Iain Duff."),
        ),
        (
            ("How long is the bridge of the town?", "The bridge of the town is 12 metres long."),
            (
                "How long is the old bridge of the town?",
                "The bridge of the town is 21 metres long.",
            ),
        ),
    ],
)
def test_pairs_about_different_things_both_stay(left, right):
    assert duplicate_indexes(left, right) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            ("What is the capital of France?", "Paris is the capital of France."),
            ("what's the capital of France", "paris"),
        ),
        (
            ("What is the capital of France?", "Paris"),
            ("The capital of France is what?", "It is Paris."),
        ),
        (
            ("How tall is the tower of the church?", "It is 30 metres tall."),
            ("How high is the tower of the church?", "30 metres tall"),
        ),
        (("Wie heißt der Fluss?", "Saale"), ("Wie heißt dieser Fluss?", "Die Saale")),
        (
            ("When was the bridge built?", "In 1500."),
            ("When did they build the bridge?", "It was in 1500"),
        ),
        (
            ("How does the pump start?", "The pump starts by hand."),
            ("How do the pumps start?", "By hand."),
        ),
        (("What does NumPy call?", "It calls DGEMM."), ("What does NumPy call?", "It calls DGEMM")),
        (("¿Cuál es la capital?", "Es Madrid."), ("¿Cuál es, pues, la capital?", "Madrid")),
        (("日本の首都はどこですか？", "東京です。"), ("日本の首都はどこか？", "東京")),
        (("???", "!"), ("???", "!")),
    ],
)
def test_the_same_said_again_is_a_duplicate_of_the_first(left, right):
    assert duplicate_indexes(left, right) == [(1, 0)]


def test_the_better_judged_member_stays():
    pairs = [("How tall is it?", "2 m"), ("How tall is it?", "2 m"), ("How tall is it?", "2 m")]
    assert duplicate_indexes(*pairs, margins=[0.1, 0.9, None]) == [(0, 1), (2, 1)]


def test_what_the_document_has_always_stays():
    pair = ("How tall is the tower?", "It is 2 m tall.")
    assert duplicate_indexes(pair, margins=[9.0], existing=[("How tall is the tower?", "2 m")]) == [
        (0, None)
    ]


def test_a_duplicate_names_the_question_that_stays():
    pairs = [Pair("How tall is it?", "2 m"), Pair("How tall is it", "2 m.")]
    assert duplicates(pairs, [None, None]) == [Duplicate(1, 0, "How tall is it?")]


def test_near_duplicates_are_found_beyond_200_characters():
    answer = "It gathers rain from the roof and lets it out again drop by drop. " * 5
    assert duplicate_indexes(
        ("What does it do?", answer), ("What does it do?", answer + "So.")
    ) == [(1, 0)]


PAIRS = st.lists(
    st.tuples(
        st.sampled_from(["What is Oslo?", "what is oslo", "Who is he?", "Is it 5?", "何ですか"]),
        st.sampled_from(["A city.", "A city in Norway.", "Nobody.", "はい"]),
        st.none() | st.floats(-1, 1),
    ),
    max_size=8,
)


@given(PAIRS)
def test_a_second_look_at_what_stays_finds_nothing(items):
    pairs = [Pair(q, a) for q, a, _ in items]
    margins = [margin for *_, margin in items]
    out = {duplicate.index for duplicate in duplicates(pairs, margins)}
    stay = [index for index in range(len(pairs)) if index not in out]
    assert duplicates([pairs[i] for i in stay], [margins[i] for i in stay]) == []
    assert bool(stay) == bool(pairs)


@given(PAIRS)
def test_each_duplicate_points_to_a_pair_that_stays_and_is_judged_no_worse(items):
    pairs = [Pair(q, a) for q, a, _ in items]
    margins = [margin for *_, margin in items]
    removed = duplicates(pairs, margins)
    out = {duplicate.index for duplicate in removed}
    for duplicate in removed:
        assert duplicate.of not in out
        worse, better = margins[duplicate.index], margins[duplicate.of]
        assert worse is None or (better is not None and better >= worse)
