"""Language names: in English, for what is said of a language."""

import pytest

from dlm_lsp.quality.language_names import language_name


@pytest.mark.parametrize(
    ("language", "name"), [("de", "German"), ("ro", "Romanian"), ("gsw", "Swiss German")]
)
def test_a_language_has_its_english_name(language, name):
    assert language_name(language) == name


def test_a_language_without_a_name_is_called_by_its_id():
    assert language_name("tlh") == "tlh"
