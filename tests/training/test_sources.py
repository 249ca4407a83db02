"""Training sources: the files that `training.sources` names."""

import os
from pathlib import Path

import pytest

from dlm_lsp.document.schema import SourceConfig
from dlm_lsp.errors import StoreError
from dlm_lsp.training.sources import read_sources


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def _write(path: Path, data: str | bytes = "Words.\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def _read(home: Path, *, strict: bool = False, **source):
    sources = [SourceConfig.model_validate({"path": "notes", **source})]
    return read_sources(home / "towns.dlm", sources, strict=strict)


def _names(sources) -> list[str]:
    return [row.text.split("\n")[0].removeprefix("# source: ") for row in sources.rows]


def test_a_folder_gives_its_files_by_name_each_with_where_it_came_from(home):
    _write(home / "notes/b.md", "Two.\r\n")
    _write(home / "notes/a/one.md", "One.")
    sources = _read(home)
    assert [row.text for row in sources.rows] == [
        "# source: a/one.md\n\nOne.",
        "# source: b.md\n\nTwo.",
    ]
    assert sources.left_out == ()


def test_a_file_can_be_named_itself(home):
    _write(home / "a.txt", "One.")
    assert _names(_read(home, path="a.txt")) == ["a.txt"]


def test_equal_files_are_two_rows_and_one_file_named_twice_is_one(home):
    _write(home / "notes/a.md")
    _write(home / "notes/b.md")
    source = SourceConfig.model_validate({"path": "notes"})
    sources = read_sources(home / "towns.dlm", [source, source], strict=False)
    assert len({row.section_id for row in sources.rows}) == len(sources.rows) == 2


@pytest.mark.parametrize(
    ("include", "exclude", "names"),
    [
        (["*.md"], [], ["top.md"]),
        (["**/*.md"], [], ["a/b/deep.md", "a/in.md", "top.md"]),
        (["**/*"], ["a/**"], ["note.txt", "top.md"]),
        (["a/**"], [], ["a/b/deep.md", "a/in.md"]),
        (["a/?n.md", "note.*"], [], ["a/in.md", "note.txt"]),
        (["[ab].md"], [], []),
    ],
)
def test_patterns_pick_files(home, include, exclude, names):
    for name in ("top.md", "note.txt", "a/in.md", "a/b/deep.md"):
        _write(home / "notes" / name)
    assert _names(_read(home, include=include, exclude=exclude)) == names


def test_limits_are_kept_and_said(home):
    for name in "abc":
        _write(home / f"notes/{name}.md")
    _write(home / "notes/0.md", "long " * 100)
    sources = _read(home, max_files=2, max_bytes_per_file=100)
    assert _names(sources) == ["a.md", "b.md"]
    assert "0.md" in sources.left_out[0]
    assert "max_files" in sources.left_out[1]


def test_what_is_no_text_is_left_out_and_said(home):
    _write(home / "notes/binary", b"a\0b")
    _write(home / "notes/empty", "  \n")
    _write(home / "notes/latin", b"caf\xe9")
    sources = _read(home)
    assert sources.rows == ()
    assert [line.rsplit(": ", 1)[1] for line in sources.left_out] == [
        "binary",
        "empty",
        "not UTF-8",
    ]


@pytest.mark.posix
def test_the_document_itself_and_other_documents_are_left_out_and_that_is_said(home):
    document = _write(home / "towns.dlm", "---\n---\nWords.\n")
    _write(home / "rivers.dlm")
    _write(home / "a.md")
    (home / "link.md").symlink_to(document)
    sources = _read(home, path=".")
    assert _names(sources) == ["a.md"]
    assert [line.split(",")[0] for line in sources.left_out] == [
        ".: link.md: the document itself",
        ".: rivers.dlm: another document",
        ".: towns.dlm: the document itself",
    ]


def test_hidden_files_and_keys_are_never_read(home):
    for name in (".git/config", ".env", "id_rsa", "server.pem", "a.md"):
        _write(home / "notes" / name)
    assert _names(_read(home)) == ["a.md"]


def test_strict_stays_below_the_document(home):
    _write(home.parent / "elsewhere/a.md")
    with pytest.raises(StoreError, match="strict"):
        _read(home, path="../elsewhere", strict=True)
    assert _names(_read(home, path="../elsewhere")) == ["a.md"]


@pytest.mark.posix
def test_a_link_that_leads_out_is_refused_under_strict_and_else_left_out(home):
    secret = _write(home.parent / "secret.md")
    (home / "notes").mkdir()
    (home / "notes/link.md").symlink_to(secret)
    with pytest.raises(StoreError, match=r"link\.md is a link"):
        _read(home, strict=True)
    sources = _read(home)
    assert sources.rows == ()
    assert "a link that leads out" in sources.left_out[0]


@pytest.mark.posix
def test_a_link_to_itself_is_left_out(home):
    _write(home / "notes/a.md")
    (home / "notes/loop").symlink_to("loop")
    sources = _read(home)
    assert _names(sources) == ["a.md"]
    assert "notes: loop: " in sources.left_out[0]


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_listed_is_said(home):
    _write(home / "notes/a.md")
    shut = _write(home / "notes/shut/b.md").parent
    shut.chmod(0)
    sources = _read(home)
    shut.chmod(0o700)
    assert _names(sources) == ["a.md"]
    assert sources.left_out == ("notes: shut: cannot list this folder (Permission denied)",)


def test_a_name_that_is_not_utf8_becomes_text(home):
    _write(home / "notes" / os.fsdecode(b"caf\xe9.md"))
    (row,) = _read(home).rows
    assert row.text.startswith("# source: caf\ufffd.md\n")


@pytest.mark.posix
def test_a_linked_source_that_leads_out_is_refused_under_strict(home):
    _write(home.parent / "elsewhere/a.md")
    (home / "notes").symlink_to(home.parent / "elsewhere")
    with pytest.raises(StoreError, match="strict"):
        _read(home, strict=True)


@pytest.mark.posix
def test_a_linked_folder_inside_a_source_is_not_followed(home):
    _write(home.parent / "elsewhere/a.md")
    (home / "notes").mkdir()
    (home / "notes/in").symlink_to(home.parent / "elsewhere")
    assert _read(home).rows == ()


def test_a_source_that_is_not_there_is_named(home):
    with pytest.raises(StoreError, match="there is no notes"):
        _read(home)


def test_a_document_in_a_dlm_folder_speaks_of_the_folder_around_it(home):
    _write(home / "notes/a.md")
    sources = [SourceConfig.model_validate({"path": "notes"})]
    sources = read_sources(home / ".dlm/towns.dlm", sources, strict=True)
    assert _names(sources) == ["a.md"]
