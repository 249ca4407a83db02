from pathlib import Path

import pytest

from dlm_lsp.document import SectionType
from dlm_lsp.errors import CopyError
from dlm_lsp.store.copies import copies_among, original_of, refuse_copy
from dlm_lsp.store.plan import StagedSection, add_to_plan

ID = "01HZ4X7TGZM3J1A2B3C4D5E6F7"
TEXT = f"---\ndlm_id: {ID}\nbase_model: smollm2-135m\n---\nprose\n"
STAGED = StagedSection(
    SectionType.INSTRUCTION,
    "### Q\nWhy?\n### A\nSo.",
    auto_synth=True,
    synth_teacher="t",
    synth_strategy="extraction",
    synth_at="2026-01-31T09:30:00Z",
    source_section_id="0123456789abcdef",
)


@pytest.fixture
def original(folder: Path, tmp_path: Path) -> Path:
    """A document for which a section is staged."""
    path = tmp_path / "notes.dlm"
    path.write_text(TEXT)
    add_to_plan(folder, path, [STAGED], "2026-01-31T09:30:00Z")
    return path


@pytest.fixture
def copy(original: Path) -> Path:
    path = original.with_name("copy.dlm")
    path.write_text(TEXT + "more\n")
    return path


def test_what_is_staged_is_for_the_document_that_it_was_staged_for(folder, original, copy):
    assert original_of(folder, original) is None
    assert original_of(folder, copy) == original


def test_where_nothing_is_staged_there_is_nothing_to_take_from_another(tmp_path, copy):
    assert original_of(tmp_path / "store" / ID[::-1], copy) is None


def test_a_copy_is_refused_with_both_names_and_the_remedy(folder, original, copy):
    with pytest.raises(CopyError) as refused:
        refuse_copy(folder, copy)
    assert str(refused.value) == (
        f"{copy} is a copy of {original}: both have the dlm_id {ID}, and what is staged is for "
        f"{original}; give the copy an id of its own, or force it"
    )
    refuse_copy(folder, original)


def test_a_file_that_was_moved_takes_what_is_staged_along(folder, original):
    moved = original.rename(original.with_name("moved.dlm"))
    assert original_of(folder, moved) is None


@pytest.mark.parametrize("text", ["", TEXT.replace(ID, ID[::-1]), "no frontmatter\n"])
def test_a_file_that_has_another_id_by_now_has_no_part_in_it(folder, original, copy, text):
    original.write_text(text)
    assert original_of(folder, copy) is None


@pytest.mark.posix
def test_one_file_under_several_paths_is_no_copy(folder, original, monkeypatch):
    link, hard = original.with_name("link.dlm"), original.with_name("hard.dlm")
    link.symlink_to(original)
    hard.hardlink_to(original)
    (original.parent / "folder").symlink_to(original.parent)
    monkeypatch.chdir(original.parent)
    for path in (link, hard, original.parent / "folder" / "notes.dlm", Path("notes.dlm")):
        assert original_of(folder, path) is None
    assert copies_among([original, link, hard]) == {}


def test_copies_among_documents_are_told_each_with_another(tmp_path):
    paths = {name: tmp_path / f"{name}.dlm" for name in "abcd"}
    for path in paths.values():
        path.write_text(TEXT)
    paths["c"].write_text(TEXT.replace(ID, ID[::-1]))
    a, b, d = paths["a"], paths["b"], paths["d"]
    assert copies_among([*paths.values(), tmp_path / "missing.dlm"]) == {a: b, b: a, d: a}
