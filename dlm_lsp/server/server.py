"""Server: what it knows of its client and of the documents that are open."""

import asyncio
import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.uris import to_fs_path

from dlm_lsp import __version__
from dlm_lsp.document import Document
from dlm_lsp.document.parse import Head
from dlm_lsp.errors import DlmError, StoreError
from dlm_lsp.ide.diagnostics import IncrementalDiagnostics
from dlm_lsp.ide.pair_check_results import NOTHING_CHECKED, PairCheckResults
from dlm_lsp.server.client import ClientCapabilities
from dlm_lsp.server.command_names import OVERVIEW_CHANGED
from dlm_lsp.server.diagnostics_encoder import DiagnosticsEncoder
from dlm_lsp.server.document_ids import DocumentIds
from dlm_lsp.server.jobs import REOPENED_WITHIN, Job, Jobs
from dlm_lsp.server.lenient_reading import message_converter
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.patched_server import PatchedServer
from dlm_lsp.server.pygls_patches import EncodedJson, PatchedProtocol
from dlm_lsp.store.home import store_folder

if TYPE_CHECKING:
    from dlm_lsp.ide.pair_checks import PairChecks
    from dlm_lsp.server.profiles import EditorProfiles
    from dlm_lsp.server.report import FailedRun
    from dlm_lsp.server.section_answers import EncodedSymbols, EncodedTokens, SectionAnswers
    from dlm_lsp.server.settings import Settings
    from dlm_lsp.server.workspace_overview import WorkspaceOverview
    from dlm_lsp.synth.profile import Profile
    from dlm_lsp.synth.saved_report import SavedReport

_log = logging.getLogger(__name__)
_FIRST_SETTINGS_TIMEOUT = 2.0
"""Seconds that a client may take to tell settings for the first time; some never do."""

_SETTINGS_TIMEOUT = 10.0
"""Seconds that a client may take that has told some before: it may be busy."""

_ANY_OF_MANY = re.compile(r"[*?{}\[\],!\\]")
"""What means more than itself in a pattern of files."""


@dataclass(eq=False, slots=True)
class PendingEdit:
    """An edit that the client was asked to make: what it makes of the text, and the answer.

    A client may make it and not answer; a change that gives just this text is the answer then.
    `is_overdue` tells that nobody waits for it any more, though no edit can be made before it.
    """

    text: str
    answer: "asyncio.Future[bool]"
    is_overdue: bool = False

    def resolve(self, *, applied: bool) -> None:
        """Take note of an answer; the first one counts."""
        if not self.answer.done():
            self.answer.set_result(applied)


@dataclass(frozen=True, slots=True)
class DiagnosticsReport:
    """The diagnostics of a document as JSON; no other that was ever made has its `result_id`."""

    result_id: str
    items: str


def _default_settings() -> "Settings":
    # What reads settings is imported with the first document, for `initialize` needs none.
    from dlm_lsp.server.settings import DEFAULT_SETTINGS

    return DEFAULT_SETTINGS


@dataclass(eq=False, slots=True)
class OpenDocument:
    """What is kept of an open document beside its text.

    `settings` are those of the client, and where it has none those of the document's profile;
    `profile_error` is why that cannot be taken. `has_told_settings` says whether the client has
    told those of this document, `silent_task` is what was waited for in vain.
    """

    settings: "Settings" = field(default_factory=_default_settings)
    client_settings: "Settings" = field(default_factory=_default_settings)
    profile: "Profile | None" = None
    profile_error: DlmError | None = None
    has_told_settings: bool = False
    settings_task: "asyncio.Task[None] | None" = None
    silent_task: "asyncio.Task[None] | None" = None
    diagnostics: IncrementalDiagnostics = field(default_factory=IncrementalDiagnostics)
    diagnostics_encoder: DiagnosticsEncoder | None = None
    symbols: "SectionAnswers[EncodedSymbols] | None" = None
    tokens: "SectionAnswers[EncodedTokens | None] | None" = None
    report: DiagnosticsReport = DiagnosticsReport("", "")
    pair_check_results: PairCheckResults = NOTHING_CHECKED
    pair_checks: "PairChecks | None" = None
    document_id: str | None = None
    twin: str | None = None
    publish_task: "asyncio.Task[None] | None" = None
    pair_check_task: "asyncio.Task[None] | None" = None
    pair_check_slice: "asyncio.Future[PairCheckResults | None] | None" = None
    typed: asyncio.Event = field(default_factory=asyncio.Event)
    change_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    command_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    pending_edit: PendingEdit | None = None
    is_warned: bool = False
    deciding: list[tuple[str, ...]] = field(default_factory=list)


class DlmServer(PatchedServer):
    """The language server for `.dlm` documents."""

    def __init__(self) -> None:
        super().__init__(
            "dlm-lsp",
            __version__,
            protocol_cls=PatchedProtocol,
            converter_factory=message_converter,
        )
        self.client = ClientCapabilities()
        self.jobs = Jobs(self)
        self.open_documents: dict[str, OpenDocument] = {}
        self.reports: dict[Path, SavedReport | FailedRun] = {}
        self.opened = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.initial_settings: object = None
        self.document_ids = DocumentIds()
        self._profiles: EditorProfiles | None = None
        self.workspace_overview: WorkspaceOverview | None = None
        self.copies_task: asyncio.Task[None] | None = None
        self.pushed_settings: object = None
        self._settings_patience = _FIRST_SETTINGS_TIMEOUT
        self._complained: set[str] = set()
        self._watched: set[str] = set()

    def text_document(self, uri: str) -> LiveDocument | None:
        """Return a document if it is open."""
        document = self.workspace.text_documents.get(unquote(uri))
        return document if isinstance(document, LiveDocument) else None

    def live_documents(self) -> Iterator[LiveDocument]:
        """Yield the documents that are open."""
        for document in self.workspace.text_documents.values():
            if isinstance(document, LiveDocument):
                yield document

    def open_document(self, uri: str) -> OpenDocument:
        """Return what is kept of a document beside its text."""
        return self.open_documents.setdefault(unquote(uri), OpenDocument())

    def forget(self, uri: str) -> OpenDocument | None:
        """Drop what is kept of a document, and return it."""
        return self.open_documents.pop(unquote(uri), None)

    def path(self, uri: str) -> Path | None:
        """Return where a document lies on disk; None where it does not."""
        try:
            path = to_fs_path(uri) if uri.startswith("file:") else None
        except ValueError:
            return None
        return Path(path) if path else None

    def store(self, document: Document | Head) -> Path | None:
        """Return the store folder of a document; None where it has no sound frontmatter."""
        try:
            return store_folder(document.frontmatter.dlm_id) if document.frontmatter else None
        except StoreError as error:
            _log.warning("%s", error)
            return None

    def copies_beside(self, uri: str, store: Path) -> set[str]:
        """Return the other documents of a store that are open, as they are named inside."""
        from dlm_lsp.store.files import is_same_file

        own = self.path(uri)
        copies: set[str] = set()
        for text_document in self.live_documents():
            name, path = unquote(text_document.uri), self.path(text_document.uri)
            is_own = name == unquote(uri) or (own and path and is_same_file(own, path))
            if not is_own and self.store(text_document.incremental.document) == store:
                copies.add(name)
        return copies

    def follow_documents(self, opened: str | None = None) -> None:
        """Let the jobs go on where their documents are open now: one may have been renamed.

        A copy is taken for the document only where it was just `opened`, and the document closed
        just before; a job goes back as soon as the document itself is opened again.
        """
        new = self.text_document(opened) if opened else None
        for job in self.jobs:
            if self.text_document(job.uri):
                job.closed_at = None
            elif job.closed_at is None:
                job.closed_at = time.monotonic()
            if new is None and job.closed_at is None:
                continue
            for text_document in [new] if new else self.live_documents():
                if self.store(text_document.incremental.document) == job.store:
                    self._follow(job, str(text_document.uri), is_new=text_document is new)

    def _follow(self, job: Job, uri: str, *, is_new: bool) -> None:
        """Let a job go on in a document of its store, where that is no copy of its own."""
        name, closed_at = unquote(uri), job.closed_at
        if name == unquote(job.uri) or name in job.copies:
            return
        is_saved_as = (
            is_new and closed_at is not None and time.monotonic() - closed_at < REOPENED_WITHIN
        )
        if name == unquote(job.first_uri):
            # What the client was asked to put in elsewhere may be there already.
            is_followed = not self._awaits_edit(job.uri)
        elif self._is_copy(uri, job) and not is_saved_as:
            job.copies.add(name)
            is_followed = False
        else:
            is_followed = closed_at is not None
        if is_followed:
            job.uri, job.closed_at = uri, None

    def _awaits_edit(self, uri: str) -> bool:
        state = self.open_documents.get(unquote(uri))
        return bool(state and state.pending_edit and not state.pending_edit.answer.done())

    def _is_copy(self, uri: str, job: Job) -> bool:
        from dlm_lsp.store.copies import is_copy

        original = self.path(job.uri)
        if original is None:
            return False
        return is_copy(self.path(uri) or Path(uri), original, job.store.name)

    def load_settings(self, uri: str) -> None:
        """Take the settings of a document that were pushed, and ask for better ones.

        What is pushed takes the place of all initialization options; they count again once it is
        empty, for an editor was started with them, and they are not taken back. What a client has
        told counts until it tells otherwise.
        """
        state = self.open_document(uri)
        if not state.has_told_settings:
            self._take_settings(uri, self.pushed_settings or self.initial_settings)
        asking = self._ask_settings(uri) if self.client.configuration else self.load_profile(uri)
        state.settings_task = asyncio.create_task(asking)

    async def settings(self, uri: str) -> "Settings":
        """Return the settings of a document once they are known.

        A client that has never told any is waited for once, any other once each time.
        """
        state = self.open_document(uri)
        while (task := state.settings_task) and not task.done() and task is not state.silent_task:
            await asyncio.wait([task], timeout=self._settings_patience)
            if not task.done():
                state.silent_task = task
                if self.client.configuration and self._settings_patience == _FIRST_SETTINGS_TIMEOUT:
                    self._settings_patience = 0.0
        return state.settings

    async def late_settings(self, uri: str) -> "Settings":
        """Return the settings of a document once the client has answered, however late."""
        state = self.open_document(uri)
        if state.settings_task:
            await asyncio.wait([state.settings_task])
        return state.settings

    async def _ask_settings(self, uri: str) -> None:
        item = types.ConfigurationItem(scope_uri=uri, section="dlm")
        try:
            answers = await self.workspace_configuration_async(
                types.ConfigurationParams(items=[item])
            )
        except Exception as error:
            self._settings_patience = _SETTINGS_TIMEOUT
            _log.warning("no settings from the client: %r", error)
        else:
            self._settings_patience = _SETTINGS_TIMEOUT
            if not self.text_document(uri):
                return
            state = self.open_document(uri)
            if state.settings_task is not asyncio.current_task():
                # It was asked again meanwhile.
                return
            answer = answers[0] if answers else None
            state.has_told_settings = answer is not None
            pushed = self.pushed_settings or self.initial_settings
            self._take_settings(uri, pushed if answer is None else answer)
        await self.load_profile(uri)

    async def load_profile(self, uri: str) -> None:
        """Read what the profiles of an open document say now, and take its settings by that."""
        if not self.text_document(uri):
            return
        state = self.open_document(uri)
        asked = state.client_settings
        found: Profile | None = None
        failure: DlmError | None = None
        try:
            found = await asyncio.to_thread(self._read_profile, uri, asked)
        except DlmError as error:
            failure = error
        if state.client_settings is not asked:
            # Other settings name other profiles, and these are read by whoever took them.
            return
        state.profile, state.profile_error = found, failure
        if failure:
            self._complain(str(failure))
        self._apply_profile(state)

    def _read_profile(self, uri: str, settings: "Settings") -> "Profile | None":
        from dlm_lsp.server.profiles import EditorProfiles

        self._profiles = self._profiles or EditorProfiles()
        path = self.path(uri)
        workspace = [folder for uri in self.workspace.folders if (folder := self.path(uri))]
        return self._profiles.of(path.parent if path else None, settings, workspace)

    def _apply_profile(self, state: OpenDocument) -> None:
        if state.profile is None:
            state.settings = state.client_settings
            return
        from dlm_lsp.server.profiles import profiled_settings

        try:
            state.settings = profiled_settings(state.client_settings, state.profile)
        except DlmError as error:
            state.settings, state.profile_error = state.client_settings, error
            self._complain(str(error))

    def _take_settings(self, uri: str, given: object) -> None:
        """Keep the settings of a document, and tell the user of wrong ones, once each."""
        from dlm_lsp.server.settings import read_settings

        read = read_settings(given)
        state = self.open_document(uri)
        state.client_settings = read.settings
        self._apply_profile(state)
        for complaint in read.complaints:
            self._complain(complaint)

    def _complain(self, complaint: str) -> None:
        if complaint not in self._complained:
            self._complained.add(complaint)
            self.tell_warning(complaint)

    def note_change(self, text_document: LiveDocument) -> None:
        """Take note of a change that the client has made, or that could not be read."""
        state = self.open_document(text_document.uri)
        state.typed.set()
        pending, incremental = state.pending_edit, text_document.incremental
        # To compare the whole text takes long, and nearly always its length tells.
        if pending and incremental.length == len(pending.text) and incremental.text == pending.text:
            pending.resolve(applied=True)
        if text_document.out_of_step and not state.is_warned:
            name = text_document.uri.rpartition("/")[2]
            self.tell_error(
                f"{name}: a change could not be read, and so nothing is written into it; "
                "close the document and open it again"
            )
        state.is_warned = text_document.out_of_step

    def watch_for(self, names: Iterable[str]) -> None:
        """Have the client tell when files of these names come or go, in any folder."""
        new = {_ANY_OF_MANY.sub("?", name) for name in names} - self._watched
        if not new or not self.client.watches_files:
            return
        self._watched |= new
        kind = types.WatchKind.Create | types.WatchKind.Delete
        watchers = [types.FileSystemWatcher(f"**/{name}", kind) for name in sorted(new)]
        registration = types.Registration(
            f"dlm-watch-{len(self._watched)}",
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            types.DidChangeWatchedFilesRegistrationOptions(watchers),
        )
        self.client_register_capability(types.RegistrationParams([registration]))

    def publish_diagnostics(self, params: EncodedJson) -> None:
        """Push what is marked in a document."""
        self.protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def tell(self, message: str) -> None:
        """Tell the user what goes on."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    def tell_warning(self, message: str) -> None:
        """Tell the user of something that goes on in another way than was meant."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def tell_error(self, message: str) -> None:
        """Tell the user why something that was asked for did not happen."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))

    def refresh(self, uri: str) -> None:
        """Let the client ask again for what stands beside the text of a document."""
        if self.client.overviews:
            self.protocol.notify(OVERVIEW_CHANGED, {"uri": uri})
        if self.client.refreshes_lenses:
            self.workspace_code_lens_refresh(None)
        if self.client.refreshes_hints:
            self.workspace_inlay_hint_refresh(None)
