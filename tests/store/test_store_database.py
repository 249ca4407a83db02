import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.earlier_stores import make_earlier_ledger, make_earlier_replies

from dlm_lsp.errors import StoreError
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.replies import ReplyCache

OLD = LedgerEntry("00000000000000aa", "fedcba9876543210", "self", "expansion", "then", "run 1")
NEW = LedgerEntry("00000000000000bb", "fedcba9876543210", "self", "expansion", "now", "run 2")
NEWER = LedgerEntry("00000000000000cc", "fedcba9876543210", "self", "expansion", "now", "run 2")


def make_earlier(folder: Path) -> tuple[Path, Path]:
    return (
        make_earlier_replies(folder, {("t", "old"): "old reply"}),
        make_earlier_ledger(folder, [OLD]),
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "synth").iterdir())


def test_a_document_for_which_nothing_is_stored_gets_no_file(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        assert cache.get("t", "ask") is None
        cache.put_by_key([])
    Ledger(folder).add([])
    assert Ledger(folder).all() == ()
    assert not folder.exists()


def test_replies_and_ledger_are_one_file(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("t", "ask", "reply")
        cache.put("t", "again", "reply")
        Ledger(folder).add([NEW])
        assert cache.get("t", "ask") == "reply"
    assert files(folder) == ["store.sqlite"]


def test_what_an_earlier_version_kept_is_found_and_goes_first(folder: Path) -> None:
    make_earlier(folder)
    Ledger(folder).add([NEW])
    with ReplyCache(folder) as cache:
        assert cache.get("t", "old") == "old reply"
    assert Ledger(folder).all() == (OLD, NEW)
    assert Ledger(folder).of(OLD.section_id) == OLD


def test_what_is_kept_now_counts_more_than_what_an_earlier_version_kept(folder: Path) -> None:
    make_earlier(folder)
    now = LedgerEntry(OLD.section_id, "source", "t", "extraction", "now", "run 2")
    Ledger(folder).add([now])
    with ReplyCache(folder) as cache:
        cache.put("t", "old", "new reply")
        assert cache.get("t", "old") == "new reply"
    assert Ledger(folder).of(OLD.section_id) == now


def test_the_files_of_an_earlier_version_stay_as_they_are(folder: Path) -> None:
    before = {path: path.read_bytes() for path in make_earlier(folder)}
    with ReplyCache(folder) as cache:
        cache.get("t", "old")
        cache.put("t", "new", "new reply")
    Ledger(folder).add([NEW])
    assert {path: path.read_bytes() for path in before} == before
    assert files(folder) == ["ledger.sqlite", "replies.sqlite", "store.sqlite"]


def test_what_a_killed_earlier_version_left_in_its_write_ahead_log_is_found(
    folder: Path, tmp_path: Path
) -> None:
    path = make_earlier_replies(tmp_path / "other", {("t", "old"): "old reply"})
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE replies SET payload = ?", (b"newer reply",))
        connection.commit()
        shutil.copytree(tmp_path / "other", folder)
    assert "replies.sqlite-wal" in files(folder)
    with ReplyCache(folder) as cache:
        assert cache.get("t", "old") == "newer reply"


@pytest.mark.parametrize("name", ["ledger.sqlite", "replies.sqlite", "store.sqlite"])
def test_a_foreign_file_in_the_place_of_any_is_an_error_and_stays(folder: Path, name: str) -> None:
    make_earlier(folder)
    (folder / "synth" / name).write_bytes(b"my shopping list")
    with pytest.raises(StoreError, match=rf"{name}.*move it away, a new one is made"):
        Ledger(folder).all()
        with ReplyCache(folder) as cache:
            cache.get("t", "anything")
    assert (folder / "synth" / name).read_bytes() == b"my shopping list"


def make_both(folder: Path) -> None:
    make_earlier(folder)
    Ledger(folder).add([NEW])


@pytest.mark.parametrize("make", [make_earlier, make_both])
def test_reading_the_ledger_makes_and_changes_nothing(folder: Path, make) -> None:
    make(folder)
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "synth").iterdir()}
    folder_before = (folder / "synth").stat().st_mtime_ns
    Ledger(folder).all()
    Ledger(folder).of(OLD.section_id)
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "synth").iterdir()} == before
    assert (folder / "synth").stat().st_mtime_ns == folder_before


def refuse_link(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize(
    ("make", "has_links"),
    [(lambda _: None, True), (lambda _: None, False), (make_earlier, True)],
    ids=["new", "new without links", "earlier"],
)
def test_a_kill_at_any_moment_loses_nothing_that_was_there_or_done(
    small_disk: Path, make: Callable[[Path], object], has_links, killed_runs, monkeypatch
) -> None:
    folder = small_disk / "store"  # in memory where that is allowed, so that syncs take no time
    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", refuse_link)
    earlier = (OLD,) if make is make_earlier else ()

    def work(done: Callable[[str], None]) -> None:
        with ReplyCache(folder) as cache:
            cache.put("t", "first", "first reply")
            done("r")
            cache.put("t", "second", "second reply")
            done("s")
        Ledger(folder).add([NEW, NEWER])
        done("l")

    met = set()
    work(lambda _: None)  # so that what it imports is there, which takes a thousand calls
    shutil.rmtree(folder)
    make(folder)
    for done in killed_runs(work):
        met.add(done)
        with ReplyCache(folder) as cache:
            assert cache.get("t", "old") == ("old reply" if earlier else None)
            for letter, ask in (("r", "first"), ("s", "second")):
                assert cache.get("t", ask) in (f"{ask} reply", *([] if letter in done else [None]))
            cache.put("t", "third", "work goes on")
        assert Ledger(folder).all() in (
            (*earlier, NEW, NEWER),
            *([] if "l" in done else [earlier]),
        )
        with document_lock(folder, "dlm", print):
            left = {path.suffix for path in (folder / "synth").iterdir()}
        assert left <= {".sqlite", "", ".json"}
        shutil.rmtree(folder)
        make(folder)
    assert met == {"", "r", "rs", "rsl"}
