"""Refusal words: what reasons are called where people read them."""

import re

import pytest

from dlm_lsp.synth.refusal_words import reason_in_words
from dlm_lsp.synth.report import Refusal, Skip

DOCUMENTED = re.findall(r"`([a-z]+_[a-z_]+|looping|rejected|unjudged|deferred|shortfall)`",
    f"{Refusal.__doc__} {Skip.__doc__}")  # fmt: skip


@pytest.mark.parametrize("reason", sorted({*DOCUMENTED} - {"source_id"}))
def test_every_reason_is_said_in_words(reason):
    words = reason_in_words(reason)
    assert "_" not in words
    assert words != reason


def test_a_reason_that_is_not_known_stands_for_itself():
    assert reason_in_words("odd_thing") == "odd thing"
