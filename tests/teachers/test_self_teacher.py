"""Self teacher: the document's own adapter on its base model."""

import json
from pathlib import Path

import pytest
from support.tiny_model import PROSE, tiny_adapter, tiny_llama

from dlm_lsp.errors import ModelError, TeacherError
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.local_teacher import LocalTeacher
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, Reply
from dlm_lsp.teachers.self_teacher import self_teacher


def own_teacher(
    base_model: str | None, adapter: Path | None, sampling: GenerationOptions
) -> LocalTeacher:
    return self_teacher(
        TeacherContext(
            "", sampling, concurrency=1, timeout=5, adapter=adapter, base_model=base_model
        )
    )


def test_without_an_adapter_both_ways_out_are_named():
    with pytest.raises(TeacherError, match=r"`dlm train`.*such as hf:gemma-3-270m"):
        own_teacher("gemma-3-270m", None, GenerationOptions())


def test_an_adapter_without_a_base_model_cannot_speak(tmp_path):
    with pytest.raises(TeacherError, match="base_model"):
        own_teacher(None, tmp_path, GenerationOptions())


async def test_the_adapter_speaks_on_its_base_model(tmp_path: Path):
    base = tiny_llama(tmp_path / "base", chat=True)
    adapter = tiny_adapter(tmp_path / "adapter", base)
    teacher = own_teacher(str(base), adapter, GenerationOptions(max_new_tokens=8))
    await teacher.prepare()
    (reply,) = [
        result.outcome async for result in teacher.answer([PairRequest(PROSE, "extraction", 1)])
    ]
    assert teacher.name == "self"
    assert isinstance(reply, Reply)
    assert reply.text.startswith("{")


async def test_an_adapter_on_an_instruct_model_is_asked_in_the_template_that_it_was_trained_in(
    tmp_path: Path,
):
    base = tiny_llama(tmp_path / "base", chat=True)
    adapter = tiny_adapter(tmp_path / "adapter", base)
    request = PairRequest(PROSE, "extraction", 1)

    async def prompt_tokens() -> int:
        teacher = own_teacher(str(base), adapter, GenerationOptions(max_new_tokens=8))
        await teacher.prepare()
        (counted,) = await teacher.count_tokens([request])
        (reply,) = [result.outcome async for result in teacher.answer([request])]
        assert isinstance(reply, Reply)
        assert reply.tokens_in == counted
        assert teacher.limits.refused == {}
        return counted

    bare = await prompt_tokens()
    (adapter / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ m.content }}</s>{% endfor %}"
    )
    # The model's own names the role of each turn.
    assert await prompt_tokens() < bare


async def test_a_folder_that_holds_no_adapter_is_known_before_anything_is_asked(tmp_path: Path):
    base = tiny_llama(tmp_path / "base")
    (tmp_path / "adapter").mkdir()
    teacher = own_teacher(str(base), tmp_path / "adapter", GenerationOptions())
    with pytest.raises(TeacherError, match=r"no adapter.*train it again"):
        await teacher.prepare()


async def test_an_adapter_of_another_base_model_is_refused(tmp_path: Path):
    base = tiny_llama(tmp_path / "base")
    adapter = tiny_adapter(tmp_path / "adapter", base)
    config = json.loads((adapter / "adapter_config.json").read_text())
    config["target_modules"] = ["no_such_layer"]
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    teacher = own_teacher(str(base), adapter, GenerationOptions())
    await teacher.prepare()
    # A run loads it before it asks anything.
    with pytest.raises(ModelError, match="does not fit this base model"):
        await teacher.local_model.load()
