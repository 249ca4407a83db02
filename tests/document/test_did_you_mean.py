import pytest

from dlm_lsp.document.did_you_mean import closest_name


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("Instruction", "instruction"),
        ("insturction", "instruction"),
        ("prosa", "prose"),
        ("xyz", None),
        ("", None),
    ],
)
def test_the_choice_with_the_smallest_edit_distance_is_meant_if_it_is_near(word, suggestion):
    assert closest_name(word, ["prose", "instruction", "preference"]) == suggestion
