"""Run models: each is made, prepared and let go of once, however many documents there are."""

from pathlib import Path

import anyio
import pytest
from support.scripted_teacher import ScriptedJudge, ScriptedTeacher, document

from dlm_lsp.errors import TeacherError
from dlm_lsp.synth.run_models import ModelSource, RunModels
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest

SWAY = SynthOptions(verify="off")
FRONTMATTER = document().frontmatter


class Counted:
    """Counts what is done; `fails` at getting ready."""

    fails: Exception | None = None

    def __init__(self, *given: object) -> None:
        super().__init__()
        self.prepared = self.let_go = 0
        self.given = given

    async def prepare(self) -> None:
        self.prepared += 1
        await anyio.lowlevel.checkpoint()
        if self.fails:
            raise self.fails

    async def aclose(self) -> None:
        self.let_go += 1


class CountedTeacher(Counted, ScriptedTeacher):
    pass


class CountedJudge(Counted, ScriptedJudge):
    pass


class Makers:
    """Makes teachers and judges, and remembers them."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.teachers: list[CountedTeacher] = []
        self.judges: list[CountedJudge] = []
        self.fails = fails

    def teacher(self, *given, **_):
        self.teachers.append(CountedTeacher(*given))
        self.teachers[-1].fails = self.fails
        return self.teachers[-1]

    def judge(self, *given):
        self.judges.append(CountedJudge(*given))
        return self.judges[-1]

    @property
    def source(self) -> ModelSource:
        return ModelSource(self.teacher, self.judge)


def trained(folder: Path) -> Path:
    """A store with an adapter."""
    (folder / "adapter" / "v1").mkdir(parents=True)
    (folder / "adapter" / "current.txt").write_text("adapter/v1\n")
    return folder


async def use(models, folder, teacher="openai:m", judge=None, base_model=None):
    frontmatter = FRONTMATTER
    if base_model:
        frontmatter = replace_base_model(base_model)
    request = SynthRequest(teacher, judge, SWAY)
    async with models.for_document(request, frontmatter, folder) as found:
        return found


def replace_base_model(name):
    return FRONTMATTER.model_copy(update={"base_model": name})


async def test_documents_that_are_worked_on_at_once_have_one_teacher_and_one_judge(tmp_path):
    makers = Makers()
    async with RunModels(makers.source) as models:
        async with anyio.create_task_group() as tasks:
            for number in range(5):
                tasks.start_soon(use, models, tmp_path / str(number))
        ((teacher,), (judge,)) = makers.teachers, makers.judges
        assert (teacher.prepared, judge.prepared) == (1, 1)
        assert (teacher.let_go, judge.let_go) == (0, 0)
    assert (teacher.let_go, judge.let_go) == (1, 1)


async def test_each_base_model_judges_its_documents(tmp_path):
    makers = Makers()
    async with RunModels(makers.source) as models:
        for base_model in ("smollm2-135m", "gemma-3-270m", "smollm2-135m"):
            await use(models, tmp_path, base_model=base_model)
    assert [judge.given[0] for judge in makers.judges] == ["smollm2-135m", "gemma-3-270m"]


async def test_a_judge_that_is_named_judges_all_whatever_their_base_models(tmp_path):
    makers = Makers()
    async with RunModels(makers.source) as models:
        for base_model in ("smollm2-135m", "gemma-3-270m"):
            await use(models, tmp_path, judge="hf:j", base_model=base_model)
    assert len(makers.judges) == 1


async def test_what_speaks_with_a_documents_own_adapter_is_let_go_of_with_the_document(tmp_path):
    makers = Makers()
    async with RunModels(makers.source) as models:
        for number in range(3):
            await use(models, trained(tmp_path / str(number)), teacher="self")
            assert makers.teachers[-1].let_go == makers.judges[-1].let_go == 1
        assert len(makers.teachers) == len(makers.judges) == 3
    assert makers.teachers[-1].let_go == 1


async def test_what_cannot_be_prepared_is_tried_once_and_told_of_each_document(tmp_path):
    makers = Makers(TeacherError("no key"))
    async with RunModels(makers.source) as models:
        for _ in range(3):
            with pytest.raises(TeacherError, match="no key"):
                await use(models, tmp_path)
    (teacher,) = makers.teachers
    assert (teacher.prepared, teacher.let_go) == (1, 1)


async def test_a_document_that_is_given_up_while_a_teacher_gets_ready_leaves_it_to_the_others(
    tmp_path,
):
    makers = Makers()
    async with RunModels(makers.source) as models:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await use(models, tmp_path)
        await use(models, tmp_path)
    assert makers.teachers[-1].let_go == 1
