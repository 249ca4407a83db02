"""Lenient reading: one odd value costs itself, and neither the start nor a request."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.protocol import default_converter
from server.editor import URI
from support.odd_json import curtailed, spoilt

from dlm_lsp.server.lenient_reading import read_leniently
from dlm_lsp.server.lifecycle import create_server
from dlm_lsp.server.server import DlmServer

CONVERTER = default_converter()
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


class Answers:
    """A client that keeps what the server sends."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.partition(b"\r\n\r\n")[2]))

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


def test_an_unknown_request_is_answered_as_such_whatever_it_asks():
    server = initialized(NEOVIM)
    for params in (None, 5, {"type_name": 5}, [{"jsonrpc": "2.0"}]):
        answer = asked(server, "other/request", params, 2)
        assert answer["error"]["code"] == types.ErrorCodes.MethodNotFound


@pytest.mark.parametrize("method", [5, None, {}, ["initialize"]])
def test_a_request_without_a_method_is_refused(method):
    assert "error" in asked(initialized(NEOVIM), method, {}, 2)
