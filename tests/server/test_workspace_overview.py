"""Workspace overview: what is listed of documents that nobody has opened."""

import asyncio
import os
import threading
from pathlib import Path

import pytest
from ide.samples import GONE, SOURCE, synthesized
from lsprotocol import types
from server.editor import PATIENCE, VSCODE, editor
from server.test_commands import staged
from server.test_diagnostics import RecordingServer
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse
from dlm_lsp.server import workspace_overview
from dlm_lsp.server.commands import execute_command
from dlm_lsp.store.decisions import Decision, record_decisions
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.plan import add_to_plan

AT = "2026-01-31T09:30:00Z"
ID = parse(FRONTMATTER).frontmatter.dlm_id
LONG_AGO = 10**18


@pytest.fixture
def workspace(tmp_path, env, monkeypatch) -> Path:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "notes of mine"
    folder.mkdir()
    return folder


@pytest.fixture
def store(env) -> Path:
    return Path(env["DLM_HOME"]) / "store" / ID


def serving(*folders: Path) -> RecordingServer:
    server = RecordingServer()
    for folder in folders:
        server.workspace.add_folder(types.WorkspaceFolder(folder.as_uri(), folder.name))
    return server


def write(path: Path, body: str, document_id: str = ID) -> None:
    path.write_text(FRONTMATTER.replace(ID, document_id) + body)


async def listed(server: RecordingServer) -> dict:
    return await execute_command(server, "dlm.workspace.overview", [])


def counts(answer: dict) -> list[tuple[int, int, int, int]]:
    return [
        (*(item["counts"][state] for state in ("inserted", "stale", "staged")), item["reviewed"])
        for item in answer["documents"]
    ]


def ledger_entry(text: str, evidence: str) -> LedgerEntry:
    section = next(section for section in parse(text).sections if section.synth)
    source_id = section.synth.source_section_id
    return LedgerEntry(section.id, source_id, "hf:tiny", "extraction", AT, "run", evidence=evidence)


async def test_documents_with_pairs_are_listed_by_their_addresses_and_counts(workspace, store):
    path = workspace / "notes.dlm"
    write(path, SOURCE + synthesized() + synthesized("Why?", GONE))
    add_to_plan(store, path, [staged("Which river is it?")], AT)
    pair = next(section for section in parse(path.read_text()).sections if section.synth)
    record_decisions(store, [Decision(pair.id, "accepted", AT)])
    answer = await listed(serving(workspace))
    assert answer == {
        "documents": [
            {
                "uri": path.as_uri(),
                "counts": {"inserted": 1, "stale": 1, "staged": 1},
                "reviewed": 1,
            }
        ],
        "lookedAt": 1,
        "complete": True,
    }


async def test_what_has_no_pairs_or_cannot_be_read_is_left_out(workspace):
    write(workspace / "plain.dlm", SOURCE)
    (workspace / "empty.dlm").touch()
    (workspace / "latin.dlm").write_bytes(b"caf\xe9")
    (workspace / "folder.dlm").mkdir()
    answer = await listed(serving(workspace))
    assert (answer["documents"], answer["complete"]) == ([], True)


async def test_a_document_whose_plan_is_damaged_is_listed_by_its_text(workspace, store):
    write(workspace / "notes.dlm", SOURCE + synthesized())
    (store / "synth").mkdir(parents=True)
    (store / "synth" / "pending.json").write_text("no plan")
    assert counts(await listed(serving(workspace))) == [(1, 0, 0, 0)]


async def test_a_pair_whose_evidence_stands_in_another_section_is_not_stale(workspace, store):
    path = workspace / "notes.dlm"
    write(path, SOURCE + synthesized(source_id=GONE))
    server = serving(workspace)
    assert counts(await listed(server)) == [(0, 1, 0, 0)]
    Ledger(store).add([ledger_entry(path.read_text(), "The Ill is a river.")])
    assert counts(await listed(server)) == [(1, 0, 0, 0)]


async def test_what_changes_on_disk_is_listed_anew_and_the_rest_is_not_read_again(
    workspace, store, monkeypatch
):
    read: list[str] = []

    def noting(path: Path) -> str:
        read.append(path.name)
        return path.read_text()

    monkeypatch.setattr(workspace_overview, "read_document", noting)
    same, other = workspace / "a.dlm", workspace / "b.dlm"
    write(same, SOURCE + synthesized(), f"{ID[:-1]}0")
    write(other, SOURCE)
    for path in (same, other):
        os.utime(path, ns=(LONG_AGO, LONG_AGO))
    server = serving(workspace)
    assert counts(await listed(server)) == [(1, 0, 0, 0)]
    assert counts(await listed(server)) == [(1, 0, 0, 0)]
    assert read == ["a.dlm", "b.dlm"]
    add_to_plan(store, other, [staged()], AT)
    assert counts(await listed(server)) == [(1, 0, 0, 0), (0, 0, 1, 0)]
    assert read == ["a.dlm", "b.dlm", "b.dlm"]
    same.unlink()
    assert counts(await listed(server)) == [(0, 0, 1, 0)]


async def test_of_a_large_workspace_the_first_documents_are_listed_and_that_is_said(
    workspace, monkeypatch
):
    monkeypatch.setattr(workspace_overview, "MAX_DOCUMENTS", 2)
    for name in ("a.dlm", "b.dlm", "c.dlm"):
        write(workspace / name, SOURCE + synthesized())
    answer = await listed(serving(workspace))
    assert [item["uri"].rpartition("/")[2] for item in answer["documents"]] == ["a.dlm", "b.dlm"]
    assert (answer["lookedAt"], answer["complete"]) == (2, False)


async def test_others_are_heard_while_a_document_is_read(workspace, monkeypatch):
    write(workspace / "notes.dlm", SOURCE + synthesized())
    begun, heard = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def waiting(path: Path) -> str:
        loop.call_soon_threadsafe(begun.set)
        assert heard.wait(PATIENCE)
        return path.read_text()

    monkeypatch.setattr(workspace_overview, "read_document", waiting)
    asking = asyncio.create_task(listed(serving(workspace)))
    await begun.wait()
    heard.set()
    assert counts(await asking) == [(1, 0, 0, 0)]


async def test_a_client_is_answered_without_any_document_open(workspace, env):
    write(workspace / "notes.dlm", SOURCE + synthesized())
    async with editor(VSCODE, env) as client:
        folder = types.WorkspaceFolder(workspace.as_uri(), "notes")
        change = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
        client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
        params = types.ExecuteCommandParams("dlm.workspace.overview", [])
        answer = await client.workspace_execute_command_async(params)
    assert [item["counts"]["inserted"] for item in answer["documents"]] == [1]
