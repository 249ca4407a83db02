"""Which part of a long text speaks of an answer."""

from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.synth.around import around

FILLER = "nothing to see " * 50


def test_short_prose_is_read_whole():
    assert around("The mill is old.", "old", 16) == "The mill is old."


def test_of_long_prose_the_part_with_the_answer_is_read():
    prose = f"{FILLER}The mill was built in 1790. {FILLER}"
    assert "built in 1790" in around(prose, "in 1790", 60)


def test_words_are_not_torn():
    part = around(f"{FILLER}The mill was built in 1790. {FILLER}", "in 1790", 70)
    assert set(part.split()) <= {*FILLER.split(), "The", "mill", "was", "built", "in", "1790."}


@given(st.text(), st.text(), st.integers(1, 50))
def test_never_more_is_read_than_there_is_room_for(prose, answer, most):
    part = around(prose, answer, most)
    assert len(part) <= most
    assert part in prose
