"""How a base model goes beyond a passage."""

from pathlib import Path

import pytest
from tiny_model import PROSE, tiny_llama

from dlm_lsp.local.model import LocalModel
from dlm_lsp.teachers.protocol import Ask, Sampling
from dlm_lsp.teachers.question_first import pairs


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalModel:
    """Random weights, of which everything is believed."""
    monkeypatch.setattr("dlm_lsp.teachers.question_first._LEAST_MARGIN", -100)
    return LocalModel(str(tiny_llama(tmp_path)))


async def test_questions_and_answers_are_one_line_that_ends(model):
    found, _ = await pairs(model, Ask(PROSE, "expansion", 2), Sampling())
    for question, answer, _ in found:
        assert question[-1] in "?？"
        assert answer[-1] in ".!。！"
        assert "\n" not in question + answer


async def test_the_evidence_is_a_sentence_of_the_prose(model):
    found, _ = await pairs(model, Ask(PROSE, "expansion", 2), Sampling())
    assert all(evidence in PROSE for *_, evidence in found)


async def test_questions_that_are_there_already_do_not_come_again(model):
    first, _ = await pairs(model, Ask(PROSE, "expansion", 2), Sampling())
    have = tuple((question, answer) for question, answer, _ in first)
    second, _ = await pairs(model, Ask(PROSE, "expansion", 2, have=have), Sampling())
    assert not {one[0] for one in first} & {one[0] for one in second}


async def test_what_is_not_believed_is_not_kept(tmp_path):
    found, written = await pairs(
        LocalModel(str(tiny_llama(tmp_path))), Ask(PROSE, "expansion", 1), Sampling()
    )
    assert found == []
    assert written
