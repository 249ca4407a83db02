"""Lenient reading: one odd value costs itself, and neither the start nor a request."""

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ide.samples import RICH
from lsprotocol import types
from server.editor import PATIENCE, URI
from support.document_text import FRONTMATTER
from support.odd_json import curtailed, spoilt

from dlm_lsp.server.lenient_reading import message_converter, read_leniently
from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.server import DlmServer

CONVERTER = message_converter()
RECORDED = [
    json.loads(path.read_text())
    for path in sorted((Path(pytest_lsp.__file__).parent / "clients").glob("*.json"))
]
CLIENTS = [
    {
        "processId": None,
        "clientInfo": client["clientInfo"],
        "locale": "en",
        "rootPath": "/notes",
        "rootUri": "file:///notes",
        "capabilities": client["capabilities"],
        "initializationOptions": {"dlm": {"teacher": "self"}},
        "trace": "off",
        "workDoneToken": "1",
        "workspaceFolders": [{"uri": "file:///notes", "name": "notes"}],
    }
    for client in RECORDED
]
NEOVIM = next(client for client in CLIENTS if client["clientInfo"]["version"] == "0.11.0")
_CAN = NEOVIM["capabilities"]
_TOLD = {**_CAN["workspace"], "diagnostics": {"refreshSupport": True}}
PULLING = {**NEOVIM, "capabilities": {**_CAN, "workspace": _TOLD}}
"""The same, as one that asks for diagnostics again when told to."""


class Answers:
    """A client that keeps what the server sends."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.came = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.partition(b"\r\n\r\n")[2]))
        self.came.set()

    def close(self) -> None:
        return


def asked(server: DlmServer, method: str, params: object, id_: int = 1) -> dict[str, Any]:
    """The answer to a request that is answered at once."""
    answers = Answers()
    server.protocol.set_writer(answers)
    request = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}
    server.protocol.handle_message(json.loads(json.dumps(request)))
    (answer,) = [message for message in answers.messages if message.get("id") == id_]
    return answer


def initialized(params: object) -> DlmServer:
    server = create_server()
    answer = asked(server, "initialize", params)
    assert "capabilities" in answer.get("result", {}), answer
    return server


def odd(whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    """The same with one part of it taken out, or replaced by anything."""
    return (spoilt(whole) | curtailed(whole)).map(json.loads)


@given(st.sampled_from(CLIENTS).flatmap(odd))
def test_one_odd_value_of_a_real_client_never_keeps_the_server_from_starting(params):
    initialized(params)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("capabilities.textDocument.publishDiagnostics.tagSupport.valueSet", [1, 2, -1]),
        ("capabilities.textDocument.documentSymbol.symbolKind.valueSet", [1, 27]),
        (
            "capabilities.textDocument.completion.completionItem.insertTextModeSupport.valueSet",
            [1, 2, 3],
        ),
        ("capabilities.workspace.workspaceEdit.resourceOperations", ["create", "copy"]),
        ("capabilities.general.markdown", {}),
        ("capabilities.textDocument.semanticTokens", {"requests": {}}),
        ("capabilities.general.positionEncodings", "utf-8"),
        ("capabilities", None),
        ("capabilities", 5),
        ("trace", "compact"),
        ("workspaceFolders", [{"uri": "file:///notes"}, {"name": "notes"}, 5]),
        ("clientInfo", {}),
        ("rootUri", "file://[notes"),
        ("rootUri", "file:///\ud800"),
        ("initializationOptions", {"jsonrpc": "2.0", "method": 5}),
        ("processId", "parent"),
    ],
)
def test_what_real_clients_send_is_initialized(path, value):
    params = json.loads(json.dumps(NEOVIM))
    place = params
    *above, last = path.split(".")
    for name in above:
        place = place.setdefault(name, {})
    place[last] = value
    server = initialized(params)
    # What stands beside the odd value counts.
    if path != "capabilities":
        assert server.client.resolves_edits


@pytest.mark.parametrize("path", ["//notes", "/\ud800", "", "\0"])
def test_a_folder_that_cannot_be_named_by_an_address_is_no_folder(path):
    initialized({**NEOVIM, "rootUri": None, "rootPath": path})


def test_a_folder_needs_no_name():
    folders = [{"uri": "file:///notes"}, {"name": "lost"}, 5]
    server = initialized({**NEOVIM, "workspaceFolders": folders})
    assert [folder.uri for folder in server.workspace.folders.values()] == ["file:///notes"]


FOREIGN = {
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
    "message": "misspelt",
    "severity": 2,
    "code": "E1",
    "codeDescription": {"href": "https://example.org"},
    "source": "speller",
    "tags": [1],
    "relatedInformation": [],
    "data": {"word": "Ill"},
}
ACTION = {
    "textDocument": {"uri": URI},
    "range": FOREIGN["range"],
    "context": {"diagnostics": [FOREIGN], "only": ["quickfix"], "triggerKind": 1},
}


def read(params: object) -> types.CodeActionParams:
    return read_leniently(CONVERTER, params, types.CodeActionParams).message


@pytest.mark.parametrize(
    "diagnostic",
    [
        {**FOREIGN, "severity": 0},
        {"message": "no range"},
        {**FOREIGN, "codeDescription": {}},
        {**FOREIGN, "tags": [-1, "old"]},
        {**FOREIGN, "range": {"start": {"line": -1, "character": 0}, "end": None}},
        "misspelt",
    ],
)
def test_diagnostics_of_other_tools_are_not_in_the_way_of_a_code_action(diagnostic):
    context = {**ACTION["context"], "diagnostics": [diagnostic, FOREIGN]}
    found = read({**ACTION, "context": context})
    assert found.context.only == ("quickfix",)
    assert found.context.diagnostics[-1].message == "misspelt"


@given(odd({"context": ACTION["context"]}))
def test_whatever_the_context_of_a_code_action_is_it_is_read(odd_part):
    given_context = odd_part.get("context") if isinstance(odd_part, dict) else odd_part
    assert read({**ACTION, "context": given_context}).text_document.uri == URI


def test_an_unknown_reason_for_a_code_action_is_left_out():
    found = read_leniently(
        CONVERTER,
        {**ACTION, "context": {**ACTION["context"], "triggerKind": 3}},
        types.CodeActionParams,
    )
    assert found.message.context.trigger_kind is None
    assert found.dropped == ("context.triggerKind",)


@pytest.mark.parametrize(
    "params",
    [{}, None, 5, {"textDocument": {"uri": URI}}, {"textDocument": {"uri": URI}, "position": {}}],
)
def test_without_the_place_that_it_is_about_a_request_is_refused(params):
    with pytest.raises(ValueError, match=r"position|textDocument| is no object"):
        read_leniently(CONVERTER, params, types.HoverParams)


def test_what_can_be_read_whole_is_read_as_ever():
    found = read_leniently(CONVERTER, ACTION, types.CodeActionParams)
    assert found.message == CONVERTER.structure(ACTION, types.CodeActionParams)
    assert found.dropped == ()


def test_an_unknown_request_is_answered_as_such_and_is_no_defect(caplog):
    server = initialized(NEOVIM)
    for params in (None, 5, {"type_name": 5}, [{"jsonrpc": "2.0"}]):
        answer = asked(server, "other/request", params, 2)
        assert answer["error"]["code"] == types.ErrorCodes.MethodNotFound
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def identifier(id_: object) -> object:
    """The identifier of a request as it is read."""
    request = {"jsonrpc": "2.0", "method": "shutdown", "id": id_}
    return CONVERTER.structure(request, types.ShutdownRequest).id


@pytest.mark.parametrize("id_", [7, "7", -1, ""])
def test_an_identifier_is_a_number_or_a_text(id_):
    assert identifier(id_) == id_


@pytest.mark.parametrize("id_", [[1], {}, 1.5, None])
def test_another_identifier_is_unreadable(id_):
    with pytest.raises(Exception, match="ShutdownRequest"):
        identifier(id_)


@pytest.mark.parametrize("method", [5, None, {}, ["initialize"]])
def test_a_request_without_a_method_is_refused(method):
    assert "error" in asked(initialized(NEOVIM), method, {}, 2)


DOCUMENT = {"textDocument": {"uri": URI}}
PLACE = {**DOCUMENT, "position": {"line": 4, "character": 1}}
EVERYWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
RANGE = {**DOCUMENT, "range": EVERYWHERE}
REQUESTS = {
    "textDocument/hover": PLACE,
    "textDocument/completion": {**PLACE, "context": {"triggerKind": 2, "triggerCharacter": ":"}},
    "completionItem/resolve": {"label": "::prose::", "kind": 14, "data": {"kind": "fence"}},
    "textDocument/definition": PLACE,
    "textDocument/references": {**PLACE, "context": {"includeDeclaration": True}},
    "textDocument/documentSymbol": DOCUMENT,
    "textDocument/foldingRange": DOCUMENT,
    "textDocument/selectionRange": {**DOCUMENT, "positions": [PLACE["position"]]},
    "textDocument/documentLink": DOCUMENT,
    "textDocument/semanticTokens/full": DOCUMENT,
    "textDocument/semanticTokens/range": RANGE,
    "textDocument/codeLens": DOCUMENT,
    "textDocument/inlayHint": RANGE,
    "textDocument/codeAction": {**RANGE, "context": ACTION["context"]},
    "codeAction/resolve": {"title": "Keep", "data": {"what": "keep", "uri": URI, "sections": []}},
    "textDocument/diagnostic": {**DOCUMENT, "identifier": "dlm", "previousResultId": "1"},
    "workspace/executeCommand": {
        "command": "dlm.synth.overview",
        "arguments": [{"uri": URI, "sections": ["0" * 16], "teacher": "self"}],
    },
}
NOTIFICATIONS = {
    "initialized": {},
    "textDocument/didSave": {**DOCUMENT, "text": ""},
    "workspace/didChangeConfiguration": {"settings": {"dlm": {"review": "stage"}}},
    "workspace/didChangeWatchedFiles": {"changes": [{"uri": URI, "type": 1}]},
    "workspace/didChangeWorkspaceFolders": {
        "event": {"added": [{"uri": "file:///a", "name": "a"}], "removed": []}
    },
    "window/workDoneProgress/cancel": {"token": "dlm-1"},
    "$/cancelRequest": {"id": 7},
    "$/setTrace": {"value": "off"},
    "textDocument/didClose": DOCUMENT,
}


async def answered(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to messages to a server with a document open, one for each that has an id."""
    server = initialized(PULLING)
    server.client = replace(server.client, configuration=False)
    answers = Answers()
    server.protocol.set_writer(answers)
    item = {"uri": URI, "languageId": "dlm", "version": 1, "text": FRONTMATTER + RICH}
    opened = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}}
    for message in [opened, *messages]:
        server.protocol.handle_message(json.loads(json.dumps(message)))
    ids = {message["id"] for message in messages if "id" in message}
    async with asyncio.timeout(PATIENCE):
        while {answer.get("id") for answer in answers.messages if "method" not in answer} != ids:
            answers.came.clear()
            await answers.came.wait()
    return [answer for answer in answers.messages if answer.get("id") in ids]


def message(method: str, params: object) -> dict[str, Any]:
    id_ = {"id": 9} if method in REQUESTS else {}
    return {"jsonrpc": "2.0", "method": method, "params": params, **id_}


EVERY_MESSAGE = {**REQUESTS, **NOTIFICATIONS}
ODD_MESSAGES = st.sampled_from(sorted(EVERY_MESSAGE)).flatmap(
    lambda method: odd(EVERY_MESSAGE[method]).map(lambda params: message(method, params))
)
HOVER = {"jsonrpc": "2.0", "id": 10, "method": "textDocument/hover", "params": PLACE}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ODD_MESSAGES)
def test_whatever_is_asked_is_answered_and_no_defect(tmp_path, monkeypatch, caplog, asked_oddly):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    caplog.clear()
    answers = asyncio.run(answered([asked_oddly, HOVER]))
    assert len(answers) == ("id" in asked_oddly) + 1
    codes = {answer["error"]["code"] for answer in answers if "error" in answer}
    assert codes <= {types.ErrorCodes.InvalidParams, types.LSPErrorCodes.ContentModified}
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("method", REQUESTS)
def test_what_is_asked_plainly_is_answered_with_a_result(method, tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    (answer,) = asyncio.run(answered([message(method, REQUESTS[method])]))
    if method != "codeAction/resolve":
        assert "result" in answer
