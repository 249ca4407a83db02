import asyncio
from pathlib import PureWindowsPath
from typing import Any

import pytest
from lsprotocol import types
from server.editor import PATIENCE, URI

from dlm_lsp.server import server as module
from dlm_lsp.server.client import ClientCapabilities
from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.live_documents import LiveWorkspace
from dlm_lsp.server.server import DlmServer


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/Ada/notes.dlm", r"c:\Users\Ada\notes.dlm"),
        ("file:///C:/Users/Ada/notes.dlm", r"c:\Users\Ada\notes.dlm"),
        ("file:///d%3A/my%20notes/%C3%A5r.dlm", r"d:\my notes\år.dlm"),
        ("file://server/share/notes.dlm", r"\\server\share\notes.dlm"),
    ],
)
def test_the_uri_of_a_windows_file_is_its_path(uri: str, path: str, monkeypatch):
    monkeypatch.setattr("pygls.uris.IS_WIN", True)
    lies = create_server().path(uri)
    assert PureWindowsPath(str(lies)) == PureWindowsPath(path)
    assert PureWindowsPath(str(lies)).is_absolute()


@pytest.mark.parametrize("spelling", ["file:///c%3A/notes.dlm", "file:///c:/notes.dlm"])
def test_a_drive_letter_names_one_document_however_it_is_spelled(spelling: str):
    server = create_server()
    assert server.open_document(spelling) is server.open_document("file:///c:/notes.dlm")


def test_what_is_no_file_lies_nowhere():
    assert create_server().path("untitled:Untitled-1") is None


class SilentClientServer(DlmServer):
    """A server whose client takes its time to tell its settings."""

    def __init__(self) -> None:
        super().__init__()
        self.client = ClientCapabilities(configuration=True)
        self.protocol._workspace = LiveWorkspace(None, types.TextDocumentSyncKind.Incremental, [])
        self.answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    async def workspace_configuration_async(self, _: types.ConfigurationParams) -> list[Any]:
        return await asyncio.shield(self.answer)

    def open(self, uri: str) -> None:
        self.workspace.put_text_document(types.TextDocumentItem(uri, "dlm", 1, ""))
        self.load_settings(uri)


async def test_a_client_that_tells_no_settings_is_waited_for_once(monkeypatch):
    server = SilentClientServer()
    server.open(URI)
    monkeypatch.setattr(module, "_SETTINGS_TIMEOUT", 0.01)
    await server.settings(URI)
    monkeypatch.setattr(module, "_SETTINGS_TIMEOUT", 10 * PATIENCE)
    server.open("file:///other.dlm")
    async with asyncio.timeout(PATIENCE):
        for uri in (URI, URI, "file:///other.dlm"):
            await server.settings(uri)


async def test_settings_that_are_told_late_count_and_the_client_is_waited_for_again(monkeypatch):
    server = SilentClientServer()
    server.open(URI)
    monkeypatch.setattr(module, "_SETTINGS_TIMEOUT", 0.01)
    assert (await server.settings(URI)).per_section != 7
    late = asyncio.create_task(server.late_settings(URI))
    server.answer.set_result([{"perSection": 7}])
    async with asyncio.timeout(PATIENCE):
        assert (await late).per_section == 7
        monkeypatch.setattr(module, "_SETTINGS_TIMEOUT", 10 * PATIENCE)
        server.open("file:///other.dlm")
        assert (await server.settings("file:///other.dlm")).per_section == 7
