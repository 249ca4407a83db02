from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.synth.chunking import estimate_tokens, split_text, spread_count

TEXT = st.text(alphabet="ab .!。\n`\u2028é") | st.text()


@given(TEXT, st.integers(1, 20))
def test_passages_together_are_the_prose_and_none_is_too_long(prose, most):
    passages = split_text(prose, most)
    assert "".join(passages) == prose
    assert all(len(passage) <= most for passage in passages)


def test_prose_that_fits_is_not_cut():
    assert split_text("One.\n\nTwo.", 100) == ("One.\n\nTwo.",)


def test_a_cut_falls_between_paragraphs():
    assert split_text("One is one.\n\nTwo is two.\n\nThree.\n", 26) == (
        "One is one.\n\nTwo is two.\n\n",
        "Three.\n",
    )


def test_a_paragraph_that_is_too_long_is_cut_between_sentences():
    assert split_text("One is one. Two is two! Three is three? Four.", 24) == (
        "One is one. Two is two! ",
        "Three is three? Four.",
    )


def test_sentences_end_without_a_blank_in_chinese():
    assert split_text("一是一。二是二。三是三。", 8) == ("一是一。二是二。", "三是三。")


def test_a_sentence_that_is_too_long_is_cut_between_words():
    assert split_text("one two three four", 8) == ("one two ", "three ", "four")


def test_a_code_block_is_no_place_for_a_paragraph_to_end():
    code = "```\na\n\nb\n```\n\n"
    assert split_text(f"Say this:\n\n{code}Or that.", 15) == ("Say this:\n\n", code, "Or that.")


@given(st.integers(0, 50), st.lists(st.integers(1, 100), min_size=1, max_size=30))
def test_shares_add_up_to_the_count(count, weights):
    shares = spread_count(count, weights)
    assert sum(shares) == count
    assert len(shares) == len(weights)
    assert min(shares) >= 0


def test_few_pairs_are_spread_over_the_whole_length():
    assert spread_count(3, [1] * 9) == (0, 1, 0, 0, 1, 0, 0, 1, 0)


def test_a_longer_passage_gives_more():
    assert spread_count(4, [30, 10]) == (3, 1)


def test_tokens_are_guessed_from_bytes():
    assert estimate_tokens("") == 0
    assert estimate_tokens("four") == 1
    assert estimate_tokens("中文字") == 3
