import pytest
from support.http_servers import pairs_json
from support.reply_shapes import DRAFT

from dlm_lsp.synth.reply_faults import is_whole, read_pairs, reply_fault
from dlm_lsp.teachers.protocol import PairRequest, Reply, VerdictRequest

PAIRS = PairRequest("prose", "extraction", 2)
VERDICTS = VerdictRequest("prose", (("Why?", "So."), ("Who?", "He.")))
ONE = pairs_json(("Why?", "So.", "It is so."))


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(""), "was empty; try another model"),
        (Reply(" \n"), "was empty; try another model"),
        (Reply("<think>Hm.</think>\n"), "was empty but for its thoughts; try another model"),
        (Reply("", reasoning="Hm."), "was empty but for its thoughts; try another model"),
        (
            Reply('{"pairs": [{"que', finish="length"),
            "broke off at its token limit before anything in it was complete; raise max_new_tokens",
        ),
        (
            Reply(f"<think>{DRAFT}", finish="length"),
            "broke off at its token limit before anything in it was complete; raise max_new_tokens",
        ),
        (
            Reply("", finish="length", note="its limit is 16"),
            "broke off at its token limit before anything in it was complete; its limit is 16",
        ),
    ],
)
def test_a_reply_that_holds_nothing_is_a_failed_request(reply, fault):
    assert reply_fault(PAIRS, reply) == fault
    assert not is_whole(PAIRS, reply)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(ONE),
        Reply('{"pairs": []}'),
        Reply("I cannot help with that."),
        Reply("", finish="refusal"),
        Reply("", note="the prose has no sentence to ask about"),
        Reply("", reasoning=ONE),
    ],
)
def test_what_a_teacher_says_is_whole_even_if_it_is_no_pair(reply):
    assert reply_fault(PAIRS, reply) == ""
    assert is_whole(PAIRS, reply)


def test_a_reply_that_broke_off_behind_a_pair_is_of_use_and_not_whole():
    reply = Reply(ONE[:-2] + ', {"que', finish="length")
    assert reply_fault(PAIRS, reply) == ""
    assert not is_whole(PAIRS, reply)


def test_verdicts_are_whole_where_each_has_been_given():
    first = '{"verdicts": [{"pair": 1, "right": true}'
    assert not is_whole(VERDICTS, Reply(first, finish="length"))
    assert is_whole(VERDICTS, Reply(f'{first}, {{"pair": 2, "right": false}}', finish="length"))
    assert is_whole(VERDICTS, Reply("unreadable"))
    assert reply_fault(VERDICTS, Reply("")) == "was empty; try another model"


def test_pairs_are_read_from_the_reasoning_of_an_empty_reply_that_has_ended():
    assert [pair.question for pair in read_pairs(Reply("", reasoning=ONE)).pairs] == ["Why?"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply("I cannot.", reasoning=ONE),
        Reply("<think>Hm.</think>", reasoning=ONE),
        Reply("", finish="length", reasoning=ONE),
    ],
)
def test_pairs_are_read_from_no_other_reasoning(reply):
    assert read_pairs(reply).pairs == ()
