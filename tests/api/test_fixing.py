"""Fixing: what is written into files, what is left alone, and which of two copies keeps its id."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.document_text import FRONTMATTER
from support.generated_documents import sound_documents, wild_documents
from support.permissions import permissions
from support.syscall_kills import killed_runs

from dlm_lsp.api.fixing import copies_to_renew, fix_document
from dlm_lsp.document import SectionType, parse
from dlm_lsp.errors import StoreError
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.manifest import new_manifest, save_manifest
from dlm_lsp.store.plan import StagedSection, add_to_plan

__all__ = ["killed_runs", "permissions"]

ID = parse(FRONTMATTER).frontmatter.dlm_id
STAGED = StagedSection(SectionType.INSTRUCTION, "### Q\nWhy?\n### A\nSo.")


def written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.fixture
def copies(tmp_path) -> list[Path]:
    return [written(tmp_path / name, f"{FRONTMATTER}prose\n") for name in ("a.dlm", "b.dlm")]


def fixes(path: Path, **options) -> list[tuple[int, int, str]]:
    return [(fix.line, fix.column, fix.fix) for fix in fix_document(path, print, **options)]


def test_a_first_line_that_is_almost_dashes_and_the_id_below_it_are_both_mended(tmp_path):
    path = written(tmp_path / "a.dlm", "--- \r\nbase_model: smollm2-135m\r\n---\r\nprose\r\n")
    assert fixes(path) == [(1, 1, "Change to `---`"), (1, 1, "Insert a new id")]
    assert parse(path.read_bytes().decode()).problems == ()


def test_two_documents_get_two_ids(tmp_path):
    paths = [written(tmp_path / name, "prose\n") for name in ("a.dlm", "b.dlm")]
    assert [fixes(path) for path in paths] == [[(1, 1, "Add frontmatter")]] * 2
    first, second = (parse(path.read_text()).frontmatter.dlm_id for path in paths)
    assert first != second


@pytest.mark.parametrize("name", ["notes.md", "notes"])
@pytest.mark.parametrize("text", ["# Notes\n", "---\ntitle: Notes\n---\n# Notes\n"])
def test_a_file_of_another_name_is_left_alone(tmp_path, name, text):
    path = written(tmp_path / name, text)
    assert (fixes(path), path.read_text()) == ([], text)


@pytest.mark.parametrize(
    "text",
    [
        FRONTMATTER.replace("smollm2-135m", "smollm2-135"),
        f"{FRONTMATTER}::Instruction::\n### Q\na\n### A\nb\n",
        f"{FRONTMATTER}```\ncode\n",
        f"{FRONTMATTER}a\u200bb\n",
    ],
)
def test_a_fix_that_guesses_is_left_to_the_writer(tmp_path, text):
    path = written(tmp_path / "a.dlm", text)
    assert any(problem.fix for problem in parse(text).problems)
    assert (fixes(path), path.read_bytes().decode()) == ([], text)


@given(st.one_of(sound_documents(), wild_documents()), st.integers(0, 60))
def test_what_is_mended_has_the_same_sections_and_nothing_more_to_mend(
    tmp_path_factory, document, cut
):
    text = document[cut:]
    path = written(tmp_path_factory.getbasetemp() / "mended.dlm", text)
    before = parse(text)
    if not fix_document(path, print):
        assert path.read_bytes().decode() == text
        return
    after = parse(path.read_bytes().decode())
    assert fix_document(path, print) == ()
    if before.frontmatter or before.body.start:
        assert [s.id for s in after.sections] == [s.id for s in before.sections]


def test_of_copies_without_a_store_the_first_keeps_the_id(copies):
    assert copies_to_renew(copies) == {copies[1]: copies[0]}
    assert fixes(copies[1], twin=copies[0]) == [(2, 9, "Give this document an id of its own")]
    assert parse(copies[1].read_text()).frontmatter.dlm_id != ID
    assert copies_to_renew(copies) == {}


@pytest.mark.parametrize("which", [0, 1])
def test_the_copy_that_was_trained_keeps_the_id(copies, which):
    folder = store_folder(ID)
    folder.mkdir(parents=True)
    save_manifest(folder, new_manifest(ID, "smollm2-135m", copies[which]))
    assert copies_to_renew(copies) == {copies[1 - which]: copies[which]}


def test_where_the_store_names_neither_or_both_no_copy_changes(copies, tmp_path):
    folder = store_folder(ID)
    folder.mkdir(parents=True)
    assert copies_to_renew(copies) == {}
    add_to_plan(folder, copies[0], [STAGED], "2026-01-31T09:30:00Z")
    assert copies_to_renew(copies) == {copies[1]: copies[0]}
    save_manifest(folder, new_manifest(ID, "smollm2-135m", copies[1]))
    assert copies_to_renew(copies) == {}
    (folder / "manifest.json").write_text("{")
    assert copies_to_renew(copies) == {}


def test_whoever_holds_the_store_is_waited_for(copies):
    waited = threading.Event()
    done: list[object] = []
    with document_lock(store_folder(ID), "dlm train", print, copies[1]):
        mending = threading.Thread(
            target=lambda: done.extend(
                fix_document(copies[1], lambda _: waited.set(), twin=copies[0])
            )
        )
        mending.start()
        assert waited.wait(30)
        assert (done, parse(copies[1].read_text()).frontmatter.dlm_id) == ([], ID)
    mending.join(30)
    assert len(done) == 1
    assert parse(copies[1].read_text()).frontmatter.dlm_id != ID


@pytest.mark.usefixtures("permissions")
def test_where_nothing_can_be_written_the_file_stays_as_it_is(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    path = written(folder / "a.dlm", "They hum.\n")
    folder.chmod(0o555)
    with pytest.raises(StoreError, match="cannot write"):
        fix_document(path, print)
    folder.chmod(0o755)
    assert (path.read_text(), list(folder.iterdir())) == ("They hum.\n", [path])


@pytest.mark.posix
def test_whenever_the_process_is_killed_the_file_is_as_it_was_or_mended(tmp_path, killed_runs):
    text = "# Bees\nThey hum.\n"
    path = written(tmp_path / "a.dlm", text)
    seen = set()
    for _ in killed_runs(lambda _: fix_document(path, print)):
        found = path.read_text()
        document = parse(found)
        assert found == text or (document.problems == () and found.endswith(text))
        seen.add(document.problems == ())
        path.write_text(text)
    assert seen == {False, True}


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(StoreError):
        fix_document(tmp_path / "nosuch.dlm", print)
