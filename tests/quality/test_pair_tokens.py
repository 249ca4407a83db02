import pytest

from dlm_lsp.quality.pair_tokens import pair_tokens
from dlm_lsp.quality.text_features import TextFeatures

KEEPER = ("Who keeps the light of Skagen?", "Two sisters.")


def tokens(question, answer):
    return pair_tokens(TextFeatures(question), TextFeatures(answer))


def fits(pair, other):
    """Tell whether one of two pairs has all that the other requires."""
    left, right = tokens(*pair), tokens(*other)
    return any(
        all(map(a.has.intersection, b.requires)) and bool(b.requires)
        for a, b in ((left, right), (right, left))
    )


@pytest.mark.parametrize(
    "other",
    [
        ("Who keeps the lights of Skagen?", "It is two sisters."),
        ("By whom is the light of Skagen kept?", "The two old sisters of the pilot do so."),
        ("Who keeps the light of Skagen?", "Sisters."),
    ],
)
def test_of_pairs_that_may_say_the_same_each_has_what_the_other_requires(other):
    assert fits(KEEPER, other)


@pytest.mark.parametrize(
    ("pair", "other"),
    [
        (KEEPER, ("Who keeps the light of Skagen?", "Two brothers.")),
        (KEEPER, ("Who keeps the light of Skagen?", "Three sisters.")),
        (("Is the mill old?", "Yes."), ("Is the bridge old?", "Yes.")),
        (("What holds 3 lamps?", "A hall."), ("What holds 4 lamps?", "A hall.")),
        (
            ("What does `-a` of the tool change?", "It changes the colour of lines."),
            ("What does `-b` of the tool change?", "It changes the colour of lines."),
        ),
        (
            ("What is the oldest thing in Lund?", "It is the tall church of the town."),
            ("What is the oldest thing in Ribe?", "It is the tall church of the town."),
        ),
        (("What is it?", "!"), ("What is this?", "A lamp.")),
        (("How many are there?", "7"), ("How many have come?", "8")),
    ],
)
def test_of_pairs_that_differ_in_what_counts_neither_has_what_the_other_requires(pair, other):
    assert not fits(pair, other)


def test_every_pair_requires_something():
    assert all(tokens(q, a).requires for q in ("", "?", "Why?") for a in ("", "!", "3", "A lamp"))
