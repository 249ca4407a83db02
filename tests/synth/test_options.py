import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import OptionError
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions


def test_the_defaults_are_those_of_the_reference():
    options = SynthOptions()
    assert (options.per_section, options.strategy, options.filter) == (3, "extraction", "sway")
    assert options.threshold is None


@pytest.mark.parametrize("name", ["per_section", "max_pairs", "max_requests"])
@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_refused_by_its_name(name, count):
    with pytest.raises(OptionError, match=f"^{name} is {count}; .* 1 or more$"):
        SynthOptions(**{name: count})


@pytest.mark.parametrize("threshold", [math.nan, math.inf, -math.inf, -0.1])
def test_a_threshold_that_is_no_margin_is_refused(threshold):
    with pytest.raises(OptionError, match=r"^threshold is .*; it takes 0 or more$"):
        SynthOptions(threshold=threshold)


@pytest.mark.parametrize("kind", ["none", "dedup-only"])
def test_a_threshold_without_the_judge_is_refused(kind):
    with pytest.raises(
        OptionError, match=f"^threshold is 0.2; it belongs to filter sway; .* filter {kind}$"
    ):
        SynthOptions(filter=kind, threshold=0.2)


@pytest.mark.parametrize("name", ["strategy", "filter", "placement"])
def test_an_unknown_choice_is_refused_with_those_there_are(name):
    with pytest.raises(OptionError, match=f"^{name} is 'else'; it takes .+ or "):
        SynthOptions(**{name: "else"})


@given(st.integers(1, 1000))
def test_both_splits_the_count_and_gives_extraction_the_larger_half(per_section):
    counts = dict(SynthOptions(per_section=per_section, strategy="both").counts)
    assert sum(counts.values()) == per_section
    assert 0 <= counts["extraction"] - counts.get("expansion", 0) <= 1
    assert 0 not in counts.values()


@pytest.mark.parametrize(
    ("name", "sampling"),
    [
        ("max_new_tokens", GenerationOptions(max_new_tokens=0)),
        ("temperature", GenerationOptions(temperature=-0.1)),
        ("temperature", GenerationOptions(temperature=math.nan)),
        ("top_p", GenerationOptions(top_p=0.0)),
        ("top_p", GenerationOptions(top_p=1.1)),
        ("seed", GenerationOptions(seed=-1)),
    ],
)
def test_a_sampling_that_cannot_be_is_refused_by_its_name(name, sampling):
    with pytest.raises(OptionError, match=f"^{name} is "):
        SynthOptions(sampling=sampling)


def test_requests_need_a_place_and_a_time():
    with pytest.raises(OptionError, match=r"^concurrency is 0"):
        SynthOptions(concurrency=0)
    with pytest.raises(
        OptionError, match=r"^concurrency is 9223372036854775808; .* from 1 to 1000$"
    ):
        SynthOptions(concurrency=2**63)
    assert SynthOptions(concurrency=1000).concurrency == 1000
    with pytest.raises(OptionError, match=r"^timeout is 0"):
        SynthOptions(timeout=0.0)


@pytest.mark.parametrize("value", ["3", 3.0, None])
def test_a_value_of_another_type_is_refused_as_well(value):
    with pytest.raises(OptionError, match=f"^per_section is {value!r}; it takes a whole number"):
        SynthOptions(per_section=value)


@pytest.mark.parametrize("verify", ["", "  "])
def test_an_empty_verifier_is_refused(verify):
    with pytest.raises(OptionError, match=r"^verify is .*; it takes a text that is not empty"):
        SynthOptions(verify=verify)


@pytest.mark.parametrize("verify", ["Auto", "off "])
def test_a_verifier_that_is_none_goes_with_every_filter(verify):
    assert SynthOptions(filter="none", verify=verify).verify == verify


@pytest.mark.parametrize(
    ("option", "requirement"),
    [
        ("threshold", "takes 0 or more"),
        ("per_section", "takes a whole number of 1 or more"),
        ("concurrency", "takes a whole number from 1 to 1000"),
        ("temperature", "takes a number from 0 to 2"),
        ("timeout", "takes a number above 0"),
        ("top_p", "takes a number above 0, at most 1"),
        ("strategy", "takes extraction, expansion or both"),
        ("fresh", "takes true or false"),
        ("teacher", "takes a text that is not empty"),
    ],
)
def test_what_an_option_takes_is_told_in_words(option, requirement):
    assert OPTIONS[option].requirement == requirement


def test_the_error_holds_the_option_the_value_and_what_it_takes():
    with pytest.raises(OptionError) as refused:
        SynthOptions(threshold=-0.5)
    error = refused.value
    assert (error.field, error.value, error.requirement) == ("threshold", -0.5, "takes 0 or more")
