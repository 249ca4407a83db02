import signal
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.earlier_stores import make_earlier_replies

from dlm_lsp.errors import StoreError
from dlm_lsp.store.replies import ReplyCache, count_replies

PUT_ONE_A_LINE = """
import pathlib, sys
from dlm_lsp.store.replies import ReplyCache
with ReplyCache(pathlib.Path(sys.argv[1])) as cache:
    for number, _ in enumerate(sys.stdin):
        cache.put(sys.argv[2], f"ask {number}", f"reply {number}")
        print("put", flush=True)
"""


def test_a_reply_is_there_when_the_cache_is_opened_again(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("openai:gpt", "ask", "reply")
    with ReplyCache(folder) as cache:
        assert cache.get("openai:gpt", "ask") == "reply"


def test_each_teacher_and_fingerprint_has_a_reply_of_its_own(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("a", "bc", "reply")
        assert cache.get("ab", "c") is None
        assert cache.get("a", "b") is None
        assert cache.get("b", "bc") is None


def test_a_newer_reply_takes_the_place_of_the_older(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("t", "ask", "old")
        cache.put("t", "ask", "new")
        assert cache.get("t", "ask") == "new"


@settings(deadline=None, max_examples=50)
@given(teacher=st.text(), fingerprint=st.text(), payload=st.text(st.characters()))
def test_any_text_comes_back_as_it_was(
    tmp_path_factory, teacher: str, fingerprint: str, payload: str
) -> None:
    with ReplyCache(tmp_path_factory.getbasetemp() / "any") as cache:
        cache.put(teacher, fingerprint, payload)
        assert cache.get(teacher, fingerprint) == payload


def test_half_a_surrogate_pair_comes_back_too(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("t\ud800", "ask\udfff", "reply \ud83d")
        assert cache.get("t\ud800", "ask\udfff") == "reply \ud83d"


def test_the_request_is_on_disk_as_a_hash_alone(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("the teacher", "the private prose", "the reply")
        on_disk = b"".join(path.read_bytes() for path in (folder / "synth").iterdir())
    assert b"the reply" in on_disk
    assert b"the teacher" not in on_disk
    assert b"the private prose" not in on_disk


@pytest.mark.posix
def test_whatever_was_put_before_a_kill_is_there_afterwards(folder: Path, start) -> None:
    writer = start(PUT_ONE_A_LINE, folder, "t")
    for _ in range(25):
        writer.stdin.write("next\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "put\n"
    # One more is under way, at a point that nobody chose.
    writer.stdin.write("next\n")
    writer.stdin.flush()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    with ReplyCache(folder) as cache:
        assert [cache.get("t", f"ask {n}") for n in range(25)] == [f"reply {n}" for n in range(25)]
        assert cache.get("t", "ask 25") in (None, "reply 25")
        cache.put("t", "ask 26", "work goes on")


async def test_replies_that_come_together_are_on_disk_once_each_is_told(folder: Path) -> None:
    async def put(number: int) -> None:
        await cache.put_grouped("t", f"ask {number}", f"reply {number}")
        with ReplyCache(folder) as other:
            assert other.get("t", f"ask {number}") == f"reply {number}"

    with ReplyCache(folder) as cache:
        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(put, number)


async def test_a_reply_that_does_not_fit_on_the_disk_costs_no_other(small_disk: Path) -> None:
    with ReplyCache(small_disk) as cache:
        failed = []

        async def put(ask: str, payload: str) -> None:
            try:
                await cache.put_grouped("t", ask, payload)
            except StoreError:
                failed.append(ask)

        async with anyio.create_task_group() as tasks:
            for ask, size in (("a", 1), ("b", 1), ("large", 10**6), ("c", 1)):
                tasks.start_soon(put, ask, "x" * size)
        assert failed == ["large"]
        assert [cache.get("t", ask) for ask in "abc"] == ["x"] * 3


def test_after_a_first_reply_that_does_not_fit_the_next_is_stored(small_disk: Path) -> None:
    with ReplyCache(small_disk) as cache:
        with pytest.raises(StoreError, match="disk"):
            cache.put("t", "large", "x" * 10**6)
        assert cache.get("t", "large") is None
        cache.put("t", "small", "reply")
        assert cache.get("t", "small") == "reply"


def test_two_processes_write_one_cache_at_once(folder: Path, start) -> None:
    writers = [start(PUT_ONE_A_LINE, folder, name) for name in ("one", "two")]
    for writer in writers:
        writer.stdin.write("next\n" * 100)
        writer.stdin.close()
    outputs = [writer.stdout.read() for writer in writers]
    assert outputs == ["put\n" * 100] * 2
    with ReplyCache(folder) as cache:
        for name in ("one", "two"):
            assert all(cache.get(name, f"ask {n}") == f"reply {n}" for n in range(100))


def test_a_reply_is_seen_by_a_process_that_has_the_cache_open(folder: Path) -> None:
    with ReplyCache(folder) as first, ReplyCache(folder) as second:
        first.put("t", "ask", "reply")
        assert second.get("t", "ask") == "reply"


def test_a_foreign_file_in_its_place_is_an_error_and_stays(folder: Path) -> None:
    (folder / "synth").mkdir(parents=True)
    path = folder / "synth/store.sqlite"
    path.write_bytes(b"my shopping list")
    with pytest.raises(StoreError, match="move it away, a new one is made"):
        ReplyCache(folder)
    assert path.read_bytes() == b"my shopping list"


def test_a_damaged_cache_is_an_error_with_the_way_out(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        for number in range(50):
            cache.put("t", str(number), "x" * 5000)
        path = cache.path
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (size - 4096))
    with ReplyCache(folder) as cache, pytest.raises(StoreError, match="move it away") as damaged:
        cache.get("t", "7")
    assert str(path) in str(damaged.value)


def test_a_damaged_reply_is_an_error_with_the_way_out(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("t", "ask", "the whole reply")
        path = cache.path
    path.write_bytes(path.read_bytes().replace(b"the whole reply", b"\xff" * 15))
    with ReplyCache(folder) as cache, pytest.raises(StoreError, match=f"{path}: a damaged reply"):
        cache.get("t", "ask")


def test_a_full_disk_is_an_error_and_the_replies_before_it_stay(small_disk: Path) -> None:
    with ReplyCache(small_disk) as cache:
        cache.put("t", "small", "reply")
        with pytest.raises(StoreError, match=r"store\.sqlite: .*disk"):
            cache.put("t", "large", "x" * 10**6)
        assert cache.get("t", "small") == "reply"
        assert cache.get("t", "large") is None
    with ReplyCache(small_disk) as cache:
        assert cache.get("t", "small") == "reply"


@pytest.mark.usefixtures("permissions")
def test_a_cache_that_cannot_be_written_says_so_before_anything_is_asked(folder: Path) -> None:
    with ReplyCache(folder) as cache:
        cache.put("t", "ask", "reply")
        path = cache.path
    path.chmod(0o444)
    with pytest.raises(StoreError, match="make it and its folder writable"):
        ReplyCache(folder)


def test_replies_are_counted_once_in_whichever_file_they_are(folder: Path) -> None:
    assert count_replies(folder) == 0
    assert not folder.exists()
    make_earlier_replies(folder, {("t", "both"): "old", ("t", "earlier"): "reply"})
    with ReplyCache(folder) as cache:
        cache.put("t", "both", "new")
        cache.put("t", "now", "reply")
    assert count_replies(folder) == 3


def test_replies_that_cannot_be_counted_are_an_error_with_the_way_out(folder: Path) -> None:
    path = make_earlier_replies(folder, {})
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=f"{path}: .*; move it away"):
        count_replies(folder)
