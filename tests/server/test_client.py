"""Client capabilities: as they were recorded of each editor."""

from dataclasses import asdict

import pytest
from lsprotocol import types
from server.editor import EDITORS, EMACS, NEOVIM, VSCODE, capabilities_of

from dlm_lsp.server.client import ClientCapabilities


def what(editor: str) -> set[str]:
    """The names of everything that an editor can do."""
    return {
        name for name, can in asdict(ClientCapabilities.of(capabilities_of(editor))).items() if can
    }


def test_a_client_that_says_nothing_can_nothing():
    assert ClientCapabilities.of(types.ClientCapabilities()) == ClientCapabilities()
    assert not any(asdict(ClientCapabilities()).values())


EVERYWHERE = {"action_literals", "progress", "configuration", "links"}


@pytest.mark.parametrize(
    ("editor", "more"),
    [
        (
            VSCODE,
            {
                "shows_lenses",
                "refreshes_lenses",
                "versioned_edits",
                "annotated_edits",
                "resolves_edits",
                "disabled_actions",
                "snippets",
                "shows_documents",
                "related_information",
                "watches_files",
            },
        ),
        (
            NEOVIM,
            {
                "shows_lenses",
                "refreshes_hints",
                "resolves_edits",
                "snippets",
                "shows_documents",
                "related_information",
            },
        ),
        (EMACS, {"versioned_edits", "watches_files"}),
    ],
)
def test_each_editor_can_what_was_recorded_of_it(editor, more):
    assert what(editor) == EVERYWHERE | more


@pytest.mark.parametrize("editor", EDITORS)
def test_whoever_asks_for_diagnostics_when_told_to_is_left_to_ask(editor):
    assert ClientCapabilities.of(capabilities_of(editor, pull=True)).pulls_diagnostics
    assert not ClientCapabilities.of(capabilities_of(editor)).pulls_diagnostics


def _with_workspace_edit(**can: object) -> ClientCapabilities:
    edit = types.WorkspaceEditClientCapabilities(**can)
    workspace = types.WorkspaceClientCapabilities(workspace_edit=edit)
    return ClientCapabilities.of(types.ClientCapabilities(workspace=workspace))


def test_annotations_need_edits_that_have_a_version():
    annotated = types.ChangeAnnotationsSupportOptions()
    both = _with_workspace_edit(document_changes=True, change_annotation_support=annotated)
    assert both.annotated_edits
    assert not _with_workspace_edit(change_annotation_support=annotated).annotated_edits
    assert not _with_workspace_edit(document_changes=True).annotated_edits


def _with_actions(**can: object) -> ClientCapabilities:
    actions = types.CodeActionClientCapabilities(**can)
    text = types.TextDocumentClientCapabilities(code_action=actions)
    return ClientCapabilities.of(types.ClientCapabilities(text_document=text))


def test_an_edit_is_only_made_later_where_the_action_comes_back_as_it_was_given():
    lazily = types.ClientCodeActionResolveOptions(properties=["edit"])
    assert _with_actions(resolve_support=lazily, data_support=True).resolves_edits
    assert not _with_actions(resolve_support=lazily).resolves_edits
    other = types.ClientCodeActionResolveOptions(properties=["command"])
    assert not _with_actions(resolve_support=other, data_support=True).resolves_edits
