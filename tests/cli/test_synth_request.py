"""The flags of a run, as a request."""

import pytest

from dlm_lsp.cli.synth_request import request_of
from dlm_lsp.errors import OptionError
from dlm_lsp.synth.options import DEFAULTS

FLAGS = {
    {"filter": "filter_", "temperature": "temp"}.get(name, name): value
    for name, value in DEFAULTS.items()
}


def test_a_flag_that_is_called_otherwise_reaches_its_option():
    request = request_of({**FLAGS, "filter_": "none", "temp": 0.5, "teacher": "openai:m"})
    assert (request.teacher, request.options.filter) == ("openai:m", "none")
    assert request.options.sampling.temperature == 0.5


def test_the_defaults_are_those_of_the_options():
    assert request_of(FLAGS) == request_of({"teacher": DEFAULTS["teacher"], "judge": None})


def test_a_choice_that_cannot_be_is_refused():
    with pytest.raises(OptionError):
        request_of({**FLAGS, "per_section": 0})
