from collections import Counter

from bench.quality.text_sections import HALVES, LANGUAGES, TextSection, choose, own_sections


def test_every_language_has_own_sections_in_both_halves():
    counts = Counter((section.language, section.half) for section in own_sections())
    assert set(counts) == {(language, half) for language in LANGUAGES for half in HALVES}
    assert counts.total() >= 40


def test_even_places_of_a_file_are_for_tuning():
    halves = [section.half for section in own_sections() if section.language == "de"]
    assert halves[:4] == ["tuning", "held-out", "tuning", "held-out"]


def test_no_section_is_in_both_halves():
    sections = list(own_sections())
    tuning, held_out = ({s.id for s in sections if s.half == half} for half in HALVES)
    assert not tuning & held_out


def test_few_sections_are_of_each_language_in_turn():
    sections = [
        TextSection(language, "tuning", "ours", f"{language} {place}", f"{language} {place}")
        for language in ("en", "de")
        for place in range(3)
    ]
    chosen = choose(sections, "tuning", 3)
    assert [section.name for section in chosen] == ["en 0", "de 0", "en 1"]
