from dlm_lsp.teachers.cut_reply import is_cut_early, why_cut
from dlm_lsp.teachers.protocol import Reply
from dlm_lsp.teachers.request_fallback import RequestShape

FIRST = RequestShape()


def test_a_reply_is_cut_early_where_it_ended_by_length_with_half_of_its_limit():
    assert is_cut_early(FIRST, Reply("so", tokens_out=50, finish="length"), 100)
    assert not is_cut_early(FIRST, Reply("so", tokens_out=51, finish="length"), 100)
    assert not is_cut_early(FIRST, Reply("so", tokens_out=50), 100)


def test_without_a_count_no_token_is_less_than_a_byte():
    assert is_cut_early(FIRST, Reply("ü" * 25, finish="length"), 100)
    assert not is_cut_early(FIRST, Reply("ü" * 26, finish="length"), 100)


def test_why_it_is_cut_is_told_where_a_larger_limit_would_not_help():
    cut = Reply("so", tokens_out=90, finish="length")
    assert why_cut(FIRST, cut, 100) == ""
    assert why_cut(FIRST, Reply("so", tokens_out=9), 100) == ""
    assert "far below the limit of 200 tokens" in why_cut(FIRST, cut, 200)
    assert why_cut(RequestShape(most_tokens=100), cut, 200) == (
        "the server gives no more than 100 tokens a reply"
    )
