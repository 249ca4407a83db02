import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import ScriptedTeacher

from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.kept_reply import keep, look_up
from dlm_lsp.teachers.protocol import Ask, Reply

TEACHER = ScriptedTeacher()
ASK = Ask("prose", "extraction", 1)
# Half a surrogate pair is what a broken server may send.
TEXT = st.text(st.characters() | st.characters(categories=["Cs"]))
COUNT = st.none() | st.integers(0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.builds(Reply, TEXT, COUNT, COUNT, st.sampled_from(["stop", "length", "refusal"]), TEXT))
def test_a_reply_comes_back_as_it_was_kept(cache, reply):
    keep(cache, TEACHER, ASK, reply)
    assert look_up(cache, TEACHER, ASK) == reply


def test_a_reply_is_kept_for_its_ask_and_teacher_alone(cache):
    keep(cache, TEACHER, ASK, Reply("x"))
    assert look_up(cache, TEACHER, Ask("prose", "extraction", 2)) is None
    other = ScriptedTeacher()
    other.name = "other"
    assert look_up(cache, other, ASK) is None


def test_a_reply_that_was_kept_before_there_were_notes_has_none(cache):
    whole = {"text": "x", "tokens_in": 1, "tokens_out": 1, "finish": "stop"}
    cache.put(TEACHER.name, TEACHER.fingerprint(ASK), json.dumps(whole))
    assert look_up(cache, TEACHER, ASK) == Reply("x", 1, 1, note="")


def test_what_cannot_be_read_is_as_good_as_nothing(cache: ReplyCache):
    whole = {"text": "x", "tokens_in": 1, "tokens_out": 1, "finish": "stop"}
    cache.put(TEACHER.name, TEACHER.fingerprint(ASK), json.dumps(whole))
    assert look_up(cache, TEACHER, ASK) == Reply("x", 1, 1)
    spoilt = [
        json.dumps({**whole, **change})
        for change in (
            {"text": ["x"]},
            {"text": None},
            {"text": {"pairs": []}},
            {"tokens_in": "11"},
            {"tokens_out": 1.5},
            {"finish": ["stop"]},
            {"finish": "else"},
            {"note": ["x"]},
        )
    ]
    for payload in ("", "{", "[]", '{"else": 1}', "null", "[" * 100_000, *spoilt):
        cache.put(TEACHER.name, TEACHER.fingerprint(ASK), payload)
        assert look_up(cache, TEACHER, ASK) is None
