"""Documents with one id: as they are opened, typed in, closed, and found on disk."""

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from server.editor import PATIENCE, VSCODE, editor
from server.test_diagnostics import RecordingServer, marked_in
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse
from dlm_lsp.server import diagnostics, document_ids, workspace_files
from dlm_lsp.server.document_ids import DocumentIds, twin_of

TEXT = FRONTMATTER + "prose\n"
ID = parse(TEXT).frontmatter.dlm_id
OTHER = TEXT.replace(ID, ID[:-1] + "0")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Let nobody wait for a keystroke."""
    monkeypatch.setattr(diagnostics, "DEBOUNCE_SECONDS", 0.0)


@pytest.fixture
def notes(tmp_path) -> Path:
    path = tmp_path / "notes.dlm"
    path.write_text(TEXT)
    return path


async def opened(server: RecordingServer, path: Path) -> str:
    """Open a document and wait until the disk was looked at; return its address."""
    uri = open_file(server, path)
    await server.copies_task
    return uri


def open_file(server: RecordingServer, path: Path) -> str:
    uri = path.as_uri()
    server.open(path.read_text(), uri)
    diagnostics.on_opened(server, uri)
    return uri


def retype(server: RecordingServer, uri: str, text: str) -> None:
    text_document = server.text_document(uri)
    text_document.apply_change(types.TextDocumentContentChangeWholeDocument(text))
    diagnostics.on_changed(server, uri)


async def test_a_copy_beside_an_open_document_is_found(notes):
    notes.with_name("copy.dlm").write_text(TEXT)
    server = RecordingServer()
    uri = await opened(server, notes)
    assert marked_in(server, uri) == ["duplicate-dlm-id"]
    assert server.codes == [[], ["duplicate-dlm-id"]]


async def test_a_document_alone_with_its_id_is_not_marked(notes):
    notes.with_name("other.dlm").write_text(OTHER)
    notes.with_name("broken.dlm").write_text("no frontmatter")
    notes.with_name("notes.md").write_text(TEXT)
    server = RecordingServer()
    assert marked_in(server, await opened(server, notes)) == []


async def test_a_copy_anywhere_in_the_workspace_is_found_but_in_no_hidden_folder(notes):
    for name in ("a/b/copy.dlm", ".git/copy.dlm"):
        path = notes.parent / "workspace" / name
        path.parent.mkdir(parents=True)
        path.write_text(TEXT)
    server = RecordingServer()
    root = (notes.parent / "workspace").as_uri()
    server.workspace.add_folder(types.WorkspaceFolder(root, "workspace"))
    uri = await opened(server, notes)
    assert twin_of(server, server.text_document(uri)) == str(
        notes.parent / "workspace/a/b/copy.dlm"
    )


async def test_two_open_documents_are_marked_and_the_first_is_marked_anew(notes):
    server = RecordingServer()
    first = await opened(server, notes)
    server.open(TEXT, "untitled:copy")
    diagnostics.on_opened(server, "untitled:copy")
    assert marked_in(server, first) == marked_in(server, "untitled:copy") == ["duplicate-dlm-id"]
    assert first in [params.uri for params in server.pushed if params.diagnostics]


async def test_what_is_typed_counts_and_not_what_is_saved(notes):
    server = RecordingServer()
    copy = notes.with_name("copy.dlm")
    copy.write_text(TEXT)
    first, second = await opened(server, notes), await opened(server, copy)
    retype(server, second, OTHER)
    assert marked_in(server, first) == marked_in(server, second) == []
    retype(server, second, TEXT)
    assert marked_in(server, first) == marked_in(server, second) == ["duplicate-dlm-id"]


async def test_a_document_that_is_closed_counts_as_it_is_on_disk(notes):
    server = RecordingServer()
    copy = notes.with_name("copy.dlm")
    copy.write_text(OTHER)
    first, second = await opened(server, notes), await opened(server, copy)
    retype(server, second, TEXT)
    assert marked_in(server, first) == ["duplicate-dlm-id"]
    server.workspace.remove_text_document(second)
    diagnostics.on_closed(server, second)
    await server.copies_task
    assert marked_in(server, first) == []


async def test_a_copy_that_was_mended_or_removed_since_is_marked_no_more(notes):
    server = RecordingServer()
    copy = notes.with_name("copy.dlm")
    for change in (lambda: copy.write_text(OTHER), copy.unlink):
        copy.write_text(TEXT)
        uri = await opened(server, notes)
        assert marked_in(server, uri) == ["duplicate-dlm-id"]
        change()
        assert marked_in(server, uri) == []


@pytest.mark.posix
async def test_one_file_under_several_names_is_no_copy(notes):
    link = notes.with_name("link.dlm")
    link.symlink_to(notes)
    notes.with_name("hard.dlm").hardlink_to(notes)
    server = RecordingServer()
    first, second = await opened(server, notes), await opened(server, link)
    assert marked_in(server, first) == marked_in(server, second) == []


async def test_a_huge_workspace_is_looked_at_in_part(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace_files, "MAX_ENTRIES", 10)
    for name in range(11):
        (tmp_path / f"{name}.dlm").write_text(TEXT)
    ids = DocumentIds()
    await ids.scan([tmp_path], [])
    assert list(ids.files_with(ID)) == []
    (tmp_path / "10.dlm").unlink()
    await ids.scan([tmp_path], [])
    assert len(list(ids.files_with(ID))) == 10


async def test_a_look_that_is_cancelled_ends_its_thread(tmp_path, monkeypatch):
    (tmp_path / "a.dlm").write_text(TEXT)
    (tmp_path / "b.dlm").write_text(TEXT)
    begun, read, looked_at = asyncio.Event(), document_ids._read, []
    loop = asyncio.get_running_loop()

    def noting(path: Path, known: dict) -> object:
        looked_at.append(path)
        loop.call_soon_threadsafe(begun.set)
        return read(path, known)

    monkeypatch.setattr(document_ids, "_read", noting)
    monkeypatch.setattr(document_ids, "_REST", 2 * PATIENCE)
    looking = asyncio.create_task(DocumentIds().scan([], [tmp_path]))
    await begun.wait()
    looking.cancel()
    await asyncio.wait([looking])
    async with asyncio.timeout(PATIENCE):
        await loop.shutdown_default_executor()
    assert len(looked_at) == 1


async def test_a_keystroke_looks_at_no_file(notes, monkeypatch):
    server = RecordingServer()
    uri = await opened(server, notes)
    monkeypatch.setattr(document_ids, "_read", lambda *_: pytest.fail("a file was read"))
    monkeypatch.setattr(document_ids, "_is_same_file", lambda *_: pytest.fail("a file was asked"))
    retype(server, uri, TEXT + "more\n")
    assert marked_in(server, uri) == []


async def test_the_quick_fix_gives_the_copy_an_id_of_its_own(notes, env):
    copy = notes.with_name("copy.dlm")
    copy.write_text(TEXT)
    uri = copy.as_uri()
    async with editor(VSCODE, env) as client:
        client.open(TEXT, uri)
        await client.until(lambda: client.diagnostics.get(uri))
        (found,) = client.diagnostics[uri]
        assert (found.code, str(notes) in found.message) == ("duplicate-dlm-id", True)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            found.range,
            types.CodeActionContext([found], only=[types.CodeActionKind.QuickFix]),
        )
        (action,) = await client.text_document_code_action_async(params)
        assert action.title == "Give this document an id of its own"
        client.apply(types.ApplyWorkspaceEditParams(action.edit))
        await client.until(lambda: not client.diagnostics[uri])
        own = parse(client.text(uri)).frontmatter.dlm_id
        assert own != ID
        assert client.text(uri).replace(own, ID) == TEXT
