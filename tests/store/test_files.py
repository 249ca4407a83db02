import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from dlm_lsp.errors import FileChangedError, NotFoundError, StoreError
from dlm_lsp.store.files import make_folder, read_file, replace_file

OLD, NEW = b"old bytes\r\n", b"new bytes\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "notes.dlm"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def is_alone(path: Path) -> bool:
    return list(path.parent.iterdir()) == [path]


def refused_whole(path: Path, data: bytes = NEW) -> str:
    """Return the error of replacing the file, which must be as it was with nothing beside it."""
    with pytest.raises(StoreError) as refused:
        replace_file(path, data)
    assert path.read_bytes() == OLD
    assert is_alone(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_a_file_is_replaced_and_nothing_is_left_beside_it(file: Path) -> None:
    replace_file(file, NEW)
    assert file.read_bytes() == NEW
    assert is_alone(file)


@pytest.mark.posix
def test_a_missing_file_is_made_with_the_mode_that_the_umask_gives(file: Path) -> None:
    before = os.umask(0o027)
    try:
        replace_file(file.with_name("new.dlm"), NEW)
    finally:
        os.umask(before)
    made = file.with_name("new.dlm")
    assert made.read_bytes() == NEW
    assert stat.S_IMODE(made.stat().st_mode) == 0o640


@pytest.mark.posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_the_mode_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace_file(file, NEW)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.posix
def test_the_owner_stays(file: Path) -> None:
    if os.geteuid() == 0:
        os.chown(file, 12345, 54321)
    before = file.stat()
    replace_file(file, NEW)
    after = file.stat()
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


@pytest.mark.posix
def test_the_new_bytes_of_a_private_file_are_never_readable_to_others(
    file: Path, monkeypatch
) -> None:
    file.chmod(0o600)
    modes = []
    monkeypatch.setattr(os, "fchmod", lambda fd, mode: modes.append(os.fstat(fd).st_mode & 0o777))
    replace_file(file, NEW)
    assert modes == [0o600]


@pytest.mark.posix
def test_a_symlink_stays_and_its_target_is_replaced(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.dlm"
    link.symlink_to(Path("folder", "notes.dlm"))
    replace_file(link, NEW)
    assert link.readlink() == Path("folder/notes.dlm")
    assert file.read_bytes() == NEW
    assert is_alone(file)


@pytest.mark.posix
def test_a_symlink_to_itself_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "loop.dlm"
    link.symlink_to(link)
    with pytest.raises(StoreError, match="symbolic links"):
        replace_file(link, NEW)
    assert is_alone(link)


def test_the_bytes_are_on_disk_before_the_name_points_to_them(file: Path, monkeypatch) -> None:
    synced = []
    monkeypatch.setattr(
        os,
        "fsync",
        lambda fd: synced.append((stat.S_ISDIR(os.fstat(fd).st_mode), file.read_bytes())),
    )
    replace_file(file, NEW)
    assert synced == [(False, OLD), (True, NEW)]


def test_a_file_of_the_expected_bytes_is_replaced(file: Path) -> None:
    replace_file(file, NEW, expected=OLD)
    assert file.read_bytes() == NEW
    assert is_alone(file)


@pytest.mark.parametrize("saved", [b"", OLD[:-1], OLD + b"more", OLD.upper()])
def test_what_is_saved_while_the_new_bytes_go_to_disk_stays(file: Path, monkeypatch, saved) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: file.write_bytes(saved))
    with pytest.raises(FileChangedError, match="another program keeps saving it"):
        replace_file(file, NEW, expected=OLD)
    assert file.read_bytes() == saved
    assert is_alone(file)


def test_a_file_that_is_removed_meanwhile_does_not_come_back(file: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: file.unlink())
    with pytest.raises(FileChangedError):
        replace_file(file, NEW, expected=OLD)
    assert not list(file.parent.iterdir())


@pytest.mark.usefixtures("permissions")
def test_a_read_only_file_is_refused(file: Path) -> None:
    file.chmod(0o444)
    assert "Permission denied" in refused_whole(file)


@pytest.mark.usefixtures("permissions")
def test_in_a_read_only_folder_the_file_is_not_written_in_place(file: Path) -> None:
    file.parent.chmod(0o555)
    try:
        error = refused_whole(file)
    finally:
        file.parent.chmod(0o755)
    assert f"its folder {file.parent}" in error
    assert "Permission denied" in error


def test_a_full_disk_leaves_the_old_file_whole(small_disk: Path) -> None:
    file = small_disk / "notes.dlm"
    file.write_bytes(OLD)
    error = refused_whole(file, b"x" * 10**6)
    assert "No space left" in error or "too large" in error


@pytest.mark.posix
def test_a_disk_that_is_full_before_the_first_bytes_is_told_as_such(file: Path) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, hard))
    try:
        error = refused_whole(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large; the file is as it was" in error


def test_an_interrupted_write_leaves_the_old_file_whole(file: Path, monkeypatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(file, NEW)
    assert file.read_bytes() == OLD
    assert is_alone(file)


def test_a_file_that_windows_does_not_give_up_is_told_with_the_remedy(
    file: Path, monkeypatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(Path, "replace", refuse)
    error = refused_whole(file)
    assert "The process cannot access the file; the file is as it was" in error
    assert "close it there, and try again" in error


@pytest.mark.posix
def test_a_writer_that_is_killed_leaves_the_old_file_whole(file: Path, start) -> None:
    writer = start(
        "import os, sys, pathlib\n"
        "from dlm_lsp.store.files import replace_file\n"
        "os.fsync = lambda fd: (print('written', flush=True), sys.stdin.read())\n"
        "replace_file(pathlib.Path(sys.argv[1]), b'new' * 10**6)\n",
        file,
    )
    assert writer.stdout.readline() == "written\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert file.read_bytes() == OLD


def test_a_missing_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no folder \S+missing; make it"):
        replace_file(tmp_path / "missing" / "notes.dlm", NEW)


@pytest.mark.posix
@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that takes no file")
def test_a_folder_that_takes_no_file_is_not_told_as_missing() -> None:
    with pytest.raises(StoreError, match="no file can be made in its folder /proc"):
        replace_file(Path("/proc/notes.dlm"), NEW)


def test_neither_a_pipe_nor_a_folder_is_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.dlm"
    os.mkfifo(pipe)
    with pytest.raises(StoreError, match="device, pipe or socket"):
        replace_file(pipe, NEW)
    with pytest.raises(StoreError, match="is a folder"):
        replace_file(tmp_path, NEW)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_file_of_exactly_the_limit_is_read(file: Path) -> None:
    assert read_file(file, len(OLD)) == OLD


@pytest.mark.usefixtures("permissions")
def test_a_larger_file_is_refused_before_it_is_opened(file: Path) -> None:
    os.truncate(file, 2**40)
    file.chmod(0)
    with pytest.raises(StoreError, match="larger than 50 MB"):
        read_file(file, 50 * 10**6)


@pytest.mark.parametrize(("limit", "size"), [(2, "2 bytes"), (1000, "1 kB"), (10**6, "1 MB")])
def test_a_limit_is_told_in_a_unit_that_fits(file: Path, limit: int, size: str) -> None:
    os.truncate(file, limit + 1)
    with pytest.raises(StoreError, match=f"larger than {size}; "):
        read_file(file, limit)


@pytest.mark.posix
def test_a_file_that_hides_its_size_is_read_to_the_limit_only() -> None:
    path = Path("/proc/self/status")
    assert path.stat().st_size == 0
    assert read_file(path, 10**6).startswith(b"Name:")
    with pytest.raises(StoreError, match="larger than"):
        read_file(path, 10)


def test_a_missing_file_has_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no such file"):
        read_file(tmp_path / "missing", 10)


@pytest.mark.posix
def test_a_pipe_a_device_and_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), Path("/dev/tty")):
        with pytest.raises(StoreError, match=f"{path} is a device, pipe or socket"):
            read_file(path, 10)
    with pytest.raises(StoreError, match="is a folder"):
        read_file(tmp_path, 10)


@pytest.mark.usefixtures("permissions")
def test_an_unreadable_file_is_an_error_with_the_reason(file: Path) -> None:
    file.chmod(0)
    with pytest.raises(StoreError, match=f"cannot read {file}: Permission denied"):
        read_file(file, 100)


def test_a_folder_is_made_with_those_above_it_and_may_be_there(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.usefixtures("permissions")
def test_on_a_read_only_home_the_error_names_dlm_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(StoreError, match="Permission denied; set DLM_HOME"):
        make_folder(tmp_path / "store")
    tmp_path.chmod(0o755)
