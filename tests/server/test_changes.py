"""Workspace edits: each reaches the document that the user sees, or is computed anew."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types
from server.editor import EDITORS, EMACS, NEOVIM, VSCODE, editor
from server.test_synthesis import TEXT, hold
from server.test_synthesis import settings as by_teacher

from dlm_lsp.document import apply_edits, parse, remove

_TYPED = ("a", "🙂", "\n", "::prose::\n", "```\n", "\n::instruction::\n### Q\nMine?\n### A\nYes.\n")


def without_synthesized(text: str) -> str:
    document = parse(text)
    return apply_edits(text, remove(document, [s for s in document.sections if s.synth]))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from([VSCODE, EMACS]), st.integers(0, 2**32))
async def test_whatever_is_typed_while_the_teacher_works_is_there_at_the_end(
    teacher, env, name, seed
):
    chance = random.Random(seed)
    mine = TEXT
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(TEXT)

        def type_somewhere() -> None:
            nonlocal mine
            if chance.random() < 0.6:
                at = chance.randrange(len(client.text()) + 1)
                client.type(
                    at, min(len(client.text()), at + chance.randrange(3)), chance.choice(_TYPED)
                )
                mine = client.text()

        client.before_edit = type_somewhere
        await client.command("dlm.synth.run")
        for _ in range(chance.randrange(4)):
            if client.edits:
                break
            type_somewhere()
        await client.until(client.finished)
        assert without_synthesized(client.text()) == without_synthesized(mine)


async def test_a_client_without_versions_is_waited_for_until_nobody_types(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        for letter in "typed while the teacher writes ":
            at = len(client.text()) - 1
            client.type(at, at, letter)
        await client.until(client.finished)
        assert "typed while the teacher writes" in client.text()
        assert all(edit.edit.changes for edit in client.edits)


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
async def test_pairs_behind_the_last_line_are_reverted_to_every_byte(
    teacher, env, name, line_break
):
    text = TEXT.replace("\n", line_break)
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(text)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.text().endswith(f"In 1502.{line_break}")
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == text)


async def test_an_edit_that_the_editor_refuses_leaves_the_pairs_staged(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.takes_edits = False
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.text() == TEXT
        assert client.progress()[-1] == "4 staged (the editor did not apply the change)"


async def test_a_run_is_cancelled_while_the_editor_owes_its_answer_and_nothing_is_lost(
    teacher, env
):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.answers_edits.clear()
        await client.command("dlm.synth.run")
        await client.until(lambda: client.edits)
        await client.command("dlm.synth.cancel")
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (cancelled before the editor had answered)"
        # The editor may make the change late: what is there already is not put in again.
        client.answers_edits.set()
        await client.until(lambda: client.text() != TEXT)
        await client.command("dlm.synth.apply")
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == TEXT)
        assert len(client.edits) == 2


async def test_what_ends_after_the_document_was_closed_is_staged(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        identifier = types.TextDocumentIdentifier("file:///notes/towns.dlm")
        client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
        await client.text_document_hover_async(types.HoverParams(identifier, types.Position(0, 0)))
        gate.set()
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (the document is no longer open)"


@pytest.mark.parametrize("name", [VSCODE, NEOVIM])
async def test_every_edit_is_one_step_with_a_label(name, teacher, env):
    async with editor(name, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        (edit,) = client.edits
        assert edit.label.startswith("Synthesize instructions (vllm-server:")


async def test_two_changes_at_once_are_made_one_after_the_other(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        await client.command("dlm.synth.apply")
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.edits)
        # What is asked for next is made behind both.
        await client.command("dlm.synth.revert")
        await client.until(lambda: len(client.edits) == 2)
        assert client.text() == TEXT


@pytest.mark.parametrize("answer", ["error", "nonsense"])
async def test_pairs_are_staged_where_the_editor_answers_no_edit(answer, teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.fails_edits = answer
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert client.progress()[-1] == "4 staged (the editor did not apply the change)"
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.messages)
        assert "did not apply the change" in client.messages[-1].message


async def test_a_preview_that_was_refused_is_shown_once_more_at_most(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher, review="preview")) as client:
        client.open(TEXT)
        client.takes_edits = False
        client.before_edit = lambda: client.type(len(client.text()), len(client.text()), "x")
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert len(client.edits) == 2
        assert client.progress()[-1].startswith("4 staged")


async def test_where_edits_have_no_version_none_is_sent_while_another_is_unanswered(teacher, env):
    async with editor(NEOVIM, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        client.answers_edits.clear()
        await client.command("dlm.synth.run")
        await client.until(lambda: client.edits)
        await client.command("dlm.synth.cancel")
        await client.until(client.finished)
        await client.command("dlm.synth.apply")
        client.answers_edits.set()
        await client.until(lambda: client.text() != TEXT)
        # Behind what is applied, for changes wait for each other.
        await client.command("dlm.synth.revert")
        await client.until(lambda: client.text() == TEXT)
        assert len(client.edits) == 2
