import asyncio
import threading
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from lsprotocol import types
from server.editor import PATIENCE, URI
from support.document_text import FRONTMATTER

from dlm_lsp.errors import ProfileError
from dlm_lsp.server import server as module
from dlm_lsp.server.client import ClientCapabilities
from dlm_lsp.server.jobs import Job
from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.live_documents import LiveWorkspace
from dlm_lsp.server.server import DlmServer, PendingEdit
from dlm_lsp.server.settings import Settings


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

    def ask_again(self) -> None:
        """Ask for the settings as where they have changed; what was not answered stays so."""
        self.answer = asyncio.get_running_loop().create_future()
        self.load_settings(URI)

    def tell(self, settings: object) -> None:
        self.answer.set_result([settings])

    async def tells_late(self, settings: object) -> Settings:
        """Return what the server waits for, where the client tells it only while it waits."""
        known = asyncio.create_task(self.settings(URI))
        await asyncio.wait([known], timeout=0.1)
        self.tell(settings)
        return await known


async def test_a_client_that_tells_no_settings_is_waited_for_once(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_SETTINGS_TIMEOUT", 0.5)
    server = SilentClientServer()
    server.open(URI)
    server.open("file:///other.dlm")
    async with asyncio.timeout(PATIENCE):
        for uri in (URI, "file:///other.dlm") * 2 * int(PATIENCE):
            await server.settings(uri)


async def test_settings_that_are_told_late_count(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_SETTINGS_TIMEOUT", 0.0)
    server = SilentClientServer()
    server.open(URI)
    assert (await server.settings(URI)).per_section != 7
    late = asyncio.create_task(server.late_settings(URI))
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        assert (await late).per_section == 7


async def test_a_client_that_has_told_settings_is_waited_for_where_it_is_busy(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_SETTINGS_TIMEOUT", 0.0)
    server = SilentClientServer()
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        await server.late_settings(URI)
        server.ask_again()
        assert (await server.tells_late({"perSection": 8})).per_section == 8


async def test_a_profile_that_takes_long_to_read_is_not_taken_for_a_silent_client(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_SETTINGS_TIMEOUT", 0.1)
    server = SilentClientServer()
    may_read = threading.Event()
    monkeypatch.setattr(server, "_read_profile", lambda *_: may_read.wait(PATIENCE) and None)
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        await server.settings(URI)
        may_read.set()
        await server.late_settings(URI)
        server.ask_again()
        assert (await server.tells_late({"perSection": 8})).per_section == 8


async def test_a_client_that_refuses_to_tell_and_one_that_is_not_asked_are_not_silent(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_SETTINGS_TIMEOUT", 0.1)
    for is_asked in (True, False):
        server = SilentClientServer()
        server.client = ClientCapabilities(configuration=is_asked)
        may_read = threading.Event()
        monkeypatch.setattr(
            server, "_read_profile", lambda *_, read=may_read: read.wait(PATIENCE) and None
        )
        server.answer.set_exception(RuntimeError("never"))
        async with asyncio.timeout(PATIENCE):
            server.open(URI)
            await server.settings(URI)
            assert server._settings_patience > 0
            may_read.set()
            await server.late_settings(URI)


async def test_a_profile_that_was_named_before_counts_no_more(monkeypatch):
    server = SilentClientServer()
    first_may_be_read = threading.Event()
    loop, first_is_read = asyncio.get_running_loop(), asyncio.Event()

    def read(_: str, settings: Settings) -> None:
        if settings.per_section == 7:
            loop.call_soon_threadsafe(first_is_read.set)
            first_may_be_read.wait(PATIENCE)
            raise ProfileError("the one before")

    monkeypatch.setattr(server, "_read_profile", read)
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        asked_first = server.open_documents[URI].settings_task
        await first_is_read.wait()
        server.ask_again()
        server.tell({"perSection": 8})
        await server.late_settings(URI)
        first_may_be_read.set()
        await asyncio.wait([asked_first])
        assert server.open_documents[URI].profile_error is None


async def test_of_settings_that_change_twice_the_last_ones_are_waited_for(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_SETTINGS_TIMEOUT", PATIENCE)
    server = SilentClientServer()
    server.open(URI)
    asked_first = server.open_documents[URI].settings_task
    asked_first.add_done_callback(lambda _: server.ask_again())
    async with asyncio.timeout(PATIENCE):
        known = asyncio.create_task(server.settings(URI))
        # Told at once, the first could be known before anybody waits for them.
        await asyncio.sleep(0)
        server.tell({"perSection": 7})
        await asyncio.wait([asked_first])
        server.tell({"perSection": 8})
        assert (await known).per_section == 8


async def test_settings_count_until_the_client_has_told_others():
    server = SilentClientServer()
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        await server.settings(URI)
        server.ask_again()
        assert server.open_documents[URI].settings.per_section == 7


async def test_what_is_pushed_counts_where_the_client_tells_nothing():
    server = SilentClientServer()
    for pushed in (3, 7):
        server.pushed_settings = {"perSection": pushed}
        server.open(URI)
        assert server.open_documents[URI].settings.per_section == pushed


async def test_settings_that_are_told_no_more_are_taken_back():
    server = SilentClientServer()
    server.pushed_settings = {"perSection": 4}
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        assert (await server.settings(URI)).per_section == 7
        server.ask_again()
        server.tell(None)
        assert (await server.settings(URI)).per_section == 4


async def test_settings_that_are_told_empty_take_the_place_of_those_pushed():
    server = SilentClientServer()
    server.pushed_settings = {"perSection": 4}
    server.open(URI)
    server.tell({})
    async with asyncio.timeout(PATIENCE):
        assert (await server.settings(URI)).per_section != 4


async def test_settings_count_on_where_the_client_fails_to_tell_others():
    server = SilentClientServer()
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        await server.settings(URI)
        server.ask_again()
        server.answer.set_exception(RuntimeError("not now"))
        assert (await server.settings(URI)).per_section == 7


async def test_an_answer_to_an_earlier_question_counts_no_more():
    server = SilentClientServer()
    server.open(URI)
    first, asked_first = server.answer, server.open_documents[URI].settings_task
    async with asyncio.timeout(PATIENCE):
        await asyncio.sleep(0)
        server.ask_again()
        server.tell({"perSection": 8})
        await server.settings(URI)
        first.set_result([{"perSection": 7}])
        await asyncio.wait([asked_first])
        assert (await server.settings(URI)).per_section == 8


async def test_a_client_that_loses_a_question_is_waited_for_once(monkeypatch):
    monkeypatch.setattr(module, "_SETTINGS_TIMEOUT", 0.5)
    server = SilentClientServer()
    server.open(URI)
    server.tell({"perSection": 7})
    async with asyncio.timeout(PATIENCE):
        await server.settings(URI)
        server.ask_again()
        for _ in range(4 * int(PATIENCE)):
            await server.settings(URI)


class Desk:
    """A server with documents of one store that come and go, and a job on `towns.dlm`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = create_server()
        self.server.protocol._workspace = LiveWorkspace(
            None, types.TextDocumentSyncKind.Incremental, []
        )
        self.open("towns.dlm")
        document = self.server.text_document(self.uri("towns.dlm")).incremental.document
        store = self.server.store(document)
        self.job = Job(store, self.uri("towns.dlm"), frozenset(), "Working")
        self.server.jobs._running[self.job.token] = self.job

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str) -> None:
        """Open a document, which is on disk from then on."""
        (self.folder / name).write_text(FRONTMATTER)
        self.server.workspace.put_text_document(
            types.TextDocumentItem(self.uri(name), "dlm", 1, FRONTMATTER)
        )
        self.server.follow_documents(self.uri(name))

    def close(self, name: str) -> None:
        self.server.workspace.remove_text_document(self.uri(name))
        self.server.follow_documents()

    @property
    def place(self) -> str:
        """The document that the job is in."""
        return self.job.uri.rpartition("/")[2]


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    return Desk(tmp_path)


def test_a_copy_that_is_opened_right_after_the_close_is_the_document(desk):
    desk.close("towns.dlm")
    desk.open("places.dlm")
    assert desk.place == "places.dlm"


def test_a_copy_that_is_opened_later_is_never_the_document(desk, monkeypatch):
    monkeypatch.setattr(module, "REOPENED_WITHIN", 0)
    desk.close("towns.dlm")
    desk.open("copy.dlm")
    assert desk.place == "towns.dlm"
    desk.open("other.dlm")
    (desk.folder / "towns.dlm").unlink()
    desk.close("other.dlm")
    assert desk.place == "towns.dlm"
    desk.open("places.dlm")
    assert desk.place == "places.dlm"


async def test_a_job_goes_back_to_its_document_but_not_away_from_an_edit_that_is_unanswered(desk):
    desk.close("towns.dlm")
    desk.open("places.dlm")
    answer = asyncio.get_running_loop().create_future()
    desk.server.open_document(desk.uri("places.dlm")).pending_edit = PendingEdit("", answer)
    desk.open("towns.dlm")
    assert desk.place == "places.dlm"
    answer.set_result(True)
    desk.open("towns.dlm")
    assert desk.place == "towns.dlm"
