from pathlib import Path

import pytest

from dlm_lsp.store.profile_files import (
    PROFILE_NAME,
    ProfileFile,
    find_profile,
    profile_files,
    user_profile_path,
)


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch) -> Path:
    """Where the user's own profile would be."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return user_profile_path()


def profile_in(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PROFILE_NAME
    path.touch()
    return path


@pytest.fixture
def notes(tmp_path) -> Path:
    """A folder two below the root of a repository, which has a profile, as has the one above."""
    notes = tmp_path / "repository/book/notes"
    notes.mkdir(parents=True)
    (tmp_path / "repository/.git").mkdir()
    profile_in(tmp_path / "repository")
    profile_in(tmp_path)
    return notes


def test_the_nearest_profile_up_to_the_root_of_the_repository_is_found(notes):
    assert find_profile(notes) == notes.parents[1] / PROFILE_NAME
    assert find_profile(notes) == profile_in(notes.parents[1])
    nearer = profile_in(notes.parent)
    assert find_profile(notes) == nearer
    nearest = profile_in(notes)
    assert find_profile(notes) == nearest


def test_none_above_the_root_of_the_repository_is_found(notes):
    (notes.parents[1] / PROFILE_NAME).unlink()
    assert find_profile(notes) is None
    # The root of a worktree or a submodule has a file.
    (notes / ".git").touch()
    profile_in(notes.parent)
    assert find_profile(notes) is None


def test_without_a_repository_the_folder_itself_counts_or_the_workspace(tmp_path):
    folder = tmp_path / "work/a/b"
    folder.mkdir(parents=True)
    above = profile_in(tmp_path / "work")
    profile_in(tmp_path)
    assert find_profile(folder) is None
    assert find_profile(folder, [tmp_path / "work"]) == above
    assert find_profile(folder, [folder]) is None


def test_the_repository_counts_before_the_workspace(notes):
    assert find_profile(notes, [notes]) == notes.parents[1] / PROFILE_NAME


def test_the_root_of_a_repository_is_the_end_in_a_workspace_above_it_too(notes, tmp_path):
    root = notes.parents[1]
    assert find_profile(root, [tmp_path]) == root / PROFILE_NAME
    (root / PROFILE_NAME).unlink()
    assert find_profile(root, [tmp_path]) is None


def test_the_own_one_comes_first_then_the_found_then_the_named(notes, own, tmp_path):
    profile_in(own.parent)
    named, found = tmp_path / "named.toml", notes.parents[1] / PROFILE_NAME
    assert profile_files(notes, named) == (
        ProfileFile(own),
        ProfileFile(found, found=True),
        ProfileFile(named),
    )
    assert profile_files(None, named) == (ProfileFile(own), ProfileFile(named))


def test_a_named_one_counts_though_it_is_not_there_and_the_own_one_does_not(notes, tmp_path):
    (notes.parents[1] / PROFILE_NAME).unlink()
    assert profile_files(notes) == ()
    assert profile_files(notes, tmp_path / "x") == (ProfileFile(tmp_path / "x"),)


def test_a_found_one_that_the_user_names_or_owns_is_the_users(notes, own, tmp_path):
    found = notes.parents[1] / PROFILE_NAME
    other = tmp_path / "link.toml"
    other.symlink_to(found)
    assert profile_files(notes, other) == (ProfileFile(other),)
    profile_in(own.parent)
    assert profile_files(own.parent) == (ProfileFile(own),)
