"""Looking: nothing there is an answer, not to be let look is an error."""

from pathlib import Path

import pytest

from dlm_lsp.store.looking import exists, is_folder, is_regular_file

LOOKS = [exists, is_folder, is_regular_file]


def test_what_is_there_is_told_by_its_kind(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert [look(file) for look in LOOKS] == [True, False, True]
    assert [look(tmp_path) for look in LOOKS] == [True, True, False]


@pytest.mark.parametrize("name", ["missing", "a/b", "nu\0ll", "*.dlm"])
def test_nothing_is_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").touch()
    assert [look(tmp_path / name) for look in LOOKS] == [False] * 3


@pytest.mark.posix
def test_a_link_into_itself_leads_to_nothing(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    assert [look(link) for look in LOOKS] == [False] * 3


@pytest.mark.usefixtures("permissions")
@pytest.mark.parametrize("look", LOOKS)
def test_what_cannot_be_looked_at_is_an_error(tmp_path: Path, look) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "a").touch()
    folder.chmod(0)
    with pytest.raises(PermissionError):
        look(folder / "a")
    folder.chmod(0o755)
