import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.looping import looping


def loops(answer, question="What does a cache do?", prose="A cache keeps data."):
    blocked = looping(Pair(question, answer), prose)
    assert blocked is None or blocked.reason == "looping"
    return blocked and blocked.detail


@pytest.mark.parametrize(
    "answer",
    [
        "It is used to store data. It is used to store data.",
        "It is used to store data. Fast. It is used to st",
        "the data of the data of the data of the data of the data",
        "no no no no no",
        "缓存保存数据。缓存保存数据。",
        "It keeps:\nrecent values of x\nrecent values of x",
    ],
)
def test_an_answer_that_says_the_same_again_is_blocked(answer):
    assert loops(answer).startswith('the answer repeats "')


@pytest.mark.parametrize(
    "answer",
    [
        "It stores data. It stores code. It stores both.",
        "A rose is a rose is a rose.",
        "Yes. No. Yes. No.",
        "It keeps data, because reading data from a cache is faster than reading data from a disk.",
    ],
)
def test_an_answer_that_goes_on_passes(answer):
    assert loops(answer) is None


def test_a_run_that_the_prose_has_itself_passes():
    assert loops("It writes 0 0 0 0 0 first.", prose="It writes 0 0 0 0 0 first.") is None


def test_an_answer_that_only_repeats_its_question_is_blocked():
    assert loops("what does a cache do") == "the answer repeats the question"


def test_a_question_may_not_loop_either():
    assert loops("Data.", question="What is what is what is what is what is a cache?") is not None
