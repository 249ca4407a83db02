import pytest

from bench.quality.manual_text import LONGEST, SHORTEST, one_line, sections

LONG = "The heron waits in the shallow water until a fish comes near. " * 9


def test_a_section_goes_from_its_heading_to_the_next():
    text = f"1.1. Herons\n\n    {LONG}\n\n1.2. Storks\n\n    {LONG}\n"
    assert [heading for heading, _ in sections(text)] == ["1.1. Herons", "1.2. Storks"]


def test_a_heading_over_two_lines_is_one():
    text = f"1.1. Herons and all that is known of\nthem\n\n    {LONG}\n"
    assert [heading for heading, _ in sections(text)] == [
        "1.1. Herons and all that is known of them"
    ]


def test_a_subheading_of_a_manual_page_is_a_heading():
    text = f"DESCRIPTION\n       {LONG}\n\n   Nests\n       {LONG}\n"
    assert [heading for heading, _ in sections(text)] == ["DESCRIPTION", "Nests"]


def test_a_short_section_is_left_out():
    assert list(sections("NAME\n       heron - a bird\n")) == []


def test_a_long_section_is_cut_after_a_paragraph():
    text = "HERONS\n\n" + "".join(f"    {LONG}\n\n" for _ in range(4))
    ((_, body),) = sections(text)
    assert SHORTEST <= len(body) <= LONGEST
    assert body.split("\n\n") == [LONG.strip()] * 2


@pytest.mark.parametrize(
    ("wrapped", "joined"),
    [
        ("one\n    two", "one two"),
        ("青い鳥が\n    飛ぶ", "青い鳥が飛ぶ"),
        ("青い Debian の鳥", "青い Debian の鳥"),
    ],
)
def test_lines_are_joined_as_their_script_joins_them(wrapped, joined):
    assert one_line(wrapped) == joined
