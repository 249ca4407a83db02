"""Client capabilities: all that a feature may need of them."""

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class ClientCapabilities:
    """What the client said when the server was initialized."""

    pulls_diagnostics: bool = False
    refreshes_lenses: bool = False
    shows_lenses: bool = False
    refreshes_hints: bool = False
    versioned_edits: bool = False
    annotated_edits: bool = False
    resolves_edits: bool = False
    action_literals: bool = False
    disabled_actions: bool = False
    snippets: bool = False
    shows_documents: bool = False
    progress: bool = False
    configuration: bool = False
    watches_files: bool = False
    related_information: bool = False
    links: bool = False
    overviews: bool = False
    run_ends: bool = False
    picks_actions: bool = False
    shows_failures: bool = False
    reviews: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> "ClientCapabilities":
        """Return what `capabilities` say."""

        def says(path: str) -> bool:
            return bool(get_capability(capabilities, path, False))

        def lists(path: str, value: object) -> bool:
            return value in (get_capability(capabilities, path, None) or ())

        action = "text_document.code_action"
        return cls(
            # One that cannot be told to pull again would show what is outdated.
            pulls_diagnostics=get_capability(capabilities, "text_document.diagnostic", None)
            is not None
            and says("workspace.diagnostics.refresh_support"),
            refreshes_lenses=says("workspace.code_lens.refresh_support"),
            shows_lenses=get_capability(capabilities, "text_document.code_lens", None) is not None,
            refreshes_hints=says("workspace.inlay_hint.refresh_support"),
            versioned_edits=says("workspace.workspace_edit.document_changes"),
            annotated_edits=says("workspace.workspace_edit.document_changes")
            and get_capability(
                capabilities, "workspace.workspace_edit.change_annotation_support", None
            )
            is not None,
            resolves_edits=lists(f"{action}.resolve_support.properties", "edit")
            and says(f"{action}.data_support"),
            action_literals=get_capability(
                capabilities, f"{action}.code_action_literal_support", None
            )
            is not None,
            disabled_actions=says(f"{action}.disabled_support"),
            snippets=says("text_document.completion.completion_item.snippet_support"),
            shows_documents=says("window.show_document.support"),
            progress=says("window.work_done_progress"),
            configuration=says("workspace.configuration"),
            watches_files=says("workspace.did_change_watched_files.dynamic_registration"),
            related_information=says("text_document.publish_diagnostics.related_information"),
            links=says("text_document.definition.link_support"),
            overviews=_says_of_ours(capabilities.experimental, "overview"),
            run_ends=_says_of_ours(capabilities.experimental, "runEnded"),
            picks_actions=_says_of_ours(capabilities.experimental, "pickAction"),
            shows_failures=_says_of_ours(capabilities.experimental, "failures"),
            reviews=_says_of_ours(capabilities.experimental, "review"),
        )


def _says_of_ours(experimental: object, name: str) -> bool:
    """Tell whether a client knows something that only this server has."""
    ours = experimental.get("dlm") if isinstance(experimental, dict) else None
    return isinstance(ours, dict) and bool(ours.get(name))
