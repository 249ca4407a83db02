"""Discarded sections: what is dropped from a plan comes back whole, where it stood."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.test_plan import EVERY_KIND, SYNTH

from dlm_lsp.errors import StoreError
from dlm_lsp.store.discarded import (
    discard_from_plan,
    discarded_at,
    load_discarded,
    restore_discarded,
)
from dlm_lsp.store.plan import (
    StagedPlan,
    add_to_plan,
    clear_plan,
    load_plan,
    plan_path,
    save_plan,
    take_from_plan,
)


@pytest.fixture
def folder(tmp_path):
    save_plan(tmp_path, StagedPlan(tmp_path / "a.dlm", "2026-01-01T00:00:00Z", EVERY_KIND))
    return tmp_path


@pytest.mark.parametrize("ids", [None, [SYNTH.id], [s.id for s in EVERY_KIND]])
def test_what_was_dropped_comes_back_where_it_stood(folder, ids):
    before = load_plan(folder)
    discard_from_plan(folder, ids)
    left = load_plan(folder)
    dropped = {section.id for section in load_discarded(folder)}
    assert dropped == set(ids or [s.id for s in EVERY_KIND])
    assert {s.id for s in (left.sections if left else ())} == {s.id for s in EVERY_KIND} - dropped
    assert restore_discarded(folder)
    assert load_plan(folder) == before
    assert load_discarded(folder) == ()
    assert not restore_discarded(folder)


@given(st.sets(st.sampled_from([section.id for section in EVERY_KIND])))
def test_whatever_is_dropped_an_undo_gives_back_the_plan(tmp_path_factory, ids):
    folder = tmp_path_factory.mktemp("store")
    save_plan(folder, StagedPlan(folder / "a.dlm", "2026-01-01T00:00:00Z", EVERY_KIND))
    before = load_plan(folder)
    discard_from_plan(folder, ids)
    assert restore_discarded(folder) == bool(ids)
    assert load_plan(folder) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: add_to_plan(folder, folder / "a.dlm", [SYNTH], "2026-01-02T00:00:00Z"),
        lambda folder: take_from_plan(folder, [EVERY_KIND[1].id]),
        clear_plan,
    ],
)
def test_another_change_of_the_plan_ends_the_undo(folder, change):
    discard_from_plan(folder, [SYNTH.id])
    change(folder)
    assert not restore_discarded(folder)


def test_an_undo_gives_back_what_was_dropped_last(folder):
    discard_from_plan(folder, [EVERY_KIND[0].id])
    discard_from_plan(folder, [EVERY_KIND[1].id])
    restore_discarded(folder)
    assert [s.id for s in load_plan(folder).sections] == [s.id for s in EVERY_KIND[1:]]


def test_what_another_program_has_staged_since_stays(folder):
    discard_from_plan(folder)
    other = plan_path(folder)
    dropped = other.with_name("discarded.json").read_bytes()
    save_plan(folder, StagedPlan(folder / "a.dlm", "2026-01-02T00:00:00Z", EVERY_KIND[:1]))
    other.with_name("discarded.json").write_bytes(dropped)
    restore_discarded(folder)
    assert load_plan(folder).sections == EVERY_KIND


def test_a_plan_that_cannot_be_read_is_dropped_whole_and_comes_back_as_it_was(folder):
    plan_path(folder).write_text("no plan")
    with pytest.raises(StoreError):
        discard_from_plan(folder, [SYNTH.id])
    discard_from_plan(folder)
    assert load_plan(folder) is None
    with pytest.raises(StoreError):
        load_discarded(folder)
    assert restore_discarded(folder)
    assert plan_path(folder).read_text() == "no plan"


def test_dropping_what_is_not_staged_changes_nothing(folder):
    discard_from_plan(folder, [SYNTH.id])
    discard_from_plan(folder, [SYNTH.id])
    assert [section.id for section in load_discarded(folder)] == [SYNTH.id]


def test_where_nothing_is_staged_nothing_is_dropped(tmp_path):
    discard_from_plan(tmp_path)
    discard_from_plan(tmp_path, [SYNTH.id])
    assert not restore_discarded(tmp_path)


@pytest.mark.parametrize("ids", [None, [SYNTH.id]])
def test_what_is_dropped_bears_the_time_of_the_command(folder, ids):
    at = 1_700_000_000 * 10**9
    assert discarded_at(folder) is None
    discard_from_plan(folder, ids, at)
    assert discarded_at(folder) == at
    restore_discarded(folder)
    assert discarded_at(folder) is None


@pytest.mark.parametrize("ids", [None, [SYNTH.id]])
def test_a_time_that_is_not_given_is_now(folder, ids):
    os.utime(plan_path(folder), (1, 1))
    discard_from_plan(folder, ids)
    assert discarded_at(folder) > 10**18
