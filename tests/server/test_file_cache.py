"""File cache: a file is read again when it is another, and only then."""

import os
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.server.file_cache import FileCache

LONG_AGO = 1_000_000_000


class Words:
    """A file of words, and how often it was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads = 0
        self.on_disk = FileCache(lambda folder: (folder / "words", folder / "more"), self._read)

    def write(self, words: str, at: int = LONG_AGO, *, into: str = "words") -> None:
        path = self.folder / into
        path.write_text(words)
        os.utime(path, (at, at))

    @property
    def found(self) -> str:
        return self.on_disk.of(self.folder)

    def _read(self, folder: Path) -> str:
        self.reads += 1
        paths = [folder / "words", folder / "more"]
        words = "".join(path.read_text() for path in paths if path.exists())
        if words == "broken":
            raise StoreError("broken")
        return words


@pytest.fixture
def words(tmp_path) -> Words:
    return Words(tmp_path)


def test_what_has_not_changed_is_read_once(words):
    words.write("one")
    assert [words.found, words.found] == ["one", "one"]
    assert words.reads == 1


def test_a_file_that_is_not_there_is_looked_for_and_not_read(words):
    assert [words.found, words.found] == ["", ""]
    assert words.reads == 1
    words.write("one")
    assert words.found == "one"


def test_one_of_two_files_that_has_changed_is_enough(words):
    words.write("one")
    assert words.found == "one"
    words.write("two", into="more")
    assert words.found == "onetwo"


@pytest.mark.parametrize("at", [LONG_AGO, LONG_AGO + 1])
def test_what_has_changed_is_read_again(words, at):
    words.write("one")
    assert words.found == "one"
    words.write("three", at)
    assert words.found == "three"


def test_what_was_written_just_now_is_not_relied_on(words, tmp_path):
    (tmp_path / "words").write_text("one")
    assert [words.found, words.found] == ["one", "one"]
    assert words.reads == 2


def test_of_what_cannot_be_read_nothing_is_kept(words):
    words.write("broken")
    for _ in range(2):
        with pytest.raises(StoreError):
            _ = words.found
    assert words.reads == 2
