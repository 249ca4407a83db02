import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import OptionError
from dlm_lsp.synth.options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions


def test_the_defaults_are_those_of_the_reference():
    options = SynthOptions()
    assert (options.per_section, options.strategy, options.filter) == (3, "extraction", "sway")
    assert options.least_margin == 0.1


@pytest.mark.parametrize("flag", ["per_section", "max_pairs", "max_requests"])
@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_refused_by_its_flag(flag, count):
    with pytest.raises(OptionError, match=f"^--{flag.replace('_', '-')} is {count}; .* 1 or more$"):
        SynthOptions(**{flag: count})


@pytest.mark.parametrize("threshold", [math.nan, math.inf, -math.inf, -0.1])
def test_a_threshold_that_is_no_margin_is_refused(threshold):
    with pytest.raises(OptionError, match=r"^--threshold is "):
        SynthOptions(threshold=threshold)


@pytest.mark.parametrize("kind", ["none", "dedup-only"])
def test_a_threshold_without_the_judge_is_refused(kind):
    with pytest.raises(OptionError, match=r"^--threshold belongs to --filter sway"):
        SynthOptions(filter=kind, threshold=0.2)


@pytest.mark.parametrize("flag", ["strategy", "filter", "placement"])
def test_an_unknown_choice_is_refused_with_those_there_are(flag):
    with pytest.raises(OptionError, match=f"^--{flag} is 'else'; it has to be one of .+, "):
        SynthOptions(**{flag: "else"})


@given(st.integers(1, 1000))
def test_both_splits_the_count_and_gives_extraction_the_larger_half(per_section):
    counts = dict(SynthOptions(per_section=per_section, strategy="both").counts)
    assert sum(counts.values()) == per_section
    assert 0 <= counts["extraction"] - counts.get("expansion", 0) <= 1
    assert 0 not in counts.values()


@pytest.mark.parametrize(
    ("flag", "sampling"),
    [
        ("--max-new-tokens", GenerationOptions(max_new_tokens=0)),
        ("--temp", GenerationOptions(temperature=-0.1)),
        ("--temp", GenerationOptions(temperature=math.nan)),
        ("--top-p", GenerationOptions(top_p=0.0)),
        ("--top-p", GenerationOptions(top_p=1.1)),
        ("--seed", GenerationOptions(seed=-1)),
    ],
)
def test_a_sampling_that_cannot_be_is_refused_by_its_flag(flag, sampling):
    with pytest.raises(OptionError, match=f"^{flag} is "):
        SynthOptions(sampling=sampling)


def test_requests_need_a_place_and_a_time():
    with pytest.raises(OptionError, match=r"^--concurrency is 0"):
        SynthOptions(concurrency=0)
    with pytest.raises(
        OptionError, match=r"^--concurrency is 9223372036854775808; .* 1000 or less"
    ):
        SynthOptions(concurrency=2**63)
    assert SynthOptions(concurrency=1000).concurrency == 1000
    with pytest.raises(OptionError, match=r"^--timeout is 0"):
        SynthOptions(timeout=0.0)
