"""Row encoding: the tokens of each row."""

import pytest
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer

from dlm_lsp.errors import ModelError
from dlm_lsp.local.chat_template import template_of
from dlm_lsp.training.encode_rows import IGNORED, encode_rows
from dlm_lsp.training.rows import PairRow, ProseRow


@pytest.fixture(scope="module")
def tokenizer(llama):
    return AutoTokenizer.from_pretrained(llama)


def _encode(tokenizer, *rows, system=None, most=2048):
    return encode_rows(tokenizer, template_of(tokenizer), system, rows, most)


def test_prose_is_learned_whole_and_ends(tokenizer):
    (row,) = _encode(tokenizer, ProseRow("a", "The mill of Ashford.")).rows
    assert row.labels == row.input_ids
    assert tokenizer.decode(row.input_ids) == "The mill of Ashford.</s>"


def test_of_a_pair_the_answer_alone_is_learned(tokenizer):
    (row,) = _encode(tokenizer, PairRow("a", "How many?", "Two wheels.")).rows
    learned = [token for token in row.labels if token != IGNORED]
    assert tokenizer.decode(learned) == " Two wheels.</s>"
    assert tokenizer.decode(row.input_ids) == "Q: How many?\nA: Two wheels.</s>"


def test_the_system_prompt_is_read_and_not_learned(tokenizer):
    (row,) = _encode(tokenizer, PairRow("a", "Who?", "Ann."), system="Be brief.").rows
    assert tokenizer.decode(row.input_ids).startswith("Be brief.\n\nQ: Who?")
    assert row.labels[0] == IGNORED


def test_long_prose_becomes_rows_of_about_one_length_and_nothing_is_lost(tokenizer):
    text = "The river is high in spring. " * 40
    encoded = _encode(tokenizer, ProseRow("a", text), most=64)
    lengths = [len(row.input_ids) for row in encoded.rows]
    assert max(lengths) <= 64
    assert max(lengths) - min(lengths) <= len(lengths)
    whole = [token for row in encoded.rows for token in row.input_ids]
    assert tokenizer.decode(whole) == f"{text}</s>"


def test_each_row_of_long_prose_begins_as_a_text_does(llama):
    tokenizer = AutoTokenizer.from_pretrained(llama)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", tokenizer.bos_token_id)]
    )
    encoded = _encode(tokenizer, ProseRow("a", "The river is high in spring. " * 40), most=64)
    assert len(encoded.rows) > 2
    assert encoded.longest <= 64
    for row in encoded.rows:
        assert row.input_ids[0] == tokenizer.bos_token_id
        assert tokenizer.bos_token_id not in row.input_ids[1:]


def test_a_long_answer_is_cut_and_a_question_that_fills_the_row_left_out(tokenizer):
    long = "high " * 100
    encoded = _encode(tokenizer, PairRow("a", "Who?", long), PairRow("b", long, "Ann."), most=64)
    assert (len(encoded.rows), encoded.cut, encoded.left_out) == (1, 1, 1)
    assert encoded.longest == 64


def test_a_row_that_the_model_cannot_look_at_is_refused_with_the_length_to_write(llama):
    tokenizer = AutoTokenizer.from_pretrained(llama, model_max_length=100)
    short, long = ProseRow("a", "The mill."), ProseRow("b", "high " * 200)
    assert len(_encode(tokenizer, short).rows) == 1
    with pytest.raises(ModelError, match=r"training\.sequence_len: 2048 .* 100; write 100$"):
        _encode(tokenizer, short, long)
    assert _encode(tokenizer, short, long, most=100).longest <= 100


def test_tokens_are_counted(tokenizer):
    encoded = _encode(tokenizer, ProseRow("a", "The mill."), ProseRow("b", "The river."))
    assert encoded.tokens == sum(len(row.input_ids) for row in encoded.rows) > 0
