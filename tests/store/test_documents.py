import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlm_lsp.errors import StoreError
from dlm_lsp.store.documents import (
    MAX_DOCUMENT_BYTES,
    find_documents,
    read_document,
    write_document,
)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of documents, with things in it that are none."""
    root = tmp_path / "notes"
    for name in ("b.dlm", "a.dlm", "deep/er/c.dlm", ".hidden/d.dlm", "readme.md"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (root / "folder.dlm").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pipe.dlm")
    return root


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_text_comes_back_as_it_was_written(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "round.dlm"
    path.write_bytes(b"before")
    write_document(path, text, expected="before")
    assert path.read_bytes() == text.encode("utf-8")
    assert read_document(path) == text


def test_mark_and_line_ends_are_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "notes.dlm"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n\xe2\x80\xa8\x0cend")
    assert read_document(path) == "\ufeffone\r\ntwo\rthree\n\u2028\x0cend"


def test_what_is_not_utf8_is_refused_with_byte_offset_and_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.dlm"
    path.write_bytes("one\ntwo\ncafé\n".encode("latin-1"))
    with pytest.raises(StoreError, match="byte 0xe9 at offset 11, line 3"):
        read_document(path)


def test_a_document_over_50_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.dlm"
    path.touch()
    os.truncate(path, MAX_DOCUMENT_BYTES + 1)
    with pytest.raises(StoreError, match=f"{path}: it is larger than 50 MB"):
        read_document(path)


def test_a_text_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "notes.dlm"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(StoreError, match="larger than 50 MB"):
        write_document(path, "é" * (MAX_DOCUMENT_BYTES // 2 + 1), expected="")
    with pytest.raises(StoreError, match="character 3 is half of a surrogate pair"):
        write_document(path, "abc\ud800", expected="")
    assert path.read_text(encoding="utf-8") == "old"


def test_a_file_named_outright_needs_no_suffix(notes: Path) -> None:
    assert find_documents([str(notes / "readme.md")]) == [notes / "readme.md"]


def test_a_folder_is_searched_by_name_but_not_its_hidden_folders(notes: Path) -> None:
    assert find_documents([str(notes)]) == [
        notes / "a.dlm",
        notes / "b.dlm",
        notes / "deep/er/c.dlm",
    ]


def test_a_pattern_takes_documents_only(notes: Path) -> None:
    assert find_documents([str(notes / "[a-d]*")]) == [
        notes / "a.dlm",
        notes / "b.dlm",
        notes / "deep/er/c.dlm",
    ]
    assert find_documents([str(notes / "**" / "c.*")]) == [notes / "deep/er/c.dlm"]


def test_a_name_that_looks_like_a_pattern_is_a_name_if_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "a[1].dlm").touch()
    assert find_documents([str(tmp_path / "a[1].dlm")]) == [tmp_path / "a[1].dlm"]


@pytest.mark.posix
def test_each_document_is_found_once_in_the_order_of_the_arguments(notes: Path) -> None:
    (notes / "z.dlm").symlink_to("a.dlm")
    found = find_documents([str(notes / "b.dlm"), str(notes / "z.dlm"), str(notes)])
    assert found == [notes / "b.dlm", notes / "z.dlm", notes / "deep/er/c.dlm"]


def test_no_arguments_are_no_documents() -> None:
    assert find_documents([]) == []


def test_what_stands_for_no_document_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "readme.md").touch()
    with pytest.raises(StoreError, match=rf"no \.dlm file in {tmp_path}"):
        find_documents([str(tmp_path)])
    with pytest.raises(StoreError, match=r"no file or folder .*missing\.dlm"):
        find_documents([str(tmp_path / "missing.dlm")])
    with pytest.raises(StoreError, match=r"no \.dlm file matches"):
        find_documents([str(tmp_path / "*.md")])


def test_a_name_too_long_for_the_system_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="too long"):
        find_documents([str(tmp_path / ("x" * 300))])


@pytest.mark.posix
def test_a_device_is_found_and_refused_when_it_is_read() -> None:
    (device,) = find_documents(["/dev/zero"])
    with pytest.raises(StoreError, match="/dev/zero is a device"):
        read_document(device)


@pytest.mark.usefixtures("permissions")
def test_documents_that_can_be_listed_but_not_looked_at_are_an_error(notes: Path) -> None:
    (notes / "deep").chmod(0o444)
    with pytest.raises(StoreError, match=r"cannot (look at|search) .*: Permission denied"):
        find_documents([str(notes)])
    (notes / "deep").chmod(0o755)


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_searched_is_an_error(notes: Path) -> None:
    (notes / "deep").chmod(0)
    with pytest.raises(StoreError, match=r"cannot search .*deep: Permission denied"):
        find_documents([str(notes)])
    (notes / "deep").chmod(0o755)
