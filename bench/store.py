"""Store benchmark: what it costs to put replies on disk, and to make the store of a document.

Held against one file for the replies and one for the ledger, and a commit for each reply on the
event loop. Syncs are counted where there is `strace`: what they take depends on the disk. A single
commit takes five, where a write-ahead log takes one and two more files, which readers make too.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio

from bench.earlier_store import EarlierReplies, add_to_earlier_ledger
from bench.figure import Figure
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.replies import ReplyCache

REPLIES = 192
DOCUMENTS = 100
RUNS = 5
MOST = {1: 6.0, 8: 1.25, 32: 0.5}
"""By how many replies come at once, how much more than a log's commit for each it may take."""
_PAYLOAD = "x" * 2000
_ENTRY = LedgerEntry("0" * 16, "1" * 16, "openai:m", "extraction", "now", "run", "evidence")


def measure() -> list[Figure]:
    """Put the same replies, and make as many stores, in both ways."""
    figures = []
    for at_once, limit in MOST.items():
        now, before = _best("replies", at_once)
        what = f"a reply of {at_once} at once onto the disk"
        asked = f"<= {limit:g} times"
        figures.append(Figure(what, "ms", now * 1e3, before * 1e3, asked, now <= limit * before))
        figures += _syncs(f"syncs for {what}", ("replies", str(at_once)), REPLIES, limit)
    now, before = _best("documents", 8)
    what = "store of a one-section document"
    figures.append(Figure(what, "ms", now * 1e3, before * 1e3, "<= 1/2", now <= before / 2))
    figures += _syncs(f"syncs for the {what}", ("documents", "8"), DOCUMENTS, 0.75)
    return figures


def _syncs(what: str, case: tuple[str, str], count: int, limit: float) -> list[Figure]:
    if not (strace := shutil.which("strace")):
        return []
    work, at_once = case
    now, before = (_count(strace, work, kind, at_once) / count for kind in ("now", "earlier"))
    return [Figure(what, "", now, before, f"<= {limit:g} times", now <= limit * before)]


def _count(strace: str, work: str, kind: str, at_once: str) -> int:
    with tempfile.NamedTemporaryFile("r") as counts:
        flags = ["-f", "-c", "-e", "trace=fsync,fdatasync", "-o", counts.name]
        command = [strace, *flags, sys.executable, "-m", "bench.store", work, kind, at_once]
        subprocess.run(command, check=True, capture_output=True)
        rows = re.findall(r"^(?:\s*\S+){3}\s+(\d+)\s+(?:fsync|fdatasync)$", counts.read(), re.M)
    return sum(map(int, rows))


def _best(work: str, at_once: int) -> tuple[float, float]:
    """Return the seconds that one reply or document takes, now and earlier, by turns."""
    runs = [
        [anyio.run(_WORK[work], kind, at_once) for kind in ("now", "earlier")] for _ in range(RUNS)
    ]
    now, before = map(min, zip(*runs, strict=True))
    return now, before


async def _put_replies(kind: str, at_once: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        opened = ReplyCache if kind == "now" else EarlierReplies
        with opened(Path(folder)) as cache:
            await cache.put_grouped("t", "first", _PAYLOAD)
            start = time.perf_counter()
            async with anyio.create_task_group() as tasks:
                for first in range(at_once):
                    tasks.start_soon(_put_each, cache, range(first, REPLIES, at_once))
            return (time.perf_counter() - start) / REPLIES


async def _put_each(cache: ReplyCache | EarlierReplies, numbers: range) -> None:
    for number in numbers:
        await cache.put_grouped("t", f"ask {number}", _PAYLOAD)


async def _make_documents(kind: str, at_once: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for first in range(at_once):
                tasks.start_soon(_make_each, Path(folder), kind, range(first, DOCUMENTS, at_once))
        return (time.perf_counter() - start) / DOCUMENTS


async def _make_each(home: Path, kind: str, numbers: range) -> None:
    for number in numbers:
        folder = home / f"{number}"
        if kind == "now":
            with ReplyCache(folder) as cache:
                await cache.put_grouped("t", "ask", _PAYLOAD)
            await anyio.to_thread.run_sync(Ledger(folder).add, [_ENTRY])
        else:
            with EarlierReplies(folder) as earlier:
                await earlier.put_grouped("t", "ask", _PAYLOAD)
            add_to_earlier_ledger(folder, _ENTRY)


_WORK = {"replies": _put_replies, "documents": _make_documents}

if __name__ == "__main__":
    work, kind, at_once = sys.argv[1:]
    anyio.run(_WORK[work], kind, int(at_once))
