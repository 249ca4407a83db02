"""Judge: how far an answer stands above the empty ones."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tiny_model import PROSE, spoiled_llama, tiny_adapter, tiny_llama

from dlm_lsp.errors import JudgeError
from dlm_lsp.local.model import Continuation, LocalModel, Prompt
from dlm_lsp.synth.judge import Judge, excerpt_around, sway_judge

PAIRS = [("When was the first wheel built?", "In 1790."), ("What drives a saw?", "The second.")]
MILL = (
    "The mill of Ashford was built in 1790. A wheel of oak drives the saw, because the river is "
    "high in spring. The miller lives in the house beside the bridge."
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model with random weights."""
    return tiny_llama(tmp_path_factory.mktemp("base"))


async def prepared(base_model: str, adapter: Path | None, judge_model: str | None) -> Judge:
    judge = sway_judge(base_model, adapter, judge_model)
    await judge.prepare()
    return judge


@pytest.mark.parametrize(
    ("base_model", "adapter", "judge", "name"),
    [
        ("hf:org/base", None, None, "sway:org/base"),
        ("hf:org/base", Path("v0003"), None, "sway:org/base+adapter"),
        ("hf:org/base", Path("v0003"), "hf:org/judge", "sway:org/judge"),
        (None, None, "smollm2-135m", "sway:smollm2-135m"),
        ("hf:/home/ann/qwen.gguf", Path("v0003"), None, "sway:qwen.gguf+adapter"),
        ("org/base", None, "hf:/home/ann/qwen", "sway:qwen"),
    ],
)
def test_who_judges_is_named_or_the_adapter_or_the_base_model(base_model, adapter, judge, name):
    assert sway_judge(base_model, adapter, judge).name == name


async def test_where_no_model_is_named_both_ways_out_are():
    judge = sway_judge(None, None, None)
    with pytest.raises(JudgeError, match=r"model as judge.*filter dedup-only"):
        await judge.prepare()


async def test_where_the_model_is_not_at_hand_both_ways_out_are_named():
    judge = sway_judge("hf:org/not-on-this-machine", None, None)
    with pytest.raises(JudgeError, match=r"filter dedup-only.*model as judge"):
        await judge.prepare()


async def test_a_device_that_is_not_there_is_refused_before_any_pair_is_asked_for(base):
    judge = sway_judge(str(base), None, None, "cuda:99")
    with pytest.raises(JudgeError, match=r"the judge cannot run: there is no device cuda:99 here"):
        await judge.prepare()


@pytest.mark.parametrize(
    ("base_model", "message"),
    [("smollm2-135n", "did you mean smollm2-135m? Or take"), ("hf:org/not-there", ". Or take")],
)
async def test_the_ways_out_follow_as_a_sentence_of_their_own(base_model, message):
    with pytest.raises(JudgeError) as refused:
        await sway_judge(base_model, None, None).prepare()
    assert message in str(refused.value)
    assert "?." not in str(refused.value)
    assert ".." not in str(refused.value)


async def test_each_pair_has_its_margin_whatever_is_beside_it(base):
    judge = await prepared(str(base), None, None)
    together = await judge.margins(PROSE, PAIRS)
    alone = [(await judge.margins(PROSE, [pair]))[0] for pair in PAIRS]
    # In bfloat16, which some processors compute in, a batch moves them a little.
    assert together == pytest.approx(alone, abs=0.05)
    assert await judge.margins(PROSE, []) == []


async def test_what_a_judge_computes_in_is_known_once_it_has_judged(base):
    judge = await prepared(str(base), None, None)
    assert judge.number_type == ""
    await judge.margins(PROSE, PAIRS)
    assert judge.number_type in ("float32", "bfloat16")


async def test_a_judge_whose_numbers_are_none_says_so(tmp_path):
    judge = await prepared(str(spoiled_llama(tmp_path / "broken-llama")), None, None)
    with pytest.raises(JudgeError, match=r"judge failed: broken-llama .*no finite numbers"):
        await judge.margins(PROSE, PAIRS)


async def test_the_adapter_of_the_document_judges_in_its_own_way(base, tmp_path):
    adapter = tiny_adapter(tmp_path, base)
    adapted, bare = await prepared(str(base), adapter, None), await prepared(str(base), None, None)
    assert await adapted.margins(PROSE, PAIRS) != pytest.approx(await bare.margins(PROSE, PAIRS))


async def test_a_model_that_fails_while_judging_is_a_judge_error(tmp_path):
    judge = await prepared(str(tiny_llama(tmp_path)), None, None)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(JudgeError, match="the judge failed"):
        await judge.margins(PROSE, PAIRS)


async def test_the_model_is_loaded_when_the_first_pair_reaches_it(base, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(base, broken)
    weights = broken / "model.safetensors"
    whole = weights.read_bytes()
    # The header stays, the numbers go: whoever loads it fails.
    weights.write_bytes(whole[: 8 + int.from_bytes(whole[:8], "little")])
    judge = await prepared(str(broken), None, None)
    assert (judge.parameters > 0, judge.chat) == (True, False)
    with pytest.raises(JudgeError, match="cannot load"):
        await judge.margins(PROSE, PAIRS)


async def test_of_prose_longer_than_the_model_can_see_the_part_around_the_answer_is_read(
    base, monkeypatch
):
    read = []
    score = LocalModel.score

    async def noted(model: LocalModel, prefix: str, rows: Sequence[Continuation]) -> list[float]:
        read.append(prefix)
        return await score(model, prefix, rows)

    monkeypatch.setattr(LocalModel, "score", noted)
    judge = await prepared(str(base), None, None)
    filler = "Nothing happens here, and nothing happens there. " * 300
    await judge.margins(f"{filler}{PROSE} {filler}", PAIRS[:1])
    (prefix,) = read
    assert "was built in 1790" in prefix
    assert (await LocalModel(str(base)).count([Prompt(prefix)]))[0] < 2048


async def test_the_270m_model_prefers_right_answers():
    judge = await prepared("hf:google/gemma-3-270m", None, None)
    right, wrong, off = await judge.margins(
        MILL,
        [
            ("When was the mill of Ashford built?", "In 1790."),
            ("When was the mill of Ashford built?", "Because the river is high in spring."),
            ("Who lives beside the bridge?", "In 1790."),
        ],
    )
    assert right > 0.1
    assert right > wrong + 0.5
    assert right > off + 0.5


FILLER = "nothing to see " * 50


def test_short_prose_is_read_whole():
    assert excerpt_around("The mill is old.", "old", 16) == "The mill is old."


def test_of_long_prose_the_part_with_the_answer_is_read():
    prose = f"{FILLER}The mill was built in 1790. {FILLER}"
    assert "built in 1790" in excerpt_around(prose, "in 1790", 60)


def test_words_are_not_torn():
    part = excerpt_around(f"{FILLER}The mill was built in 1790. {FILLER}", "in 1790", 70)
    assert set(part.split()) <= {*FILLER.split(), "The", "mill", "was", "built", "in", "1790."}


@given(st.text(), st.text(), st.integers(1, 50))
def test_never_more_is_read_than_there_is_room_for(prose, answer, most):
    part = excerpt_around(prose, answer, most)
    assert len(part) <= most
    assert part in prose
