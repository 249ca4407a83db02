"""Where accepted pairs go: into the document, or beside it; none that was paid for gets lost."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from dlm_lsp.document import Document, Edit, Section, apply_edits, parse, remove
from dlm_lsp.document.difference import difference
from dlm_lsp.ide.origin import sources
from dlm_lsp.server.changes import Applied, change
from dlm_lsp.server.jobs import Job
from dlm_lsp.server.request import Request
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.unless import unless
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import StagedSection, add_to_plan
from dlm_lsp.synth.place import Left, Placing, place
from dlm_lsp.synth.session import Result

_AFTER_CANCEL = 0.05
"""Seconds that a job may go on after a cancel, waiting for the store."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a run came to, on its way to the user."""

    server: DlmServer
    job: Job
    request: Request
    store: Path
    result: Result

    async def made(self) -> str:
        """Put in what was accepted, or stage it, and return what became of it.

        A cancel ends the step that waits, and the next one goes on with what is finished.
        """
        sections, request, server = self.result.sections, self.request, self.server
        if not sections:
            stopped = self.result.report.stopped
            return "cancelled" if stopped else "nothing was accepted; the report says why"
        await self._in_store(lambda: Ledger(self.store).add(self.result.entries))
        if request.review == "stage":
            return await self._staged(sections, "for review")
        preview = request.review == "preview"
        if preview and not server.client.annotated_edits:
            return await self._staged(sections, "for review: this editor cannot show a preview")
        put = Put()

        def compute(document: Document) -> Sequence[Edit]:
            nonlocal put
            put = put_in(document, request, sections)
            return one_by_one(document, request, put) if preview else put.edits

        label, stop = f"Synthesize instructions ({self.result.teacher})", self.job.next_step()
        applied = await change(server, request.uri, compute, label, preview=preview, stop=stop)
        if applied not in (Applied.YES, Applied.NOTHING):
            return await self._staged(sections, applied.value)
        unticked = self._unticked(put) if preview else []
        said = f"{len(put.placed) - len(unticked)} inserted"
        if unticked:
            said += f", {await self._staged(unticked, 'not ticked in the preview')}"
        if put.left:
            left = [one.section for one in put.left]
            said += f", {await self._staged(left, put.left[0].reason)}"
        return said

    def _unticked(self, put: "Put") -> list[StagedSection]:
        """Return what the user has left out of a preview."""
        live = self.server.live(self.request.uri)
        there = {section.id for section in live.pieces.document.sections} if live else set()
        return [section for id_, section in put.placed.items() if id_ not in there]

    async def _staged(self, sections: Sequence[StagedSection], why: str) -> str:
        name = self.request.uri.rpartition("/")[2] or "untitled.dlm"
        path, at, count = self.server.path(self.request.uri), self.result.at, len(sections)
        written = await self._in_store(
            lambda: add_to_plan(self.store, path or Path(name), sections, at)
        )
        match written:
            case Written.YES:
                return f"{count} staged ({why})"
            case Written.LATER:
                return f"{count} to be staged once nobody else writes ({why})"
            case Written.NO:
                return f"{count} in the report and nowhere else, for they could not be staged"

    async def _in_store(self, write: Callable[[], object]) -> "Written":
        """Write once nobody else does; a cancel ends the waiting, and not the writing.

        Of what goes wrong the user is told.
        """

        async def written() -> Written:
            try:
                async with shared_document_lock(self.store, "dlm-lsp", self._tell):
                    write()
            except StoreError as error:
                self.server.tell_error(str(error))
                return Written.NO
            return Written.YES

        writing = asyncio.create_task(written())
        self.server.tasks.add(writing)
        writing.add_done_callback(self.server.tasks.discard)
        stop, patience = self.job.next_step(), _AFTER_CANCEL if self.job.cancelled else None
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                return await unless(stop, _until(writing)) or Written.LATER
        return Written.LATER

    def _tell(self, words: str) -> None:
        self.server.jobs.report(self.job, words, 1, 1)


class Written(Enum):
    """What became of something that was to be written."""

    YES = auto()
    LATER = auto()
    NO = auto()


async def _until(writing: "asyncio.Task[Written]") -> Written:
    # It goes on where nobody waits for it any more.
    return await asyncio.shield(writing)


@dataclass(frozen=True, slots=True)
class Put:
    """Edits that put sections in, these by the ids that they get, and those without a place."""

    edits: Sequence[Edit] = ()
    placed: Mapping[str, StagedSection] = field(default_factory=dict)
    left: tuple[Left, ...] = ()


def put_in(document: Document, request: Request, sections: Sequence[StagedSection]) -> Put:
    """Return how to put accepted sections into a document.

    Those that are to replace others take their places; a section goes only where another comes.
    """
    if not request.replaced:
        placing = place(document, sections, request.options.placement)
        return Put(placing.edits, _by_id(placing), placing.left)
    new: dict[str, list[StagedSection]] = defaultdict(list)
    for section in sections:
        new[section.source_section_id or ""].append(section)
    known = sources(document)
    old: dict[str, list[Section]] = defaultdict(list)
    for one in document.sections:
        if one.synth:
            old[one.id].append(one)
    swaps: list[tuple[Section, StagedSection]] = []
    left: list[Left] = []
    for old_id, source_id in request.replaced:
        if not new[source_id]:
            continue
        section = new[source_id].pop(0)
        if source_id not in known:
            left.append(Left(section, f"its source section {source_id} is gone"))
        elif not old[old_id]:
            left.append(Left(section, "the section that it was to replace has changed"))
        else:
            swaps.append((old[old_id].pop(), section))
    left += [Left(one, "more than were to be replaced") for some in new.values() for one in some]
    while True:
        without = apply_edits(document.text, remove(document, [gone for gone, _ in swaps]))
        placing = place(parse(without), [one for _, one in swaps], request.options.placement)
        if len(placing.placed) == len(swaps):
            break
        left += placing.left
        swaps = [(gone, one) for gone, one in swaps if one in placing.placed]
    edit = difference(document.text, apply_edits(without, placing.edits))
    return Put([edit] if edit else [], _by_id(placing), tuple(left))


def one_by_one(document: Document, request: Request, put: Put) -> Sequence[Edit]:
    """Return the edits of `put` with one for each section, so that each can be left out.

    What replaces other sections stays one edit.
    """
    if request.replaced:
        return put.edits
    return [
        edit
        for section in put.placed.values()
        for edit in place(document, [section], request.options.placement).edits
    ]


def _by_id(placing: Placing) -> dict[str, StagedSection]:
    return dict(zip(placing.added, placing.placed, strict=True))
