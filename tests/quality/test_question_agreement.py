from math import inf

import pytest

from dlm_lsp.quality.question_agreement import needed_answer_weight
from dlm_lsp.quality.text_features import FeatureCache


@pytest.mark.parametrize(
    ("left", "right", "said", "needed"),
    [
        ("What is the capital?", "What's the capital", "", 0),
        ("How do you start the pump?", "How do you start the pumps?", "", 2),
        ("When was the bridge built?", "In which year was the bridge built?", "", 2),
        ("The capital of France is what?", "What is the capital of France?", "", 3),
        ("Does a client ask a server?", "Does a server ask a client?", "", inf),
        ("Is the cache shared?", "Is the old cache shared?", "", 2),
        ("What is the size of the cache?", "What is the size of the write cache?", "", 5),
        ("How tall is the tower?", "How high is the tower?", "tall", 2),
        ("What happens if it exists?", "What happens if it is missing?", "", inf),
    ],
)
def test_the_more_questions_differ_the_more_an_answer_has_to_say(left, right, said, needed):
    cache = FeatureCache()
    assert needed_answer_weight(cache[left], cache[right], set(said.split())) == needed
