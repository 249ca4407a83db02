"""Synthesis request: what one run is to ask for."""

import pytest
from ide.samples import GONE, SOURCE, SOURCE_ID, body, synthesized

from dlm_lsp.errors import OptionError
from dlm_lsp.server.settings import Settings
from dlm_lsp.server.synthesis_request import (
    options_for_more,
    options_from_settings,
    regeneration_request,
    request_from_settings,
)
from dlm_lsp.teachers.availability import Unavailable

URI = "file:///a.dlm"


def test_the_settings_are_the_options_of_a_run():
    options = options_from_settings(
        Settings(
            perSection=2, filter="dedup-only", temperature=0.5, seed=7, timeout=5, maxRequests=4
        )
    )
    assert (options.timeout, options.max_requests) == (5, 4)
    assert (options.per_section, options.filter) == (2, "dedup-only")
    assert (options.sampling.temperature, options.sampling.seed) == (0.5, 7)
    assert options_from_settings(Settings(), "both").strategy == "both"


def test_settings_that_no_run_can_have_are_refused():
    with pytest.raises(OptionError):
        options_from_settings(
            Settings.model_construct(filter="sway", threshold=-1.0, temperature=0.0)
        )


def test_a_threshold_is_the_judges_alone():
    assert options_from_settings(Settings(filter="none", threshold=0.5)).threshold is None


@pytest.mark.parametrize("source_id", [SOURCE_ID, GONE])
def test_a_section_is_asked_for_again_from_its_source_or_the_prose_above(source_id):
    document = body(SOURCE + synthesized("Old?", source_id))
    old = document.sections[1].id
    request = regeneration_request(document, document.sections[1:], URI, Settings(maxPairs=1))
    assert request.sections == (SOURCE_ID,)
    assert request.replaced == ((old, SOURCE_ID),)
    assert request.options.fresh
    assert request.options.max_pairs is None
    assert request.options.sampling.temperature > 0


def test_as_many_more_are_asked_for_as_are_there_and_would_come_again():
    document = body(SOURCE + synthesized("a?") + synthesized("b?"))
    request = regeneration_request(document, document.sections[1:2], URI, Settings())
    assert request.options.per_section == 3


def test_for_more_what_is_there_is_asked_for_again_beside_it_in_another_way():
    document = body(SOURCE + synthesized("a?") + synthesized("b?"))
    options = options_for_more(document, [SOURCE_ID], options_from_settings(Settings(perSection=3)))
    assert (options.per_section, options.max_pairs, options.fresh) == (5, 3, True)
    assert options.sampling.temperature > 0


def test_more_is_never_more_than_the_user_takes():
    document = body(SOURCE + synthesized("a?") * 20)
    options = options_for_more(document, [SOURCE_ID], options_from_settings(Settings(maxPairs=1)))
    assert (options.per_section, options.max_pairs) == (12, 1)


def test_without_prose_there_is_nothing_to_ask_about_again():
    document = body(synthesized("Old?", GONE))
    assert regeneration_request(document, document.sections, URI, Settings()) == Unavailable(
        "no-prose", "there is no prose to ask about again"
    )


def test_a_judge_that_is_set_is_of_no_use_to_a_filter_that_asks_none():
    settings = Settings(judge="hf:x", filter="none")
    request = request_from_settings(settings, None, options_from_settings(settings))
    assert request.judge is None
