"""Commands: done, or answered with the reason, which the user sees too."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ide.samples import GONE, SOURCE, SOURCE_ID, synthesized
from lsprotocol import types
from server.editor import EMACS, NEOVIM, PATIENCE, URI, VSCODE, Editor, editor
from server.test_synthesis import questions
from server.test_synthesis import settings as by_teacher
from server.test_text_sync import change
from support.teacher_server import HEAD, town

from dlm_lsp.document import SectionType, parse
from dlm_lsp.server import commands
from dlm_lsp.server.changes import ChangeOutcome
from dlm_lsp.server.command_names import COMMANDS
from dlm_lsp.server.server import OpenDocument
from dlm_lsp.store.plan import StagedSection, add_to_plan, load_plan

TEXT = HEAD + SOURCE
UNTITLED = "untitled:Untitled-1"
NEEDS_A_DOCUMENT = [
    name for key, name in COMMANDS.items() if key not in ("cancel", "teachers", "workspace")
]


@dataclass
class Store:
    """The store of the document."""

    folder: Path

    def stage(self, *staged: StagedSection) -> None:
        add_to_plan(self.folder, Path("/notes/towns.dlm"), staged, "2026-01-31T09:30:00Z")

    def damage(self) -> None:
        """Put something in the place of the plan that is none."""
        (self.folder / "synth").mkdir(parents=True)
        (self.folder / "synth" / "pending.json").write_text("{no plan")

    @property
    def staged(self) -> list[str]:
        """The ids of what waits."""
        plan = load_plan(self.folder)
        return [section.id for section in plan.sections] if plan else []


@pytest.fixture
def store(env) -> Store:
    return Store(Path(env["DLM_HOME"]) / "store" / parse(TEXT).frontmatter.dlm_id)


def staged(question: str = "What is the Ill?", source_id: str = SOURCE_ID) -> StagedSection:
    return StagedSection(
        SectionType.INSTRUCTION,
        f"### Q\n{question}\n### A\nA river.",
        auto_synth=True,
        synth_teacher="hf:tiny",
        synth_strategy="extraction",
        synth_at="2026-01-31T09:30:00Z",
        source_section_id=source_id,
    )


async def sent(client: Editor, name: str, *arguments: Any) -> Any:
    """The answer to a command with just these arguments."""
    params = types.ExecuteCommandParams(name, list(arguments))
    return await client.workspace_execute_command_async(params)


async def refused(client: Editor, name: str, *arguments: Any) -> str:
    """Why a command was not done, which the user has to be told in one message."""
    client.messages.clear()
    answer = await sent(client, name, *arguments)
    assert list(answer) == ["error", "code"]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", answer["code"])
    await client.until(lambda: client.messages)
    assert [(shown.type, shown.message) for shown in client.messages] == [
        (types.MessageType.Error, answer["error"])
    ]
    return answer["error"]


async def once(client: Editor, true: Callable[[], object]) -> None:
    """Wait until something on disk is so; it is looked at after each answer of the server."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await client.actions("dlm_id")


def synthesized_in(client: Editor) -> list[str]:
    return [section.id for section in parse(client.text()).sections if section.synth]


async def test_what_is_no_object_is_refused_by_every_command():
    async with editor() as client:
        for name in COMMANDS.values():
            for argument in (5, ["x"], True):
                assert await refused(client, name, argument) == (
                    f"{name} takes an object such as {{'uri': 'file:///notes.dlm'}}"
                )


async def test_a_command_needs_a_document_that_is_open():
    async with editor() as client:
        client.open(TEXT)
        for name in NEEDS_A_DOCUMENT:
            for arguments in ((), ({},), ({"uri": 5},), ("file:///other.dlm",)):
                why = await refused(client, name, *arguments)
                assert why == "no open document is named: give its `uri`"


async def test_sections_are_a_list():
    async with editor() as client:
        client.open(TEXT)
        for what in ("synthesize", "keep", "remove", "regenerate", "apply", "discard", "revert"):
            for wrong in ("abc", 5, {"a": 1}):
                why = await refused(client, COMMANDS[what], {"uri": URI, "sections": wrong})
                assert why == "`sections` takes a list of section ids"


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        (
            {"strategy": "guessing"},
            "strategy is 'guessing'; it takes extraction, expansion or both",
        ),
        ({"strategy": ["both"]}, "strategy is ['both']; it takes extraction, expansion or both"),
        ({"review": "later"}, "review is 'later'; it takes insert, preview or stage"),
        ({"sections": []}, "there is no prose to ask about"),
        ({"sections": [GONE]}, "there is no prose to ask about"),
    ],
)
async def test_a_run_with_a_wrong_option_is_refused(argument, words):
    async with editor() as client:
        client.open(TEXT)
        assert await refused(client, "dlm.synth.run", {"uri": URI, **argument}) == words


async def test_a_setting_that_no_run_can_have_is_told_and_its_default_counts():
    async with editor(seed=-1) as client:
        client.open(TEXT)
        await refused_for_want_of_a_teacher(client)
        assert [message.message for message in client.messages[:-1]] == [
            "dlm.seed is -1; it takes a whole number from 0 to 4294967295; the default is used"
        ]


async def refused_for_want_of_a_teacher(client: Editor) -> None:
    answer = await sent(client, "dlm.synth.run", URI)
    await client.until(lambda: any(m.message == answer["error"] for m in client.messages))
    assert "no trained adapter" in answer["error"]


async def test_a_command_that_fails_by_a_defect_says_so(monkeypatch, tmp_path):
    def fail(*_: object) -> None:
        raise KeyError("it broke")

    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    monkeypatch.setitem(commands._COMMAND_HANDLERS, COMMANDS["report"], fail)
    messages: list[str] = []
    server = SimpleNamespace(tell_error=messages.append)
    answer = await commands.execute_command(server, COMMANDS["report"], [{}])
    assert [answer["error"]] == messages
    assert messages[0].startswith("a defect of dlm, not of what you did: KeyError: 'it broke'; ")
    assert str(tmp_path / "logs" / "defects.log") in messages[0]


async def test_a_run_on_a_document_with_an_error_is_refused():
    async with editor() as client:
        client.open(TEXT + "::poem::\nx\n")
        why = await refused(client, "dlm.synth.run", URI)
        assert why.startswith("the document has an error: ")


@pytest.mark.parametrize("name", ["dlm.synth.run", "dlm.synth.regenerate"])
async def test_of_a_text_that_is_out_of_step_no_teacher_is_asked(name, teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT + synthesized())
        (id_,) = synthesized_in(client)
        sections = {"sections": [id_]} if name == "dlm.synth.regenerate" else {}
        change(client, {"text": None})
        await client.until(lambda: client.messages)
        answer = await client.command(name, **sections)
        assert answer == {"code": "out-of-step", "error": ChangeOutcome.OUT_OF_STEP.value}
    assert teacher.asked == []


async def test_a_text_as_the_argument_is_the_document(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher)) as client:
        client.open(HEAD + town(1) + "\n")
        answer = await sent(client, "dlm.synth.run", URI)
        assert len(answer["sections"]) == 1
        await client.until(client.finished)
        assert len(questions(client.text())) == 2


@pytest.mark.parametrize("name", [VSCODE, NEOVIM])
async def test_a_document_that_was_never_saved_gets_its_pairs_too(name, teacher, env):
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(HEAD + town(1) + "\n", UNTITLED)
        await client.command("dlm.synth.run", uri=UNTITLED)
        await client.until(client.finished)
        assert client.progress()[-1] == "2 inserted"
        assert len(questions(client.text(UNTITLED))) == 2


async def test_what_is_staged_for_a_document_that_was_never_saved_can_be_applied(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(HEAD + town(1) + "\n", UNTITLED)
        await client.command("dlm.synth.run", uri=UNTITLED, review="stage")
        await client.until(client.finished)
        assert client.progress()[-1] == "2 staged (for review)"
        await client.command("dlm.synth.apply", uri=UNTITLED)
        await client.until(lambda: client.edits)
        assert len(questions(client.text(UNTITLED))) == 2


async def test_the_strategy_of_one_run_can_be_named(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(HEAD + town(1) + "\n")
        await client.command("dlm.synth.run", strategy="expansion")
        await client.until(client.finished)
        made = [s.synth.synth_strategy for s in parse(client.text()).sections if s.synth]
        assert set(made) == {"expansion"}


async def test_where_nothing_runs_nothing_is_cancelled():
    async with editor() as client:
        for argument in ({}, {"token": "dlm-unknown"}, {"token": None}):
            assert await sent(client, "dlm.synth.cancel", argument) == {"cancelled": 0}


@pytest.mark.parametrize("what", ["keep", "remove", "regenerate", "source", "provenance"])
async def test_what_is_done_to_a_synthesized_section_needs_one(what, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        for argument in ({}, {"sections": []}, {"sections": [SOURCE_ID]}, {"sections": [GONE, 5]}):
            why = await refused(client, COMMANDS[what], {"uri": URI, **argument})
            assert why == "none of the named sections is synthesized and in the document"


@pytest.mark.parametrize("argument", [{}, {"teacher": "nobody"}, {"at": 5}, {"sections": []}])
async def test_where_there_is_nothing_to_revert_that_is_said(argument):
    async with editor() as client:
        client.open(TEXT + (synthesized() if argument else ""))
        why = await refused(client, "dlm.synth.revert", {"uri": URI, **argument})
        assert why == "there is no synthesized section to revert"


@pytest.mark.parametrize(
    ("what", "label"),
    [("keep", "Keep synthesized section"), ("remove", "Remove synthesized section")],
)
async def test_an_edit_that_the_editor_refuses_is_told(what, label):
    async with editor() as client:
        client.open(TEXT + synthesized())
        client.takes_edits = False
        ids = synthesized_in(client)
        assert await client.command(COMMANDS[what], sections=ids) == {"sections": ids}
        await client.until(lambda: client.messages)
        assert [shown.message for shown in client.messages] == [
            f"{label}: the editor did not apply the change"
        ]


async def test_a_section_whose_source_is_gone_leads_nowhere():
    async with editor() as client:
        client.open(TEXT + synthesized(source_id=GONE))
        argument = {"uri": URI, "sections": synthesized_in(client)}
        why = await refused(client, "dlm.goToSource", argument)
        assert why == "the source section has changed or is gone"


async def test_a_client_that_can_show_a_place_is_shown_the_source():
    async with editor(NEOVIM) as client:
        client.open(TEXT + synthesized())
        answer = await client.command("dlm.goToSource", sections=synthesized_in(client))
        assert answer == {"uri": URI, "line": client.at("The Ill").line}
        await client.until(lambda: client.shown_documents)
        (shown,) = client.shown_documents
        assert (shown.uri, shown.selection.start) == (URI, client.at("The Ill"))


@pytest.mark.parametrize(("name", "shows"), [(NEOVIM, True), (EMACS, False)])
async def test_provenance_is_written_where_it_can_be_shown_or_its_place_is_told(
    name, shows, env, store
):
    async with editor(name, env) as client:
        client.open(TEXT + synthesized())
        answer = await client.command("dlm.showProvenance", sections=synthesized_in(client))
        path = store.folder / "synth" / "provenance.md"
        assert answer["uri"] == path.as_uri()
        assert "hf:tiny" in path.read_text()
        assert "hf:tiny" in answer["markdown"]
        await client.until(lambda: client.shown_documents or client.messages)
        assert [document.uri for document in client.shown_documents] == (
            [path.as_uri()] if shows else []
        )
        assert [shown.message for shown in client.messages] == (
            [] if shows else [f"written to {path}"]
        )


async def test_before_the_first_run_there_is_no_report():
    async with editor() as client:
        client.open(TEXT)
        why = await refused(client, "dlm.synth.report", URI)
        assert why == "nothing was synthesized from this document yet"


@pytest.mark.parametrize("what", ["apply", "discard"])
async def test_a_document_without_a_sound_frontmatter_has_nothing_staged(what):
    async with editor() as client:
        client.open(SOURCE)
        why = await refused(client, COMMANDS[what], URI)
        assert why == "the document has no sound frontmatter, and so no store"


async def test_where_nothing_is_staged_nothing_is_applied(env, store):
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        nothing = "nothing is staged for this document"
        assert await refused(client, "dlm.synth.apply", URI) == nothing
        store.stage(staged())
        other = {"uri": URI, "sections": [GONE]}
        assert await refused(client, "dlm.synth.apply", other) == nothing


async def test_a_plan_that_cannot_be_read_is_told_and_left_alone(env, store):
    store.damage()
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        why = await refused(client, "dlm.synth.apply", URI)
        assert "pending.json is no staged plan" in why
        assert (store.folder / "synth" / "pending.json").read_text() == "{no plan"


async def test_a_plan_that_cannot_be_read_can_be_discarded(env, store):
    store.damage()
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        answer = await client.command("dlm.synth.discard")
        assert answer == {"discarding": []}
        while (store.folder / "synth" / "pending.json").exists():
            await client.actions("The Ill")


async def test_what_is_applied_stands_in_the_document_and_waits_no_more(env, store):
    first, second = staged(), staged("Why?")
    store.stage(first, second)
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        answer = await client.command("dlm.synth.apply", sections=[second.id])
        assert answer == {"applying": [second.id]}
        await once(client, lambda: store.staged == [first.id])
        assert questions(client.text()) == ["Why?"]


async def test_what_stands_in_the_document_already_waits_no_more(env, store):
    store.stage(staged())
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        await client.command("dlm.synth.apply")
        await once(client, lambda: store.staged == [])
        assert (client.edits, client.messages) == ([], [])


async def test_what_has_no_source_any_more_stays_staged_and_that_is_told(env, store):
    stray = staged("Why?", GONE)
    store.stage(staged(), stray)
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.messages)
        assert [shown.message for shown in client.messages] == [
            "1 stay staged: its source section has changed or is gone"
        ]
        assert store.staged == [stray.id]
        assert questions(client.text()) == ["What is the Ill?"]


async def test_what_the_editor_does_not_take_stays_staged_and_that_is_told(env, store):
    store.stage(staged())
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        client.takes_edits = False
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.messages)
        assert [shown.message for shown in client.messages] == [
            "nothing was applied: the editor did not apply the change"
        ]
        assert store.staged == [staged().id]


async def test_only_what_is_named_is_discarded(env, store):
    first, second = staged(), staged("Why?")
    store.stage(first, second)
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        answer = await client.command("dlm.synth.discard", sections=[first.id, GONE])
        assert answer == {"discarding": [first.id]}
        await once(client, lambda: store.staged == [second.id])
        assert client.text() == TEXT


async def test_what_was_discarded_is_put_back(env, store):
    first, second = staged(), staged("Why?")
    store.stage(first, second)
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        await client.command("dlm.synth.discard", sections=[first.id])
        await once(client, lambda: store.staged == [second.id])
        (back,) = await client.actions("The Ill", only=["refactor.rewrite.dlm.restore"])
        assert back.title == "Put back 1 discarded section"
        await client.command(back.command.command, **back.command.arguments[0])
        await once(client, lambda: store.staged == [first.id, second.id])
        assert await client.actions("The Ill", only=["refactor.rewrite.dlm.restore"]) == []


async def test_where_nothing_was_discarded_that_is_told(env, store):
    store.stage(staged())
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        await client.command("dlm.synth.restoreDiscarded")
        await client.until(lambda: client.messages)
        assert client.messages[0].message == "nothing was discarded last that could be put back"


async def test_commands_about_a_document_are_done_in_the_order_in_which_they_came(monkeypatch):
    state, order, rounds = OpenDocument(), [], iter((9, 1))

    async def settings(_: str) -> None:
        await asyncio.sleep(0)

    async def load_profile(_: str) -> None:
        for _ in range(next(rounds)):
            await asyncio.sleep(0)

    server = SimpleNamespace(
        text_document=lambda _: True,
        open_document=lambda _: state,
        settings=settings,
        load_profile=load_profile,
    )
    names = (COMMANDS["decide"], COMMANDS["review"])
    for name in names:
        monkeypatch.setitem(
            commands._COMMAND_HANDLERS, name, lambda *_, name=name: order.append(name)
        )
    await asyncio.gather(*(commands.execute_command(server, n, [{"uri": URI}]) for n in names))
    assert order == list(names)
