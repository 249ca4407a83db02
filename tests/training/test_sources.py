"""Training sources: the files that `training.sources` names."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from dlm_lsp.document.schema import SourceConfig
from dlm_lsp.errors import PrivateSourceError, StoreError
from dlm_lsp.training.sources import OutsideSource, read_sources


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def _write(path: Path, data: str | bytes = "Words.\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def _read(home: Path, *, strict: bool = False, allowed: Sequence[Path] = (), **source):
    sources = [SourceConfig.model_validate({"path": "notes", **source})]
    return read_sources(home / "towns.dlm", sources, strict=strict, allowed=allowed)


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


PRIVATE = [
    ".env",
    ".ssh/config",
    ".netrc",
    "keys/id_rsa",
    "keys/id_work_ed25519",
    "server.pem",
    "a/SERVER.KEY",
    "credentials",
    "aws/credentials.json",
    "secrets.yaml",
    "vault.kdbx",
]


@pytest.mark.parametrize("name", PRIVATE)
def test_a_key_a_credential_or_a_hidden_file_is_refused_also_when_named(home, name):
    _write(home / name)
    with pytest.raises(PrivateSourceError, match="is not read"):
        _read(home, path=name)


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_private_is_read_where_it_is_allowed_by_name(home, name):
    private = _write(home / name, "Words.\n")
    (row,) = _read(home, path=name, allowed=[private]).rows
    assert row.text.endswith("Words.")


@pytest.mark.posix
@pytest.mark.parametrize("path", ["/etc/passwd", "/etc", "/proc/self/environ", "/dev/stdin"])
def test_what_belongs_to_the_system_is_refused(home, path):
    with pytest.raises(PrivateSourceError, match="the system's own"):
        _read(home, path=path)


@pytest.mark.posix
def test_a_link_counts_as_what_it_points_to(home):
    _write(home / ".ssh/id_rsa", "a key")
    (home / "notes.md").symlink_to(home / ".ssh/id_rsa")
    with pytest.raises(PrivateSourceError, match="hidden"):
        _read(home, path="notes.md")


@pytest.mark.posix
def test_a_link_inside_a_folder_to_a_private_file_of_it_is_left_out(home):
    _write(home / "notes/.ssh/config", "a secret")
    _write(home / "notes/key.pem", "a secret")
    (home / "notes/a.md").symlink_to(home / "notes/.ssh/config")
    (home / "notes/b.md").symlink_to(home / "notes/key.pem")
    assert _read(home).rows == ()


def test_a_folder_that_is_allowed_gives_what_it_shows_and_none_of_its_keys(home):
    folder = _write(home / ".corpus/a.md", "A.").parent
    _write(folder / "id_rsa")
    _write(folder / ".hidden")
    sources = _read(home, path=".corpus", allowed=[folder])
    assert _names(sources) == ["a.md"]


def test_a_private_key_is_left_out_under_any_name(home):
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n"
    path = _write(home / "notes/about.md", f"See below.\n{key}")
    sources = _read(home)
    assert sources.rows == ()
    assert "a private key" in sources.left_out[0]
    assert _read(home, path="notes/about.md", allowed=[path]).rows


@pytest.mark.parametrize("key", ["private_key", "client_secret", "refresh_token"])
def test_a_file_of_credentials_is_left_out_under_any_name(home, key):
    path = _write(home / "notes/x-firebase-adminsdk-ab.json", f' {{"type": "a", "{key}" : "b"}}')
    sources = _read(home)
    assert sources.rows == ()
    assert "credentials" in sources.left_out[0]
    assert _read(home, path="notes/x-firebase-adminsdk-ab.json", allowed=[path]).rows


def test_a_text_about_credentials_is_read(home):
    _write(home / "notes/oauth.md", 'The answer is `{"access_token": "2Yotn"}`.')
    assert _names(_read(home)) == ["oauth.md"]


def test_what_lies_outside_the_folder_of_the_document_is_listed(home):
    _write(home.parent / "elsewhere/a.md", "A.")
    _write(home.parent / "elsewhere/b.md", "B.")
    _write(home / "notes/c.md", "C.")
    sources = _read(home, path="../elsewhere")
    assert sources.outside == (OutsideSource(str((home.parent / "elsewhere").resolve()), 2),)
    assert _read(home).outside == ()


# `.dlm/training.yaml` and `.dlm/ignore`


def _configure(folder: Path, text: str) -> None:
    _write(folder / ".dlm/training.yaml", f"dlm_training_version: 1\n{text}")


def test_default_excludes_are_left_out_and_that_is_said(home):
    for name in ("a.md", "node_modules/b.js", "build/c.md", "uv.lock", "app.min.js", "in/dist/d"):
        _write(home / "notes" / name)
    sources = _read(home)
    assert _names(sources) == ["a.md"]
    (line,) = sources.left_out
    assert line.endswith("and 2 more: excluded by default")


def test_a_training_yaml_can_turn_the_default_excludes_off_but_never_readmits_keys(home):
    for name in ("build/c.md", "id_rsa", "server.pem", "secrets.md", ".env", "x/.git/config"):
        _write(home / "notes" / name)
    _configure(home / "notes", "exclude_defaults: false\ninclude: ['**/*', '.env', '**/.git/*']")
    _write(home / "notes/.dlm/ignore", "!id_rsa\n!.env\n!*.pem\n")
    assert _names(_read(home)) == ["build/c.md"]


def test_what_a_training_yaml_or_an_ignore_file_excludes_is_not_learned_and_that_is_said(home):
    for name in ("a.md", "drafts/b.md", "sub/c.md", "sub/d.txt"):
        _write(home / "notes" / name)
    _configure(home / "notes", "exclude: ['drafts/**']")
    _write(home / "notes/sub/.dlm/ignore", "*.txt\n")
    sources = _read(home)
    assert _names(sources) == ["a.md", "sub/c.md"]
    assert sources.left_out == (
        "notes: drafts/b.md: excluded by .dlm/training.yaml",
        "notes: sub/d.txt: excluded by sub/.dlm/ignore",
    )


def test_a_bad_line_of_an_ignore_file_is_said(home):
    _write(home / "notes/a.md")
    _write(home / "notes/.dlm/ignore", "[ab].md\n")
    sources = _read(home)
    assert _names(sources) == ["a.md"]
    assert ".dlm/ignore line 1" in sources.left_out[0]


def test_a_training_yaml_that_cannot_be_used_stops_the_training(home):
    _write(home / "notes/a.md")
    _configure(home / "notes", "exclud: [a]")
    with pytest.raises(StoreError, match=r"training\.yaml"):
        _read(home)


def test_weights_are_products_over_tags_and_the_deepest_file_wins(home):
    _write(home / "notes/a.md", "A.")
    _write(home / "notes/sub/b.md", "B.")
    _write(home / "notes/sub/gone/c.md", "C.")
    _configure(
        home / "notes",
        "metadata: {kind: note, lang: en}\nweights: {kind: {note: 2}, lang: {en: 1.5, de: 9}}",
    )
    _configure(home / "notes/sub", "metadata: {lang: de}\nweights: {lang: {de: 0.25}}")
    _configure(home / "notes/sub/gone", "metadata: {lang: fr}\nweights: {lang: {fr: 0}}")
    sources = _read(home)
    assert [row.weight for row in sources.rows] == [3.0, 0.5]
    assert sources.left_out == ("notes: sub/gone/c.md: its weight is 0",)


def test_a_weight_that_would_fill_the_memory_is_refused(home):
    _write(home / "notes/a.md")
    _configure(home / "notes", "metadata: {a: b}\nweights: {a: {b: 1e12}}")
    with pytest.raises(StoreError, match="lower"):
        _read(home)
