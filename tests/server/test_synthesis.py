"""Synthesis: real server, real client library, a teacher over HTTP."""

import asyncio
import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from threading import Event

import psutil
import pytest
from ide.samples import GONE, synthesized
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server.editor import EDITORS, NEOVIM, PATIENCE, URI, VSCODE, Editor, asks_for, editor
from support.http_servers import chat_completion
from support.teacher_server import HEAD, TeacherServer, Town, town
from werkzeug import Response

from dlm_lsp.document import parse
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import add_to_plan, load_plan
from dlm_lsp.store.replies import ReplyCache

TEXT = f"{HEAD}{town(1)}\n::prose::\n{town(2)}\n"
STORE = "store/01K7XW3Q9DGEMM4N2BT5RHV8CE"


def settings(by: TeacherServer, **more: object) -> dict[str, object]:
    return {"filter": "dedup-only", "perSection": 2, **({"teacher": by.selector} | more)}


def store(env: dict[str, str]) -> Path:
    return Path(env["DLM_HOME"]) / STORE


def files(env: dict[str, str]) -> bytes:
    """Everything that stands in the store."""
    return b"".join(p.read_bytes() for p in Path(env["DLM_HOME"]).rglob("*") if p.is_file())


def questions(text: str) -> list[str]:
    return [placed.pair.question for s in parse(text).sections for placed in s.pairs]


def hold(teacher: TeacherServer, gate: Event, only: str = "") -> None:
    """Let the teacher answer no sooner than `gate` is open; `only` names the prose that waits."""

    def answer(prompt: str) -> Response:
        if only in prompt:
            gate.wait(60)
        return Town(prompt)

    teacher.answer = answer


async def regenerate(client: Editor, old: str) -> str:
    """Show a document with a synthesized section, ask for it again, and return its id."""
    client.open(TEXT.replace("::prose::", f"{old}::prose::", 1))
    (id_,) = [s.id for s in parse(client.text()).sections if s.synth]
    await client.command("dlm.synth.regenerate", sections=[id_])
    return id_


@pytest.mark.parametrize("name", EDITORS)
async def test_accepted_pairs_stand_behind_their_source_as_one_edit(name, teacher, env):
    async with editor(name, env, **settings(teacher)) as client:
        client.open(TEXT)
        action = (await client.actions("Ville1"))[-1]
        assert action.title == "Synthesize instructions for the document (2 sections)"
        answer = await client.command(action.command.command, **action.command.arguments[0])
        assert len(answer["sections"]) == 2
        await client.until(client.finished)
        assert len(client.edits) == 1
        assert questions(client.text()) == [
            "How many mills does Ville1 have?",
            "When was the bridge of Ville1 built?",
            "How many mills does Ville2 have?",
            "When was the bridge of Ville2 built?",
        ]
        assert list(parse(client.text()).errors) == []
        assert len(Ledger(store(env)).all()) == 4


async def test_progress_counts_sections_and_pairs(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[0] == "Synthesizing instructions from 2 sections"
        assert "2 of 2 sections, 4 kept, 0 refused" in client.progress()
        assert client.progress()[-1] == "4 inserted"


async def test_what_was_typed_meanwhile_stays_and_pairs_find_their_section(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(lambda: "0 of 2 sections, 0 kept, 0 refused" in client.progress())
        client.type(len(HEAD), len(HEAD), "A new paragraph.\n::prose::\n")
        gate.set()
        await client.until(client.finished)
        assert "A new paragraph." in client.text()
        marked = [s for s in parse(client.text()).sections if s.synth]
        assert len(marked) == 4
        known = {section.id for section in parse(client.text()).sections}
        assert all(section.synth.source_section_id in known for section in marked)


async def test_an_edit_for_an_older_version_is_computed_anew(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        typed = []

        def type_once() -> None:
            if not typed:
                typed.append(True)
                client.type(len(HEAD), len(HEAD), "Typed at the last moment. ")

        client.before_edit = type_once
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert len(client.edits) == 2
        assert client.text().startswith(f"{HEAD}Typed at the last moment. The town of Ville1")
        # What was written about the paragraph as it was waits for review.
        assert client.progress()[-1].startswith("2 inserted, 2 staged")
        assert len(load_plan(store(env)).sections) == 2


async def test_what_is_staged_can_be_applied_and_discarded(teacher, env):
    async with editor(NEOVIM, env, **settings(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.edits == []
        titles = [action.title for action in await client.actions("Ville1")]
        assert "Apply 4 staged sections" in titles
        first = load_plan(store(env)).sections[0].id
        await client.command("dlm.synth.apply", sections=[first])
        await client.until(lambda: client.edits)
        assert len(questions(client.text())) == 1
        while len(load_plan(store(env)).sections) != 3:
            await client.actions("Ville1")
        await client.command("dlm.synth.discard")
        while load_plan(store(env)):
            await client.actions("Ville1")


async def test_a_preview_asks_the_user_and_stages_what_is_refused(teacher, env):
    async with editor(VSCODE, env, **settings(teacher, review="preview")) as client:
        client.open(TEXT)
        client.takes_edits = False
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        annotations = list(client.edits[0].edit.change_annotations.values())
        assert [note.label for note in annotations] == [
            f"{question} Ville{town} {verb}?"
            for town in (1, 2)
            for question, verb in (
                ("How many mills does", "have"),
                ("When was the bridge of", "built"),
            )
        ]
        assert annotations[0].description == "Ville1 has 11 mills."
        assert all(note.needs_confirmation for note in annotations)
        assert client.progress()[-1] == "4 staged (the editor did not apply the change)"


async def test_what_is_not_ticked_in_a_preview_is_staged(teacher, env):
    async with editor(VSCODE, env, **settings(teacher, review="preview")) as client:
        client.open(TEXT)
        client.ticks = slice(1, 3)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1] == "2 inserted, 2 staged (not ticked in the preview)"
        client.ticks = slice(None)
        await client.command("dlm.synth.apply")
        await client.until(lambda: len(questions(client.text())) == 4)


async def test_a_preview_is_staged_where_the_editor_has_none(teacher, env):
    async with editor(NEOVIM, env, **settings(teacher, review="preview")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (for review: this editor cannot show a preview)"


@pytest.mark.parametrize(
    ("review", "end"),
    [
        ("insert", {"code": "inserted", "inserted": 4, "staged": 0, "message": "4 inserted"}),
        (
            "stage",
            {"code": "staged", "inserted": 0, "staged": 4, "message": "4 staged (for review)"},
        ),
    ],
)
async def test_how_a_run_ended_is_told_by_a_code(review, end, teacher, env, monkeypatch):
    asks_for(monkeypatch, "runEnded")
    async with editor(VSCODE, env, **settings(teacher, review=review)) as client:
        ends = []
        client.feature("$/dlm/runEnded")(lambda params: ends.append(params._asdict()))
        client.open(TEXT)
        token = (await client.command("dlm.synth.run"))["token"]
        await client.until(client.finished)
        (found,) = ends
        sections = found.pop("sections")
        about = {
            "uri": URI,
            "token": token,
            "refused": 0,
            "failure": None,
            "cause": "",
            "replaced": [],
        }
        assert found == {**end, **about}
        assert list(sections) == [s.id for s in parse(client.text()).sections if s.synth]


async def test_a_client_with_a_review_of_its_own_gets_staged_what_was_to_be_previewed(
    teacher, env, monkeypatch
):
    asks_for(monkeypatch, "runEnded", "review")
    async with editor(VSCODE, env, **settings(teacher, review="preview")) as client:
        ends = []
        client.feature("$/dlm/runEnded")(lambda params: ends.append(params._asdict()))
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert (ends[0]["code"], ends[0]["staged"]) == ("to-review", 4)
        assert client.edits == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "key-refused"), (404, "missing-model"), (400, "teacher-error")],
)
async def test_what_came_to_nothing_is_told_with_a_code_to_decide_by(
    status, code, teacher, env, monkeypatch
):
    asks_for(monkeypatch, "runEnded", "failures")
    teacher.answer = lambda _: Response("{}", status, content_type="application/json")
    async with editor(VSCODE, env, **settings(teacher)) as client:
        ends = []
        client.feature("$/dlm/runEnded")(lambda params: ends.append(params._asdict()))
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        (end,) = ends
        assert (end["code"], end["failure"].code) == ("nothing-accepted", code)
        assert client.messages == []


async def test_why_nothing_was_accepted_is_told_by_a_code_and_names_the_setting(
    teacher, env, monkeypatch
):
    asks_for(monkeypatch, "runEnded")
    reply = json.dumps(chat_completion("I cannot help with that."))
    teacher.answer = lambda prompt: Response(reply, content_type="application/json")
    async with editor(VSCODE, env, **settings(teacher)) as client:
        ends = []
        client.feature("$/dlm/runEnded")(lambda params: ends.append(params._asdict()))
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert (ends[0]["code"], ends[0]["cause"]) == ("nothing-accepted", "small-teacher")
        assert ends[0]["message"].endswith("try a larger one (dlm.teacher)")


async def test_the_end_of_a_regeneration_shows_the_old_pair_beside_the_new(
    teacher, env, monkeypatch
):
    asks_for(monkeypatch, "runEnded")
    async with editor(VSCODE, env, **settings(teacher)) as client:
        ends = []
        client.feature("$/dlm/runEnded")(lambda params: ends.extend([params]))
        await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(client.finished)
        assert client.progress()[-1].startswith("1 replaced")
        (change,) = ends[0].replaced
        assert (change.old.question, change.old.answer) == ("What is it?", "A river.")
        assert change.new.question == "How many mills does Ville1 have?"
        assert change.new.answer == "Ville1 has 11 mills."


async def test_where_nothing_comes_that_the_old_one_stays_is_said(teacher, env):
    teacher.answer = lambda _: Response('{"pairs": []}')
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(client.finished)
        assert client.progress()[-1].startswith("nothing was accepted, so the old one stays: ")
        assert questions(client.text()) == ["What is it?"]


@pytest.mark.parametrize("way", ["command", "token"])
async def test_a_cancelled_run_keeps_what_is_finished(way, teacher, env, gate):
    hold(teacher, gate, only="Ville2")
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        token = (await client.command("dlm.synth.run"))["token"]
        await client.until(lambda: "1 of 2 sections, 2 kept, 0 refused" in client.progress())
        if way == "command":
            assert await client.command("dlm.synth.cancel") == {"cancelled": 1}
        else:
            client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await client.until(client.finished)
        assert len(questions(client.text())) == 2


async def test_a_run_that_is_cancelled_before_anything_is_finished_says_so(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(lambda: "0 of 2 sections, 0 kept, 0 refused" in client.progress())
        await client.command("dlm.synth.cancel")
        await client.until(client.finished)
        assert client.progress()[-1] == "cancelled"


async def test_pairs_that_cannot_be_staged_are_in_the_report(teacher, env):
    (store(env) / "synth").mkdir(parents=True)
    (store(env) / "synth" / "pending.json").write_text("no plan")
    async with editor(VSCODE, env, **settings(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1] == (
            "4 in the report and nowhere else, for they could not be staged"
        )
        report = (await client.command("dlm.synth.report"))["markdown"]
        assert "## Accepted (4)" in report
        assert "pending.json is no staged plan" in client.messages[-1].message


GOING_ON = "a run about these sections is going on: cancel it, or wait for it to end"


async def test_the_same_section_is_not_asked_twice_at_once(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        assert await client.command("dlm.synth.run") == {
            "error": GOING_ON,
            "code": "already-running",
        }
        offered = await client.actions("Ville1", only=["refactor.rewrite.dlm.synthesize"])
        assert offered[0].disabled.reason == GOING_ON
        assert offered[0].data == {"code": "already-running"}


async def test_a_failure_is_told_in_one_message(teacher, env):
    async with editor(VSCODE, env, **settings(teacher, teacher="hf:nosuchmodel")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        (message,) = client.messages
        assert "nosuchmodel" in message.message
        assert client.text() == TEXT


async def test_the_report_says_what_was_refused_and_why(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT.replace("::prose::", "::prose::\nCopy: \n::prose::"))
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        await client.command("dlm.synth.run")
        await client.until(lambda: client.finished() == 2)
        answer = await client.command("dlm.synth.report")
        assert "**in the document already**" in answer["markdown"]
        assert "- Nothing accepted: most pairs say what another says" in answer["markdown"]
        assert client.progress()[-1].startswith("nothing was accepted: most pairs say")
        await client.until(lambda: client.shown_documents)
        assert client.shown_documents[0].uri == (store(env) / "synth" / "report.md").as_uri()


async def test_a_section_is_written_anew_in_its_place(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(client.finished)
        assert questions(client.text()) == ["How many mills does Ville1 have?"]


async def test_a_stale_section_is_written_anew_from_the_prose_above_it(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await regenerate(client, synthesized("Old?", GONE))
        await client.until(client.finished)
        assert questions(client.text()) == ["How many mills does Ville1 have?"]
        await client.marked("synthesized")


@pytest.mark.parametrize("name", EDITORS)
async def test_what_is_still_right_after_an_edit_of_its_source_is_linked_by_one_edit(
    name, teacher, env
):
    async with editor(name, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        await client.marked(*["synthesized"] * 4)
        at = client.text().index("The town of Ville2")
        client.type(at, at, "In the north. ")
        marks = ["synthesized"] * 2 + ["stale-source"] * 2
        links = []
        while not links:
            await client.actions("Ville2")
            found = await client.marked(*marks)
            assert {mark.severity for mark in found} == {types.DiagnosticSeverity.Hint}
            assert "How many mills does Ville2 have?" in found[2].message
            place = types.TextDocumentIdentifier(URI)
            context = types.CodeActionContext([found[2]], only=["quickfix"])
            params = types.CodeActionParams(place, found[2].range, context)
            fixes = await client.text_document_code_action_async(params)
            links = [fix for fix in fixes if fix.title.startswith("Still right")]
        document = types.TextDocumentIdentifier(URI)
        lenses = await client.text_document_code_lens_async(types.CodeLensParams(document))
        assert not [lens for lens in lenses if "stale" in lens.command.title]
        before = [section.id for section in parse(client.text()).sections]
        client.apply(types.ApplyWorkspaceEditParams(links[0].edit))
        await client.marked(*["synthesized"] * 3, "stale-source")
        assert [section.id for section in parse(client.text()).sections] == before


async def test_what_its_changed_source_says_no_more_is_a_warning(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        at = client.text().index("12 mills")
        client.type(at, at + 2, "13")
        marks = ["synthesized"] * 2 + ["stale-source"] * 2
        severities = set()
        while types.DiagnosticSeverity.Warning not in severities:
            await client.actions("Ville2")
            severities = {mark.severity for mark in (await client.marked(*marks))[2:]}


async def test_only_some_are_reverted(teacher, env):
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        last = [s.id for s in parse(client.text()).sections if s.synth][-1]
        await client.command("dlm.synth.remove", sections=[last])
        await client.until(lambda: len(client.edits) == 2)
        assert len(questions(client.text())) == 3
        await client.command("dlm.synth.revert", teacher="nobody")
        await client.until(lambda: client.messages)
        await client.command("dlm.synth.revert", teacher=teacher.selector)
        await client.until(lambda: len(client.edits) == 3)
        assert client.text() == TEXT


async def test_provenance_and_source_are_shown(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        made = next(s.id for s in parse(client.text()).sections if s.synth)
        answer = await client.command("dlm.showProvenance", sections=[made])
        assert "Evidence" in answer["markdown"]
        assert "Ville1" in answer["markdown"]
        where = await client.command("dlm.goToSource", sections=[made])
        assert where == {"uri": URI, "line": client.at("The town of Ville1").line}


async def test_opening_and_reading_a_document_writes_nothing_to_disk(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.actions("Ville1")
        await client.marked()
        assert files(env) == b""


async def test_no_secret_reaches_a_file_or_a_message(teacher, env):
    key = "sk-very-secret"
    async with editor(VSCODE, {**env, "VLLM_API_KEY": key}, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        shown = json.dumps([str(client.messages), str(client.progress_reports), client.text()])
    assert key not in shown
    assert key.encode() not in files(env)


async def test_what_the_user_has_typed_into_a_section_is_not_reverted_with_it(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        at = client.text().index("Ville1 has 11 mills.") + len("Ville1 has 11 mills.")
        client.type(at, at, " One of them burned down.")
        titles = [action.title for action in await client.actions("::instruction::")]
        assert "Revert all synthesized instructions (3)" in titles
        answer = await client.command("dlm.synth.revert")
        assert len(answer["edited"]) == 1
        await client.until(lambda: len(client.edits) == 2)
        assert questions(client.text()) == ["How many mills does Ville1 have?"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Ville1 has 11", "its source section"),
        ("What is it?", "the section that it was to replace has changed"),
    ],
)
async def test_what_was_edited_while_it_was_asked_for_again_stays(words, why, teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(lambda: "0 of 1 section, 0 kept, 0 refused" in client.progress())
        at = client.text().index(words)
        client.type(at, at, "Mine. ")
        mine = client.text()
        gate.set()
        await client.until(client.finished)
        assert client.text() == mine
        assert why in client.progress()[-1]
        assert len(load_plan(store(env)).sections) == 2


async def test_a_section_that_is_kept_meanwhile_is_not_written_anew(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        id_ = await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(lambda: "0 of 1 section, 0 kept, 0 refused" in client.progress())
        await client.command("dlm.synth.keep", sections=[id_])
        await client.until(lambda: client.edits)
        gate.set()
        await client.until(client.finished)
        assert questions(client.text()) == ["What is it?"]
        assert len(load_plan(store(env)).sections) == 2


async def test_a_damaged_ledger_is_told_and_costs_no_pair(teacher, env):
    with ReplyCache(store(env)) as cache:
        cache.put("t", "ask", "reply")
    with sqlite3.connect(cache.path) as connection:
        connection.execute("ALTER TABLE entries DROP COLUMN judge")
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert len(questions(client.text())) == 4
        assert "table entries has no column named judge" in client.messages[0].message


async def test_a_damaged_store_is_told_before_anything_is_asked(teacher, env):
    database = store(env) / "synth" / "store.sqlite"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"no database, " * 100)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert "store.sqlite" in client.messages[0].message
    assert teacher.asked == []


async def test_what_the_user_has_rewritten_is_spared_after_another_run_wrote_the_same(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(HEAD + town(1) + "\n")
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        for words, mine in (
            ("How many mills does Ville1 have", "Mine, all of it"),
            ("When was", "My"),
        ):
            at = client.text().index(words)
            client.type(at, at + len(words), mine)
        await client.command("dlm.synth.run")
        await client.until(lambda: client.finished() == 2)
        await client.command("dlm.synth.revert")
        await client.until(lambda: len(client.edits) == 3)
        assert len(questions(client.text())) == 2
        assert "Mine, all of it" in client.text()


async def test_pairs_beyond_those_that_were_to_be_replaced_are_staged(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(client.finished)
        assert client.progress()[-1] == "1 replaced, 1 staged (more than were to be replaced)"


async def test_a_cancel_is_heard_while_somebody_else_holds_the_store(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        with document_lock(store(env), "dlm synth instructions", print):
            await client.command("dlm.synth.run")
            await client.until(lambda: any("waiting for" in said for said in client.progress()))
            await client.command("dlm.synth.cancel")
            await client.until(client.finished)
            assert client.progress()[-1] == "4 inserted"
        while len(Ledger(store(env)).all()) != 4:
            await client.actions("Ville1")


async def test_one_cancel_is_enough_and_what_is_finished_is_staged_later(teacher, env, gate):
    hold(teacher, gate, only="Ville2")
    async with editor(VSCODE, env, **settings(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(lambda: "1 of 2 sections, 2 kept, 0 refused" in client.progress())
        with document_lock(store(env), "dlm synth instructions", print):
            await client.command("dlm.synth.cancel")
            await client.until(client.finished)
            assert client.progress()[-1] == ("2 to be staged once nobody else writes (for review)")
        while not load_plan(store(env)):
            await client.actions("Ville1")
        assert len(load_plan(store(env)).sections) == 2


async def test_what_was_inserted_is_said_though_the_rest_cannot_be_staged(teacher, env):
    (store(env) / "synth").mkdir(parents=True)
    (store(env) / "synth" / "pending.json").write_text("no plan")
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await regenerate(client, synthesized("What is it?", parse(TEXT).sections[0].id))
        await client.until(client.finished)
        assert client.progress()[-1] == (
            "1 replaced, 1 in the report and nowhere else, for they could not be staged"
        )


async def test_where_the_ledger_cannot_be_read_no_revert_is_offered(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        before = [a for a in await client.actions("<!-- dlm") if a.title.startswith("Revert all")]
        (store(env) / "synth" / "store.sqlite").write_bytes(b"no database, " * 100)
        (revert,) = [
            a for a in await client.actions("<!-- dlm") if a.title.startswith("Revert all")
        ]
        assert "ledger cannot be read" in revert.disabled.reason
        with pytest.raises(JsonRpcException, match="ledger cannot be read"):
            await client.code_action_resolve_async(before[0])


async def test_what_was_staged_after_the_user_asked_to_discard_stays(teacher, env):
    async with editor(VSCODE, env, **settings(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        plan = load_plan(store(env))
        with document_lock(store(env), "dlm synth instructions", print):
            await client.command("dlm.synth.discard")
            later = replace(plan.sections[0], content="### Q\nLater?\n### A\nYes.")
            add_to_plan(store(env), plan.source_path, [later], plan.created_at)
        while len((load_plan(store(env)) or plan).sections) != 1:
            await client.actions("Ville1")
        assert load_plan(store(env)).sections == (later,)


RENAMED = "file:///notes/moved/places.dlm"
BEGUN = "0 of 2 sections, 0 kept, 0 refused"


@pytest.mark.parametrize("opened_first", [False, True])
async def test_a_run_goes_on_in_a_document_that_is_renamed(opened_first, teacher, env, gate):
    hold(teacher, gate)
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(lambda: BEGUN in client.progress())
        client.rename(RENAMED, opened_first=opened_first)
        again = await client.command("dlm.synth.run", uri=RENAMED)
        assert again["code"] == "already-running"
        gate.set()
        await client.until(client.finished)
        assert client.progress()[-1] == "4 inserted"
        assert len(questions(client.text(RENAMED))) == 4
        assert len(teacher.asked) == 2
        assert load_plan(store(env)) is None
        report = await client.command("dlm.synth.report", uri=RENAMED)
        assert "- Accepted ones now: 4 in the document" in report["markdown"]


def close(client: Editor, uri: str) -> None:
    identifier = types.TextDocumentIdentifier(uri)
    client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))


@pytest.mark.parametrize("opened_again", [False, True])
async def test_a_run_never_goes_on_in_a_copy_that_is_open_beside_its_document(
    opened_again, teacher, env, gate, tmp_path
):
    hold(teacher, gate)
    original, copy = tmp_path / "towns.dlm", tmp_path / "copy.dlm"
    uri = original.as_uri()
    for path in (original, copy):
        path.write_text(TEXT)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT, copy.as_uri())
        client.open(TEXT, uri)
        await client.command("dlm.synth.run", uri=uri)
        await client.until(lambda: BEGUN in client.progress())
        close(client, uri)
        if opened_again:
            client.open(TEXT, uri)
        await client.command("dlm.synth.overview", uri=copy.as_uri())
        gate.set()
        await client.until(client.finished)
        assert client.text(copy.as_uri()) == TEXT
        if opened_again:
            assert len(questions(client.text(uri))) == 4
        else:
            assert client.progress()[-1] == "4 staged (the document is no longer open)"
            assert load_plan(store(env)).source_path == original


@pytest.mark.parametrize("saved_as", [False, True])
async def test_a_run_goes_on_under_a_name_that_is_opened_after_the_close_or_has_the_file(
    saved_as, teacher, env, gate, tmp_path
):
    hold(teacher, gate)
    original, new = tmp_path / "towns.dlm", tmp_path / "places.dlm"
    original.write_text(TEXT)
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT, original.as_uri())
        await client.command("dlm.synth.run", uri=original.as_uri())
        await client.until(lambda: BEGUN in client.progress())
        if saved_as:
            new.write_text(TEXT)
            close(client, original.as_uri())
            client.open(TEXT, new.as_uri())
        else:
            original.rename(new)
            client.open(TEXT, new.as_uri())
            close(client, original.as_uri())
        await client.command("dlm.synth.overview", uri=new.as_uri())
        gate.set()
        await client.until(client.finished)
        assert len(questions(client.text(new.as_uri()))) == 4


@pytest.mark.parametrize("copy_opened", ["before the run", "during the run"])
async def test_a_run_goes_on_where_its_file_is_moved_and_not_in_a_copy_open_beside_it(
    copy_opened, teacher, env, gate, tmp_path
):
    hold(teacher, gate)
    original, moved, copy = (tmp_path / f"{name}.dlm" for name in ("towns", "places", "copy"))
    for path in (original, copy):
        path.write_text(TEXT)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        if copy_opened == "before the run":
            client.open(TEXT, copy.as_uri())
        client.open(TEXT, original.as_uri())
        await client.command("dlm.synth.run", uri=original.as_uri())
        await client.until(lambda: BEGUN in client.progress())
        if copy_opened == "during the run":
            client.open(TEXT, copy.as_uri())
            # It has been opened before the file is moved.
            await client.command("dlm.synth.overview", uri=copy.as_uri())
        original.rename(moved)
        close(client, original.as_uri())
        client.open(TEXT, moved.as_uri())
        await client.command("dlm.synth.overview", uri=moved.as_uri())
        gate.set()
        await client.until(client.finished)
        assert client.text(copy.as_uri()) == TEXT
        assert len(questions(client.text(moved.as_uri()))) == 4


async def test_a_run_goes_back_to_its_document_from_a_copy_that_was_opened_meanwhile(
    teacher, env, gate, tmp_path
):
    hold(teacher, gate)
    original, copy = tmp_path / "towns.dlm", tmp_path / "copy.dlm"
    for path in (original, copy):
        path.write_text(TEXT)
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT, original.as_uri())
        await client.command("dlm.synth.run", uri=original.as_uri())
        await client.until(lambda: BEGUN in client.progress())
        close(client, original.as_uri())
        client.open(TEXT, copy.as_uri())
        await client.command("dlm.synth.overview", uri=copy.as_uri())
        client.open(TEXT, original.as_uri())
        await client.command("dlm.synth.overview", uri=original.as_uri())
        gate.set()
        await client.until(client.finished)
        assert client.text(copy.as_uri()) == TEXT
        assert len(questions(client.text(original.as_uri()))) == 4


async def test_a_run_is_cancelled_under_the_new_name_of_its_document(teacher, env, gate):
    hold(teacher, gate)
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(lambda: BEGUN in client.progress())
        client.rename(RENAMED)
        assert (await client.command("dlm.synth.overview", uri=RENAMED))["running"] == 2
        assert await client.command("dlm.synth.cancel", uri=RENAMED) == {"cancelled": 1}
        await client.until(client.finished)
        assert questions(client.text(RENAMED)) == []


async def test_an_edit_is_asked_for_again_where_its_document_is_renamed_meanwhile(teacher, env):
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT)
        client.takes_edits = False

        def rename() -> None:
            client.before_edit = lambda: None
            client.rename(RENAMED)

        client.before_edit = rename
        client.answers_edits.clear()
        await client.command("dlm.synth.run")
        await client.until(lambda: RENAMED in client.buffers)
        await client.command("dlm.synth.overview", uri=RENAMED)
        client.answers_edits.set()
        await client.until(lambda: len(client.edits) == 1)
        client.before_edit = lambda: setattr(client, "takes_edits", True)
        await client.until(client.finished)
        assert client.progress()[-1] == "4 inserted"
        assert len(questions(client.text(RENAMED))) == 4


async def test_what_is_put_in_does_not_stay_staged_from_a_run_before(teacher, env):
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run", review="stage")
        await client.until(client.finished)
        assert len(load_plan(store(env)).sections) == 4
        await client.command("dlm.synth.run")
        await client.until(lambda: client.finished() == 2)
        assert client.progress()[-1] == "4 inserted"
        assert load_plan(store(env)) is None


async def test_what_is_put_in_after_all_does_not_stay_staged(teacher, env):
    async with editor(NEOVIM, env, **settings(teacher)) as client:
        client.open(TEXT)
        client.answers_edits.clear()
        await client.command("dlm.synth.run")
        await client.until(lambda: client.edits)
        assert await client.command("dlm.synth.cancel") == {"cancelled": 1}
        await client.until(client.finished)
        assert client.progress()[-1].startswith("4 staged")
        client.answers_edits.set()
        async with asyncio.timeout(PATIENCE):
            while load_plan(store(env)) is not None:
                await client.actions("Ville1")
        assert len(questions(client.text())) == 4


async def test_a_base_model_is_refused_as_writer_of_expansion_in_the_words_of_the_editor(
    env, llama
):
    chosen = {"teacher": f"hf:{llama}", "filter": "dedup-only", "strategy": "expansion"}
    async with editor(VSCODE, env, **chosen) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        (message,) = [shown.message for shown in client.messages]
        assert "dlm.strategy is 'expansion'" in message
        assert "take extraction, or an instruct model as dlm.teacher" in message


async def test_with_both_strategies_a_base_model_extracts_all_and_that_is_told(env, llama):
    chosen = {"teacher": f"hf:{llama}", "filter": "dedup-only", "strategy": "both"}
    async with editor(VSCODE, env, **chosen) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        warned = [m.message for m in client.messages if m.type is types.MessageType.Warning]
        assert len(warned) == 1
        assert "extraction gets all 3 pairs of a section" in warned[0]
        report = await client.command("dlm.synth.report")
        assert "- Note: " in report["markdown"]


async def test_progress_tells_of_a_model_that_is_loaded_from_the_first_word_on(
    env, llama, monkeypatch
):
    monkeypatch.setattr("server.editor.PATIENCE", 240.0)
    chosen = {"teacher": f"hf:{llama}", "filter": "dedup-only"}
    name = Path(llama).name
    async with editor(VSCODE, env, **chosen) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        ((begin, estimate, counts, loading, ready, *_),) = (
            [value.message for value in values] for values in client.progress_reports.values()
        )
        assert begin == f"preparing {name}"
        assert estimate.startswith("2 sections, 2 requests, about ")
        assert counts == ready == "0 of 2 sections, 0 kept, 0 refused"
        assert loading == f"loading {name}, {counts}"


async def test_a_second_run_finds_the_process_with_the_model_that_the_first_has_loaded(
    env, llama, monkeypatch
):
    monkeypatch.setattr("server.editor.PATIENCE", 240.0)
    chosen = {"teacher": f"hf:{llama}", "filter": "dedup-only"}
    async with editor(VSCODE, env, **chosen) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(lambda: client.finished() == 1)
        server = psutil.Process(client._server.pid)
        before = server.children(recursive=True)
        client.type(len(HEAD), len(HEAD), "A line of its own is new here. ")
        await client.command("dlm.synth.run")
        await client.until(lambda: client.finished() == 2)
        assert server.children(recursive=True) == before != []


async def test_progress_says_how_long_a_server_lets_us_wait_and_a_stop_ends_it(teacher, env):
    teacher.answer = lambda prompt: Response("", 429, headers={"Retry-After": "600"})
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(
            lambda: any("limits the rate; waiting 10 min" in m for m in client.progress())
        )
        await client.command("dlm.synth.cancel")
        await client.until(client.finished)
