from contextlib import aclosing

import pytest
from support.scripted_teacher import ScriptedTeacher

from dlm_lsp.errors import CrowdedError, LateError, RejectedError, TeacherError, UnusableReplyError
from dlm_lsp.synth.second_attempts import answer_twice
from dlm_lsp.teachers.protocol import PairRequest, Reply, TeacherResult

GOOD = Reply('{"pairs": [{"question": "Why?", "answer": "So."}]}', 5, 5)
EMPTY = Reply("", 3, 0)
ALWAYS = lambda *_: True  # noqa: E731


def requests(*proses):
    return [PairRequest(prose, "extraction", 1) for prose in proses]


def scripted(**outcomes):
    """A teacher that gives each prose its outcomes one after the other."""
    left = {prose: list(given) for prose, given in outcomes.items()}
    return ScriptedTeacher(lambda request: left[request.prose].pop(0))


async def outcomes_of(teacher, asked, may_repeat=ALWAYS):
    found, wasted = {}, []

    def waste(_, reply):
        wasted.append(reply)

    async with aclosing(answer_twice(teacher, asked, may_repeat, waste)) as results:
        async for result in results:
            found[result.index] = result.outcome
    return found, wasted


@pytest.mark.parametrize(
    "first",
    [
        EMPTY,
        Reply('{"que', finish="length"),
        UnusableReplyError("x"),
        CrowdedError("silence"),
    ],
)
async def test_a_request_that_came_to_nothing_is_made_once_more_behind_the_others(first):
    teacher = scripted(a=[first, GOOD], b=[GOOD])
    found, wasted = await outcomes_of(teacher, requests("a", "b"))
    assert found == {0: GOOD, 1: GOOD}
    assert [request.prose for request in teacher.requests] == ["a", "b", "a"]
    # For what was not answered in time one may have to pay, too.
    assert wasted == {Reply: [first], CrowdedError: [None]}.get(type(first), [])


async def test_what_had_no_answer_alone_is_not_made_again_and_counts_too():
    failed = LateError("silence")
    found, wasted = await outcomes_of(scripted(a=[failed]), requests("a"))
    assert (found, wasted) == ({0: failed}, [None])


async def test_a_request_that_comes_to_nothing_twice_is_told_as_failed():
    found, wasted = await outcomes_of(scripted(a=[EMPTY, EMPTY]), requests("a"))
    assert isinstance(found[0], UnusableReplyError)
    assert str(found[0]) == "the reply of scripted was empty; try another model"
    assert wasted == [EMPTY, EMPTY]


async def test_nothing_is_made_once_more_beyond_the_limit():
    allowed = iter([True, False])
    teacher = scripted(a=[EMPTY, GOOD], b=[EMPTY, GOOD])
    found, _ = await outcomes_of(teacher, requests("a", "b"), lambda *_: next(allowed))
    assert found[0] == GOOD
    assert isinstance(found[1], UnusableReplyError)


async def test_another_failure_is_not_tried_again():
    teacher = scripted(a=[TeacherError("no; do so")])
    found, _ = await outcomes_of(teacher, requests("a"))
    assert str(found[0]) == "no; do so"
    assert len(teacher.requests) == 1


async def test_what_failed_is_told_before_the_teacher_gives_up():
    class GivesUp(ScriptedTeacher):
        async def answer(self, asked):
            yield TeacherResult(0, EMPTY)
            raise RejectedError("no key; set one")

    found = {}
    with pytest.raises(RejectedError):
        async for result in answer_twice(GivesUp(), requests("a", "b"), ALWAYS, lambda *_: None):
            found[result.index] = result.outcome
    assert isinstance(found[0], UnusableReplyError)
