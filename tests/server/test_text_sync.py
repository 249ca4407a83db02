"""Text synchronization: what clients send is read where it can be, and else nothing is written."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import SOURCE, synthesized
from lsprotocol import types
from pygls.protocol import default_converter
from server.editor import EMACS, URI, VSCODE, Buffer, Editor, editor
from server.test_pygls_patches import Sink
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse
from dlm_lsp.server.live_documents import LiveDocument, use_live_documents
from dlm_lsp.server.patched_server import PatchedServer
from dlm_lsp.server.pygls_patches import PatchedProtocol

START = {"line": 0, "character": 0}
TYPED = {"range": {"start": START, "end": {"line": 0, "character": 1}}, "text": "x"}


class Session:
    """A session with a document of three lines, to which messages come as they are."""

    def __init__(self) -> None:
        self.server = PatchedServer(
            "t", "1", protocol_cls=PatchedProtocol, converter_factory=default_converter
        )
        self.protocol = self.server.protocol
        self.protocol.set_writer(Sink())
        params = types.InitializeParams(types.ClientCapabilities(), root_uri=None)
        self.protocol.handle_message(types.InitializeRequest(1, params))
        use_live_documents(self.server, params)

    def send(self, method: str, **params: Any) -> None:
        message = json.dumps({"jsonrpc": "2.0", "method": method, "params": params})
        read = json.loads(message, object_hook=self.protocol.structure_message)
        self.protocol.handle_message(read)

    def open(self, **more: Any) -> LiveDocument:
        item = {"uri": URI, "languageId": "dlm", "version": 1, "text": "ab\ncd\nef\n", **more}
        self.send(types.TEXT_DOCUMENT_DID_OPEN, textDocument=item)
        return self.document_at(item["uri"])

    def change(self, *changes: object, **document: Any) -> LiveDocument:
        document = {"uri": URI, "version": 2, **document}
        self.send(
            types.TEXT_DOCUMENT_DID_CHANGE, textDocument=document, contentChanges=list(changes)
        )
        return self.document

    @property
    def document(self) -> LiveDocument:
        return self.document_at(URI)

    def document_at(self, uri: str) -> LiveDocument:
        document = self.server.workspace.text_documents[unquote(uri)]
        assert isinstance(document, LiveDocument)
        return document


def changed(*changes: object, **document: Any) -> LiveDocument:
    """The document after a change that was sent as it is."""
    session = Session()
    session.open()
    return session.change(*changes, **document)


def typed(start: tuple[object, object], end: tuple[object, object]) -> dict[str, Any]:
    """A change of what stands between two places, which may be no places."""
    places = [{"line": line, "character": character} for line, character in (start, end)]
    return {"range": {"start": places[0], "end": places[1]}, "text": "x"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"text": "new", "range": None}, "new"),
        ({**TYPED, "rangeLength": -1}, "xb\ncd\nef\n"),
        ({**TYPED, "rangeLength": None}, "xb\ncd\nef\n"),
        ({**TYPED, "rangeLength": 2**32 - 1}, "xb\ncd\nef\n"),
        (typed((1, 0), (2**32 - 1, 2**32 - 1)), "ab\nx"),
        (typed((1, 1), (1, 2**32 - 1)), "ab\ncx\nef\n"),
        (typed((1, 1), (-1, 0)), "ab\ncx"),
        (typed((1, 1), (1, -1)), "ab\ncx\nef\n"),
        (typed((1.0, 0.0), (1.0, 1)), "ab\nxd\nef\n"),
        (typed((99, 0), (99, 0)), "ab\ncd\nef\nx"),
    ],
)
def test_a_change_is_read_though_it_is_not_as_the_protocol_says(change, text):
    document = changed(change)
    assert (document.source, document.out_of_step) == (text, False)


@pytest.mark.parametrize("version", [None, "2", True, 2.5, 2**40, -(2**31)])
def test_a_version_that_is_none_is_no_version(version):
    document = changed(TYPED, version=version)
    assert (document.source, document.version) == ("xb\ncd\nef\n", None)
    assert changed(TYPED, version=3.0).version == 3


def test_a_change_may_come_without_a_version():
    session = Session()
    session.open()
    session.send(types.TEXT_DOCUMENT_DID_CHANGE, textDocument={"uri": URI}, contentChanges=[TYPED])
    assert (session.document.source, session.document.version) == ("xb\ncd\nef\n", None)


@pytest.mark.parametrize("more", [{"version": None}, {"languageId": None}, {"languageId": 5}])
def test_an_opening_needs_neither_version_nor_language(more):
    document = Session().open(**more)
    assert (document.source, document.out_of_step) == ("ab\ncd\nef\n", False)


UNREADABLE = [
    None,
    "x",
    {"range": TYPED["range"]},
    {**TYPED, "text": None},
    {**TYPED, "range": "all"},
    {**TYPED, "range": {"start": START}},
    typed((0, 0), ("x", 0)),
    typed((0, 0), (0, True)),
    typed((0, 0.5), (0, 1)),
    typed((None, 0), (0, 1)),
    typed((-1, -1), (1, 0)),
    typed((-1, 0), (1, 0)),
    typed((0, -1), (1, 0)),
]


@pytest.mark.parametrize("change", UNREADABLE)
def test_a_change_that_cannot_be_read_puts_the_text_out_of_step(change):
    document = changed(TYPED, change)
    assert document.out_of_step
    assert document.source == "ab\ncd\nef\n"


def test_a_change_of_no_document_puts_every_text_out_of_step():
    assert changed(TYPED, uri=None).out_of_step
    assert changed(TYPED, uri=5).out_of_step


@pytest.mark.parametrize("uri", ["file:///my notes/a.dlm", "file:///my%20notes/a%2Edlm"])
def test_a_change_that_cannot_be_read_is_missed_however_its_address_is_escaped(uri):
    session = Session()
    document = session.open(uri="file:///my%20notes/a.dlm")
    other = session.open()
    session.change({"text": None}, uri=uri)
    assert (document.out_of_step, other.out_of_step) == (True, False)


@pytest.mark.parametrize("changes", [None, "x", {}, TYPED])
def test_changes_that_are_no_list_put_the_text_out_of_step(changes):
    session = Session()
    session.open()
    document = {"uri": URI, "version": 2}
    session.send(types.TEXT_DOCUMENT_DID_CHANGE, textDocument=document, contentChanges=changes)
    assert session.document.out_of_step


def test_the_text_is_in_step_again_with_a_whole_text_or_a_new_opening():
    session = Session()
    assert session.open(text=None).out_of_step
    assert not session.change({"text": "new"}).out_of_step
    assert session.change(None).out_of_step
    assert not session.open().out_of_step


def test_a_change_that_meets_a_defect_puts_the_text_out_of_step(monkeypatch):
    session = Session()
    session.open()
    monkeypatch.setattr("dlm_lsp.server.live_documents.LiveDocument.positions", None)
    assert session.change(TYPED).out_of_step


NUMBERS = st.integers() | st.floats() | st.none() | st.booleans()
PLACES = st.fixed_dictionaries({}, optional={"line": NUMBERS, "character": NUMBERS})
RANGES = st.none() | st.fixed_dictionaries({}, optional={"start": PLACES, "end": PLACES})
ANYTHING = st.recursive(st.none() | st.text(max_size=2) | NUMBERS, st.lists, max_leaves=3)
CHANGES = ANYTHING | st.fixed_dictionaries(
    {}, optional={"text": st.text(max_size=3) | NUMBERS, "range": RANGES, "rangeLength": NUMBERS}
)


@given(st.lists(CHANGES, min_size=1, max_size=3), NUMBERS)
def test_every_change_is_made_or_known_to_be_missed(changes, version):
    document = changed(*changes, version=version)
    assert document.changes == 1
    assert document.out_of_step or all(isinstance(change["text"], str) for change in changes)


TEXT = FRONTMATTER + SOURCE + synthesized()
BEFORE = FRONTMATTER + SOURCE
(ID,) = (section.id for section in parse(TEXT).sections if section.synth)


def send(client: Editor, method: str, **params: Any) -> None:
    client.protocol._send_data({"jsonrpc": "2.0", "method": method, "params": params})


def change(client: Editor, *changes: object, **document: Any) -> None:
    document = {"uri": URI, **document}
    send(
        client,
        types.TEXT_DOCUMENT_DID_CHANGE,
        textDocument=document,
        contentChanges=list(changes),
    )


async def test_a_client_without_versions_is_sent_edits_without_versions():
    async with editor(VSCODE) as client:
        client.buffers[URI] = Buffer(TEXT)
        send(client, types.TEXT_DOCUMENT_DID_OPEN, textDocument={"uri": URI, "text": TEXT})
        change(client, {"text": TEXT, "range": None})
        await client.command("dlm.synth.remove", sections=[ID])
        await client.until(lambda: client.text() == BEFORE)
        (edit,) = client.edits
        assert edit.edit.document_changes[0].text_document.version is None


@pytest.mark.parametrize("name", [VSCODE, EMACS])
async def test_after_a_change_that_cannot_be_read_nothing_is_written_and_that_is_told_once(name):
    async with editor(name) as client:
        client.open(TEXT + "::Instruction::\n")
        change(client, {"text": None})
        change(client, TYPED, version=3)
        await client.until(lambda: client.messages)
        await client.command("dlm.synth.remove", sections=[ID])
        await client.until(lambda: len(client.messages) == 2)
        first, second = (message.message for message in client.messages)
        assert first.startswith("towns.dlm: a change could not be read")
        assert second.endswith("close the document and open it again")
        assert await client.actions("Instruction::", only=["quickfix"]) == []
        assert client.edits == []


async def test_once_the_whole_text_has_come_again_it_is_written_into():
    async with editor(VSCODE) as client:
        client.open("old")
        change(client, {"text": None})
        change(client, {"text": TEXT}, version=3)
        client.buffers[URI] = Buffer(TEXT, 3)
        await client.command("dlm.synth.remove", sections=[ID])
        await client.until(lambda: client.text() == BEFORE)
        assert len(client.messages) == 1


@pytest.mark.parametrize("body", [b'{"method": "\xff"}', b"[" * 100_000, b"{"])
async def test_a_message_that_is_no_json_may_have_been_a_change(body):
    async with editor(VSCODE) as client:
        client.open(TEXT)
        client.protocol.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        await client.until(lambda: client.messages)
        await client.command("dlm.synth.remove", sections=[ID])
        await client.until(lambda: len(client.messages) == 2)
        assert client.edits == []
