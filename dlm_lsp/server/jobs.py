"""Jobs: work that goes on while the editor does, each piece of it seen, counted and stopped."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from dlm_lsp.document import Pair
from dlm_lsp.errors import DlmError
from dlm_lsp.server.command_names import RUN_ENDED
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.teachers.availability import Unavailable

if TYPE_CHECKING:
    import anyio

_log = logging.getLogger(__name__)
_CREATE_TIMEOUT = 5.0
"""Seconds that a client may take to make room for progress."""

REOPENED_WITHIN = 1.0
"""Seconds within which a client opens a document again that it renames or saves elsewhere."""


def _event() -> "anyio.Event":
    # No job has begun when the editor waits for the server to start.
    import anyio

    return anyio.Event()


RunEndCode = Literal[
    "inserted",
    "staged",
    "to-review",
    "nothing-accepted",
    "cancelled",
    "failed",
    "not-delivered",
    "defect",
]


@dataclass(frozen=True, slots=True)
class PairChange:
    """A pair that took the place of another."""

    old: Pair
    new: Pair


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a job ended: a `code` to decide by, a `message` to show, and counts of pairs.

    `staged`: some wait beside the document. `to-review`: they do, to be reviewed at once.
    `not-delivered`: some are in the report alone. `failed`: the user was told why, or is to be by
    `failure`. `defect`: an error that nobody expected. `sections` are those that were put in, and
    `replaced` those of them that took the places of others; `cause` is the code of a `Cause` where
    nothing was accepted, and one is known; `failure` is what came to nothing on the way.
    """

    code: RunEndCode
    message: str
    inserted: int = 0
    staged: int = 0
    replaced: tuple[PairChange, ...] = ()
    cause: str = ""
    refused: int = 0
    sections: tuple[str, ...] = ()
    failure: Unavailable | None = None


@dataclass(eq=False, slots=True)
class Job:
    """One piece of work on some sections of a document.

    The document is that of its `store`, whatever it is called meanwhile; `uri` is where it is open,
    or was until `closed_at` (by the monotonic clock), and `first_uri` where it was at the start.
    `copies` are the other documents with this store, which are never taken for it.
    `stop` is set to end it with what is finished. `token` names it to the client, which is told
    how far it is once it has made room for that (`shown`).
    """

    store: Path
    uri: str
    sections: frozenset[str]
    title: str
    copies: set[str] = field(default_factory=set)
    first_uri: str = field(init=False)
    closed_at: float | None = None
    token: str = field(default_factory=lambda: f"dlm-{secrets.token_hex(8)}")
    stop: "anyio.Event" = field(default_factory=_event)
    cancelled: bool = False
    task: "asyncio.Task[None] | None" = None
    message: str | None = None
    percentage: int = 0
    shown: bool = False

    def __post_init__(self) -> None:
        self.first_uri = self.uri

    def next_step(self) -> "anyio.Event":
        """Begin another step of the work, and return what a cancel from now on sets."""
        self.stop = _event()
        return self.stop


class Jobs:
    """All the jobs that run."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._running: dict[str, Job] = {}
        self.with_progress = False
        self.tells_ends = False

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._running.values())

    def on(self, store: Path | None) -> frozenset[str]:
        """Return the sections that are being worked on of the document of a store folder."""
        return frozenset(id_ for job in self if job.store == store for id_ in job.sections)

    def start(self, job: Job, work: Callable[[Job], Awaitable[RunEnd]]) -> Job:
        """Begin `work`, which returns how it ended, and return at once."""
        self._running[job.token] = job
        job.task = asyncio.create_task(self._run(job, work))
        return job

    def cancel(self, *, token: str | None = None, document: Path | str | None = None) -> int:
        """Stop the job of a token, those of a document or all, and return how many that were.

        The document is named by its store folder, or by where it was open last.
        """
        jobs = [
            job
            for job in self
            if token in (None, job.token) and document in (None, job.store, job.uri)
        ]
        for job in jobs:
            job.cancelled = True
            job.stop.set()
        return len(jobs)

    async def end(self) -> None:
        """Drop every job, without what it has finished, and wait until it is gone."""
        tasks = [job.task for job in self._running.values() if job.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def report(self, job: Job, message: str, done: int, total: int) -> None:
        """Show how far a job is."""
        job.message, job.percentage = message, 100 * done // total if total else 0
        if job.shown:
            value = types.WorkDoneProgressReport(
                message=message, percentage=job.percentage, cancellable=True
            )
            self._send(job, value)

    async def _run(self, job: Job, work: Callable[[Job], Awaitable[RunEnd]]) -> None:
        # The work does not wait for the client, which may be slow to make room for progress.
        showing = asyncio.create_task(self._show(job)) if self.with_progress else None
        end: RunEnd | None = None
        try:
            end = await work(job)
        except Exception as error:
            message = editor_message(error)
            # The message tells a defect whole; its words alone could hold a key.
            words = message if isinstance(error, DlmError) else type(error).__name__
            end = RunEnd("failed" if isinstance(error, DlmError) else "defect", f"failed: {words}")
            self._server.window_show_message(
                types.ShowMessageParams(types.MessageType.Error, f"{job.title}: {message}")
            )
        except asyncio.CancelledError:
            if showing:
                showing.cancel()
            raise
        finally:
            self._running.pop(job.token, None)
            if showing:
                await asyncio.wait([showing])
            self._tell_end(job, end)

    def _tell_end(self, job: Job, end: RunEnd | None) -> None:
        """Tell the client that a job has ended; `end` is None where it was dropped."""
        if end and self.tells_ends:
            self._server.protocol.notify(
                RUN_ENDED, {"uri": job.uri, "token": job.token, **asdict(end)}
            )
        if job.shown:
            self._send(job, types.WorkDoneProgressEnd(message=end.message if end else ""))
            self._server.protocol.progress.tokens.pop(job.token, None)
        elif end:
            # Where no progress is shown, nobody would know that the work has ended.
            message = f"{job.title}: {end.message}"
            self._server.window_show_message(
                types.ShowMessageParams(types.MessageType.Info, message)
            )

    async def _show(self, job: Job) -> None:
        params = types.WorkDoneProgressCreateParams(token=job.token)
        try:
            async with asyncio.timeout(_CREATE_TIMEOUT):
                await self._server.window_work_done_progress_create_async(params)
        except Exception as error:
            _log.warning("no progress for %s: %r", job.title, error)
            return
        job.shown = True
        self._send(
            job,
            types.WorkDoneProgressBegin(
                title=job.title, message=job.message, cancellable=True, percentage=job.percentage
            ),
        )

    def _send(
        self,
        job: Job,
        value: types.WorkDoneProgressBegin
        | types.WorkDoneProgressReport
        | types.WorkDoneProgressEnd,
    ) -> None:
        self._server.progress(types.ProgressParams(token=job.token, value=value))
