"""Live documents: the texts that are open in the client, in the place of those of pygls."""

import logging
from collections.abc import Iterable, Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument, Workspace

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.lines import without_lone_crs
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.text_sync import UNVERSIONED

_log = logging.getLogger(__name__)

_LONGEST_LINE_BREAK = 2

_BY_LINE_FEEDS = frozenset({"Neovim", "Eglot", "emacs", "helix"})
"""Editors, as they name themselves, that were seen not to end a line at a lone CR.

Those that do end one there turn it into a line feed as they load or paste a text. "emacs" is
lsp-mode.
"""

_DELETES_BY_PROTOCOL = "helix"
"""Helix ends a line at a lone CR only where it counts what it deletes."""


class LiveDocument(TextDocument):
    """A document whose text is held in parts, and whose lines end at LF, CRLF and CR only.

    pygls takes U+2028, form feed and others for line ends, and clamps positions one short.
    `out_of_step` tells that it may not be the client's text, since a change could not be read;
    `changes` counts the notifications of a change.
    """

    def __init__(
        self,
        uri: str,
        source: str,
        version: int | None,
        encoding: str,
        language_id: str | None,
        *,
        by_line_feeds: bool = False,
        deletes_by_protocol: bool = False,
    ) -> None:
        version = None if version == UNVERSIONED else version
        # pygls cannot take every address apart, and needs only its text.
        super().__init__("", source="", version=version, language_id=language_id)
        self.uri = uri
        self.encoding = encoding
        self.by_line_feeds = by_line_feeds
        self.deletes_by_protocol = deletes_by_protocol
        self.incremental = IncrementalDocument.of(source)
        self.out_of_step = False
        self.changes = 0

    @property
    def source(self) -> str:
        """The whole text."""
        return self.incremental.text

    @property
    def positions(self) -> PositionMap:
        """Offsets and positions in the text as it is now."""
        return PositionMap(self.incremental, self.encoding, self.by_line_feeds)

    def apply_changes(self, params: types.DidChangeTextDocumentParams) -> None:
        """Make all changes of a `didChange`; after one that fails, the text is out of step."""
        version = params.text_document.version
        self.version = None if version == UNVERSIONED else version
        self.changes += 1
        for change in params.content_changes:
            try:
                self.apply_change(change)
            except Exception as error:
                self.out_of_step = True
                _log.error("a change of %s: %s", self.uri, editor_message(error))

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Make one change of a `didChange`."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            first, *others = self._readings(change)
            if others:
                fixed = self._fixed_lone_crs((first, *others), change.text)
                self.out_of_step |= fixed is None
                first = fixed or first
            self.incremental = first
        else:
            self.incremental = IncrementalDocument.of(change.text)
            self.out_of_step = False

    def _readings(
        self, change: types.TextDocumentContentChangePartial
    ) -> Iterator[IncrementalDocument]:
        """Yield the text after a change, and what else it may be.

        Of a client that is not known, nobody can tell whether a lone CR ends its lines.
        """
        find = self.positions.deleted_span if self.deletes_by_protocol else self.positions.span
        span = find(change.range)
        yield self.incremental.apply_change(*span, change.text)
        if self.incremental.lone_crs and not self.by_line_feeds:
            positions = PositionMap(self.incremental, self.encoding, by_line_feeds=True)
            if (other := positions.span(change.range)) != span:
                yield self.incremental.apply_change(*other, change.text)

    def _fixed_lone_crs(
        self, readings: Iterable[IncrementalDocument], new_text: str
    ) -> IncrementalDocument | None:
        """Return the reading that makes the fix of `lone-cr`, which tells how the client counts.

        A line break alone may have been typed elsewhere.
        """
        fixed = without_lone_crs(self.incremental.text)
        found = (reading for reading in readings if reading.text == fixed)
        return next(found, None) if len(new_text) > _LONGEST_LINE_BREAK else None


class LiveWorkspace(Workspace):
    """A workspace of live documents; of a document that is not open it knows nothing."""

    by_line_feeds = False
    deletes_by_protocol = False

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        encoding = str(self.position_encoding or types.PositionEncodingKind.Utf16)
        return LiveDocument(
            doc_uri,
            source or "",
            version,
            encoding,
            language_id,
            by_line_feeds=self.by_line_feeds,
            deletes_by_protocol=self.deletes_by_protocol,
        )


def use_live_documents(server: LanguageServer, params: types.InitializeParams) -> None:
    """Put a workspace of live documents in the place of the one that pygls has just made."""
    made = server.workspace
    workspace = server.protocol._workspace = LiveWorkspace(
        made.root_uri,
        types.TextDocumentSyncKind.Incremental,
        params.workspace_folders or [],
        made.position_encoding,
    )
    name = params.client_info.name if params.client_info else ""
    workspace.by_line_feeds = name in _BY_LINE_FEEDS
    workspace.deletes_by_protocol = name == _DELETES_BY_PROTOCOL
