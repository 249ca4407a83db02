import json
from dataclasses import replace

import pytest
from support.whole_profile import WHOLE

from dlm_lsp.errors import OptionError, SelectorError
from dlm_lsp.synth.options import DEFAULTS, OPTIONS
from dlm_lsp.synth.parse_profile import parse_profile
from dlm_lsp.synth.profile import NO_PROFILE, Profile
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample

LAB = {"teacher": "vllm-server:http://lab:8000#m"}


def profile(text: str, *, found: bool = False) -> Profile:
    return parse_profile(text.encode(), "dlm.toml", found=found)


def test_a_profile_says_who_is_asked_how_and_what():
    request = profile(WHOLE).request({})
    options = request.options
    assert request.teacher == LAB["teacher"]
    assert (options.per_section, options.filter, options.window) == (5, "dedup-only", 8192)
    assert options.teacher_options == {"reasoning_effort": "low"}
    assert options.guidance == Guidance(
        "people who repair mills",
        ("why something is done",),
        "Give lengths in metres.",
        (
            PairExample(
                "The axle is greased in May.", "When is the axle of the mill greased?", "In May."
            ),
        ),
    )
    assert request.profiles == ("dlm.toml",)


def test_without_a_profile_a_run_is_as_it_was():
    assert NO_PROFILE.request({}) == SynthRequest("self", None, SynthOptions())
    assert profile("").request({}) == NO_PROFILE.request({})


@pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)
def test_every_option_can_be_chosen_and_what_is_given_counts_before(option):
    upper = {
        **{option.name: option.ge or 1 for option in OPTIONS.values() if option.kind is int},
        **dict.fromkeys(("max_cost", "threshold", "timeout", "temperature", "top_p"), 0.25),
        **dict.fromkeys(("fresh", "again"), True),
        "teacher": "openai:m",
        "judge": "hf:x",
        "verify": "off",
        "strategy": "both",
        "filter": "sway",
        "dedup": "corpus",
        "placement": "end",
        "device": "cpu",
        "teacher_options": {"a": 1},
    }
    text = f"[options]\n{option.name} = {toml(upper[option.name])}"
    choices = profile(text).choices({})
    assert choices[option.name] == upper[option.name]
    assert profile(text).choices({option.name: option.default})[option.name] == option.default


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(inner)}" for name, inner in value.items()) + "}"
    return json.dumps(value)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ('[options]\nteacher = "openai:a"\nwindow = 999', '[options]\nteacher = "hf:b"'),
        ('[options]\nteacher = "openai:a"\nteacher_options = {a = 1}', '[options]\nteacher="hf:b"'),
    ],
)
def test_what_is_said_of_a_teacher_goes_with_the_teacher(lower, upper):
    both = profile(upper).over(profile(lower))
    assert both.choices({}) == {**DEFAULTS, "teacher": "hf:b"}
    assert profile(lower).choices({"teacher": "hf:b"}) == {**DEFAULTS, "teacher": "hf:b"}


def test_what_belongs_to_another_filter_does_not_count_unless_it_was_given():
    lower = profile('[options]\nthreshold = 2\njudge = "a"\nverify = "self"\ndedup = "corpus"')
    assert lower.request({"filter": "none"}) == SynthRequest(
        "self", None, SynthOptions(filter="none"), ("dlm.toml",)
    )
    with pytest.raises(OptionError, match="threshold is 3; it belongs to filter sway"):
        lower.request({"filter": "none", "threshold": 3})
    with pytest.raises(OptionError, match="judge is 'b'; it belongs to filter sway"):
        lower.request({"filter": "none", "judge": "b"})


def test_a_verifier_may_have_its_name_from_the_profile():
    text = f'[options]\nverify = "lab"\n[teachers.lab]\nselector = "{LAB["teacher"]}"'
    assert profile(text).request({}).options.verify == LAB["teacher"]


def test_of_what_to_ask_each_part_counts_for_itself():
    lower = profile('[ask]\naudience = "a"\ninstruction = "i"')
    upper = profile('[ask]\naudience = "b"\nquestions = ["q"]')
    assert upper.over(lower).guidance == Guidance("b", ("q",), "i")


def test_a_teacher_with_a_slip_in_its_name_is_no_teacher():
    with pytest.raises(SelectorError, match="no such teacher: labb; did you mean lab"):
        profile(WHOLE).request({"teacher": "labb"})
    with pytest.raises(SelectorError, match="no such teacher: other; the profile has lab"):
        profile(WHOLE).request({"teacher": "other"})


def test_a_profile_that_only_names_teachers_has_no_say_in_a_run():
    assert profile(f'[teachers.lab]\nselector = "{LAB["teacher"]}"').files == ()


def test_what_is_asked_beside_keeps_a_request_as_it_is():
    request = SynthRequest("self", None, SynthOptions())
    assert NO_PROFILE.beside(request) == request
    asked = profile("[ask]\naudience = 'a'").beside(request)
    assert replace(asked.options, guidance=None) == request.options
