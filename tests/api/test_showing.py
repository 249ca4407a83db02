"""What there is of a document, whatever state its store is in, and without a trace."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.document_stores import (
    BATCHES,
    PARTS,
    TEACHER,
    make_adapter,
    make_manifest,
    make_store,
    staged_section,
    training_run,
    tree,
)
from support.earlier_stores import make_earlier_replies
from support.permissions import permissions
from support.teacher_server import HEAD, town

from dlm_lsp.api.showing import show_document
from dlm_lsp.document import parse
from dlm_lsp.errors import StoreError
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import StagedPlan, save_plan

__all__ = ["permissions"]

ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"
NAMED = "training:\n  adapters:\n    facts: {}\n    tone: {}\n"


@pytest.fixture
def store(home: Path) -> Path:
    return store_folder(ID)


def marker(source_id: str, teacher: str = TEACHER) -> str:
    return (
        f'::instruction::\n<!-- dlm-auto-synth: synth_teacher="{teacher}" '
        f'synth_strategy="extraction" synth_at="2026-01-31T09:30:00Z" '
        f'source_section_id="{source_id}" -->\n'
    )


def prose_ids(path: Path) -> list[str]:
    return [section.id for section in parse(path.read_text()).sections if section.type == "prose"]


def test_of_a_document_without_a_store_there_is_its_text_and_nothing_is_made(notes, home):
    summary = show_document(notes)
    assert summary.dlm_id == ID
    assert summary.store == store_folder(ID)
    assert summary.size is None
    (adapter,) = summary.adapters
    assert (adapter.folder, adapter.run) == (None, None)
    assert summary.runs == summary.batches == ()
    assert summary.untrained is None
    assert summary.replies == 0
    assert summary.staged.total == 0
    assert (summary.sections.prose, summary.pairs.own) == (1, 1)
    assert summary.unreadable == {}
    assert not home.exists()


def test_of_a_whole_store_there_is_every_part(notes, store):
    make_store(store, notes)
    summary = show_document(notes)
    assert summary.unreadable == {}
    assert summary.adapters[0].folder.name == "v0002"
    assert [run.run_id for run in summary.runs] == [2, 1]
    assert summary.staged.by_teacher == {TEACHER: 1}
    assert [(record.teacher, len(record.keys)) for record in summary.batches] == [(TEACHER, 3)]
    assert summary.replies == 1
    files = [path for path in store.rglob("*") if path.is_file()]
    assert summary.size == sum(path.stat().st_size for path in files)


def test_an_adapter_comes_with_the_training_that_it_came_of(notes, store):
    make_adapter(store, 1)
    make_manifest(
        store,
        training_run(1, final_train_loss=1.0),
        training_run(2, adapter_version=1, adapter_name="tone"),
        training_run(3, adapter_version=1, status="failed"),
    )
    (adapter,) = show_document(notes).adapters
    assert adapter.run.run_id == 1


def test_each_named_adapter_is_one(tmp_path, store):
    path = tmp_path / "named.dlm"
    path.write_text(HEAD.removesuffix("---\n") + f"{NAMED}---\n{town(0)}\n")
    make_adapter(store, 1, "tone")
    make_manifest(store, training_run(1, adapter_name="tone"))
    facts, tone = show_document(path).adapters
    assert (facts.name, facts.folder) == ("facts", None)
    assert (tone.name, tone.folder.name, tone.run.run_id) == ("tone", "v0001", 1)


def test_an_adapter_that_was_trained_on_another_base_model_is_one(notes, store):
    made = make_adapter(store, 1)
    (made / "adapter_config.json").write_text('{"base_model_name_or_path": "org/other"}')
    assert show_document(notes).adapters[0].other_base == "org/other"


def test_sections_that_were_in_no_training_are_counted_once_there_was_one(notes, store):
    (prose,) = prose_ids(notes)
    make_manifest(store, training_run(1), content_hashes={prose: prose})
    assert show_document(notes).untrained == 1


def test_pairs_are_counted_by_where_they_come_from(tmp_path, home):
    path = tmp_path / "pairs.dlm"
    path.write_text(HEAD + town(0) + "\n::prose::\n" + town(1) + "\n")
    source, _ = prose_ids(path)
    pair = "### Q\nWhat {}?\n### A\nThat.\n"
    path.write_text(
        path.read_text()
        + f"::instruction::\n{pair.format(1)}{pair.format(2)}"
        + f'::instruction::\n<!-- dlm-auto-harvest: source="run 1" -->\n{pair.format(3)}'
        + marker(source)
        + pair.format(4)
        + marker("0" * 16, "self")
        + pair.format(5)
        + "::preference::\n### Prompt\nP?\n### Chosen\nC.\n### Rejected\nR.\n"
    )
    summary = show_document(path)
    assert summary.errors == 0
    pairs = summary.pairs
    assert (pairs.own, pairs.harvested, pairs.stale, pairs.preferences) == (2, 1, 1, 1)
    assert pairs.synthesized == {TEACHER: 1, "self": 1}
    assert (summary.sections.prose, summary.sections.with_pairs) == (2, 1)


def test_staged_sections_are_counted_by_teacher_and_those_without_their_source_are_stale(
    notes, store
):
    (prose,) = prose_ids(notes)
    sections = (
        staged_section("One?", prose),
        staged_section("Two?", prose, "self"),
        staged_section("Three?", "0" * 16),
    )
    save_plan(store, StagedPlan(notes, "2026-01-31T09:30:00Z", sections))
    summary = show_document(notes)
    assert summary.staged.by_teacher == {TEACHER: 2, "self": 1}
    assert (summary.staged.total, summary.staged.stale) == (3, 1)
    assert summary.staged.original is None
    assert (summary.sections.with_pairs, summary.sections.with_staged) == (0, 1)


def test_what_is_staged_for_the_original_of_a_copy_says_so(notes, store, tmp_path):
    make_store(store, notes)
    copy = tmp_path / "copy.dlm"
    shutil.copy(notes, copy)
    assert show_document(copy).staged.original == notes


def test_problems_are_those_of_a_check_with_a_twin_too(notes):
    notes.write_text(notes.read_text() + "::poem::\n")
    before = show_document(notes)
    assert before.errors >= 1
    assert show_document(notes, Path("twin.dlm")).warnings == before.warnings + 1


def test_a_document_whose_frontmatter_has_an_error_is_refused(notes):
    notes.write_text(notes.read_text().replace("dlm_id", "dlm_it"))
    with pytest.raises(StoreError, match="dlm check"):
        show_document(notes)


def test_who_works_on_it_is_named(notes, store):
    with document_lock(store, "dlm train", pytest.fail):
        assert show_document(notes).held_by.startswith(f"`dlm train` (process {os.getpid()},")
    assert show_document(notes).held_by is None


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("manifest.json", "trainings"),
        ("adapter/current.txt", "adapter"),
        ("synth/pending.json", "staged"),
        ("synth/store.sqlite", "replies"),
        (BATCHES, "batches"),
    ],
)
def test_a_part_that_is_broken_is_named_and_keeps_no_other_back(notes, store, file, part):
    make_store(store, notes)
    (store / file).write_bytes(b"\xff broken" * 100)
    summary = show_document(notes)
    assert list(summary.unreadable) == [part]
    assert str(store / file) in summary.unreadable[part]
    parts = {
        "trainings": summary.runs,
        "adapter": summary.adapters[0].folder,
        "staged": summary.staged,
        "replies": summary.replies,
        "batches": summary.batches,
    }
    assert [name for name, value in parts.items() if value is None] == [part]


def test_an_adapter_that_lacks_its_weights_is_broken(notes, store):
    made = make_adapter(store, 1)
    (made / "adapter_model.safetensors").unlink()
    assert "train it again" in show_document(notes).unreadable["adapter"]


@pytest.mark.usefixtures("permissions")
def test_a_store_that_is_read_only_is_shown_whole(notes, store, home):
    make_store(store, notes)
    make_earlier_replies(store, {("t", "earlier"): "reply"})
    before = tree(home)
    everything = [home, *home.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        summary = show_document(notes)
    finally:
        for path in everything:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert summary.unreadable == {}
    assert summary.replies == 2
    assert tree(home) == before


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_searched_is_a_part_that_cannot_be_read(notes, store):
    make_store(store, notes)
    (store / "adapter").chmod(0)
    try:
        summary = show_document(notes)
    finally:
        (store / "adapter").chmod(0o755)
    assert set(summary.unreadable) == {"store", "adapter"}
    assert summary.replies == 1


@st.composite
def damages(draw):
    """What becomes of each file of a store: nothing, gone, other bytes, or other bytes in it."""
    kinds = st.one_of(
        st.just(lambda data: data),
        st.just(lambda data: None),
        st.binary(max_size=200).map(lambda new: lambda data: new),
        # The head of a database says how it is to be opened, for a log beside it as well.
        st.tuples(st.integers(100, 3000), st.binary(min_size=1, max_size=20)).map(
            lambda cut: lambda data: data[: cut[0]] + cut[1] + data[cut[0] + len(cut[1]) :]
        ),
        st.integers(100, 3000).map(lambda at: lambda data: data[:at]),
    )
    return {name: draw(kinds) for name in (*PARTS, BATCHES)}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=damages())
def test_whatever_is_in_a_store_nothing_is_written_and_no_file_made(notes, home, store, damage):
    shutil.rmtree(home, ignore_errors=True)
    make_store(store, notes)
    for name, damaged in damage.items():
        data = damaged((store / name).read_bytes())
        if data is None:
            (store / name).unlink()
        else:
            (store / name).write_bytes(data)
    before = tree(notes.parent)
    summary = show_document(notes)
    assert tree(notes.parent) == before
    assert summary.pairs.own == 1
