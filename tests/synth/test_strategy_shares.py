"""Strategy shares: how many pairs of a section a teacher is asked for by each strategy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scripted_teacher import LimitedScriptedTeacher, ScriptedTeacher

from dlm_lsp.errors import OptionError
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.strategy_shares import strategy_shares, teacher_notes
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample
from dlm_lsp.teachers.protocol import TeacherLimits


@given(st.integers(1, 30), st.sampled_from(["extraction", "expansion", "both"]))
def test_a_teacher_without_limits_is_asked_for_what_was_chosen(per_section, strategy):
    options = SynthOptions(per_section=per_section, strategy=strategy)
    assert strategy_shares(ScriptedTeacher(), options) == options.counts
    assert teacher_notes(ScriptedTeacher(), options) == ()


@given(st.integers(1, 30), st.sampled_from(["extraction", "both"]))
def test_what_a_teacher_does_not_write_goes_to_what_it_writes(per_section, strategy):
    options = SynthOptions(per_section=per_section, strategy=strategy)
    assert strategy_shares(LimitedScriptedTeacher(), options) == (("extraction", per_section),)


@pytest.mark.parametrize("ask", [strategy_shares, teacher_notes])
def test_a_strategy_that_a_teacher_does_not_write_is_refused_with_the_reason_and_the_remedy(ask):
    with pytest.raises(OptionError) as raised:
        ask(LimitedScriptedTeacher(), SynthOptions(strategy="expansion"))
    assert raised.value.worded("--{}".format) == (
        "--strategy is 'expansion'; it is not written by scripted: it has no {imagination}; "
        "take extraction, or an instruct model as --teacher"
    )


def test_that_extraction_gets_all_is_told_and_what_the_teacher_does_badly():
    assert teacher_notes(LimitedScriptedTeacher(), SynthOptions(strategy="both")) == (
        "scripted writes no expansion (it has no {imagination}), "
        "so extraction gets all 3 pairs of a section",
        "scripted: it is small",
    )


def test_where_nothing_moves_nothing_is_told_of_it():
    for options in (SynthOptions(), SynthOptions(strategy="both", per_section=1)):
        assert teacher_notes(LimitedScriptedTeacher(), options) == ("scripted: it is small",)


def test_that_a_teacher_follows_no_instructions_is_told_where_there_are_some():
    class Unfollowing(ScriptedTeacher):
        limits = TeacherLimits(follows=False)

    examples = (PairExample("e", "q", "a"),)
    assert teacher_notes(Unfollowing(), SynthOptions(guidance=Guidance("a"))) == (
        "scripted follows no instructions: of what the profile asks for, only the examples count",
    )
    for teacher, guidance in (
        (Unfollowing(), Guidance(examples=examples)),
        (ScriptedTeacher(), Guidance("a")),
    ):
        assert teacher_notes(teacher, SynthOptions(guidance=guidance)) == ()
