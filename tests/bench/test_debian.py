import gzip
from collections import Counter

import pytest

from bench.quality import debian
from bench.quality.debian import ChosenSection, chosen_sections, debian_sections, text_hash
from bench.quality.text_sections import LANGUAGES

LONG = "The heron waits in the shallow water until a fish comes near. " * 8


def test_each_language_has_two_sections_for_tuning_and_four_held_out():
    counts = Counter((chosen.language, chosen.half) for chosen in chosen_sections())
    assert counts == {
        (language, half): count
        for language in LANGUAGES
        for half, count in (("tuning", 2), ("held-out", 4))
    }


def test_no_text_of_another_is_in_the_list():
    assert all(len(chosen.sha256) == 64 for chosen in chosen_sections())


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that is unpacked already, with one handbook of one section."""
    (tmp_path / "heron-doc").mkdir()
    text = f"1.1. Herons\n\n    {LONG}\n"
    (tmp_path / "heron-doc/heron.txt.gz").write_bytes(gzip.compress(text.encode()))
    monkeypatch.setattr(debian, "PACKAGES", tmp_path)

    def choose(digest):
        chosen = ChosenSection("en", "tuning", "heron-doc", "heron.txt.gz", "1.1. Herons", digest)
        monkeypatch.setattr(debian, "chosen_sections", lambda: [chosen])

    return choose


def test_a_section_is_found_by_heading_and_hash(package):
    package(text_hash(LONG.strip()))
    (section,), missing = debian_sections()
    assert missing == []
    assert section.text == f"## 1.1. Herons\n\n{LONG.strip()}"


def test_a_section_that_has_changed_is_told_and_left_out(package):
    package(text_hash("what it said before"))
    found, (message,) = debian_sections()
    assert found == []
    assert "1.1. Herons" in message
    assert "another text" in message
