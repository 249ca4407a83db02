import json
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store.adapters import current_adapter, other_base


@pytest.fixture
def trained(folder: Path) -> Path:
    """A store with two versions of the flat adapter, the second of them in use."""
    for version in ("v0001", "v0002"):
        (folder / "adapter/versions" / version).mkdir(parents=True)
    (folder / "adapter/current.txt").write_text("adapter/versions/v0002\n")
    return folder


def point(folder: Path, pointer: str) -> None:
    (folder / "adapter/current.txt").write_text(pointer, encoding="utf-8")


def test_the_pointer_names_the_version_in_use(trained: Path) -> None:
    assert current_adapter(trained) == (trained / "adapter/versions/v0002").resolve()


def test_a_named_adapter_has_a_pointer_of_its_own(trained: Path) -> None:
    (trained / "adapter/tone/versions/v0007").mkdir(parents=True)
    (trained / "adapter/tone/current.txt").write_text("adapter/tone/versions/v0007")
    expected = (trained / "adapter/tone/versions/v0007").resolve()
    assert current_adapter(trained, "tone") == expected
    assert current_adapter(trained, "other") is None


def test_before_training_there_is_none(folder: Path) -> None:
    assert current_adapter(folder) is None


def test_an_empty_pointer_is_none(trained: Path) -> None:
    point(trained, "\n")
    assert current_adapter(trained) is None


@pytest.mark.parametrize(
    "pointer",
    [
        "..",
        "../other/adapter/versions/v0001",
        "adapter/versions/../../adapter/versions/v0001",
        "/etc",
        "C:\\Windows",
        "C:versions",
        "\\\\server\\share",
        "adapter\\..\\..\\..",
        "adapter/versions/v0001\0",
    ],
)
def test_a_pointer_that_could_leave_the_store_is_refused(trained: Path, pointer: str) -> None:
    point(trained, pointer)
    with pytest.raises(StoreError, match=r"current\.txt points to .*, outside the store"):
        current_adapter(trained)


def test_an_absolute_pointer_is_refused_even_into_the_store(trained: Path) -> None:
    point(trained, str(trained / "adapter/versions/v0001"))
    with pytest.raises(StoreError, match="outside the store"):
        current_adapter(trained)


@pytest.mark.posix
def test_a_symlink_out_of_the_store_is_refused(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (trained / "adapter/versions/v0003").symlink_to(tmp_path / "elsewhere")
    point(trained, "adapter/versions/v0003")
    with pytest.raises(StoreError, match="outside the store"):
        current_adapter(trained)


@pytest.mark.posix
def test_a_symlink_to_itself_is_refused(trained: Path) -> None:
    loop = trained / "adapter/versions/v0003"
    loop.symlink_to(loop)
    point(trained, "adapter/versions/v0003")
    with pytest.raises(StoreError, match=r"current\.txt points to"):
        current_adapter(trained)


@pytest.mark.posix
def test_a_store_that_is_a_symlink_itself_is_fine(trained: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(trained)
    assert current_adapter(link) == (trained / "adapter/versions/v0002").resolve()


def test_a_version_that_is_not_there_is_an_error(trained: Path) -> None:
    point(trained, "adapter/versions/v0009")
    with pytest.raises(StoreError, match="v0009', which is not there: train again"):
        current_adapter(trained)


@pytest.mark.usefixtures("permissions")
def test_versions_that_cannot_be_looked_at_are_told_in_a_line(trained: Path) -> None:
    versions = trained / "adapter/versions"
    versions.chmod(0)
    try:
        with pytest.raises(StoreError, match=r"cannot look at .*v0002: Permission denied; make"):
            current_adapter(trained)
    finally:
        versions.chmod(0o700)


def test_a_pointer_that_is_not_utf8_is_an_error(trained: Path) -> None:
    (trained / "adapter/current.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match=r"current\.txt is not UTF-8"):
        current_adapter(trained)


@pytest.mark.parametrize("name", ["", "..", "a/b", "Tone", "a" * 33])
def test_what_is_no_adapter_name_names_no_folder(trained: Path, name: str) -> None:
    with pytest.raises(StoreError, match="is no adapter name"):
        current_adapter(trained, name)


def test_a_pointer_that_is_too_long_to_be_one_is_told_what_to_do(trained: Path) -> None:
    point(trained, "x" * 10_001)
    with pytest.raises(StoreError, match=r"larger than 10 kB; train again, or remove it"):
        current_adapter(trained)


@pytest.mark.parametrize(
    ("trained_on", "base_model", "other"),
    [
        ("org/one", "hf:org/one", None),
        ("org/one", "hf:org/two", "org/one"),
        ("/cache/models--org--one/snapshots/0a1b", "hf:org/one", None),
        ("/cache/models--org--one/snapshots/0a1b", "hf:org/two", "org/one"),
        (None, "hf:org/one", None),
    ],
)
def test_another_base_model_than_that_of_the_document_is_named(
    tmp_path: Path, trained_on: str | None, base_model: str, other: str | None
) -> None:
    written = json.dumps({"base_model_name_or_path": trained_on})
    (tmp_path / "adapter_config.json").write_text(written)
    assert other_base(tmp_path, base_model) == other


@pytest.mark.parametrize("written", ["", "[]", "{", "\udcff"])
def test_where_an_adapter_does_not_say_its_base_model_none_is_named(
    tmp_path: Path, written: str
) -> None:
    (tmp_path / "adapter_config.json").write_bytes(written.encode("utf-8", "surrogateescape"))
    assert other_base(tmp_path, "hf:org/one") is None


def test_a_configuration_that_is_nested_too_deeply_names_no_base(trained: Path) -> None:
    adapter = trained / "adapter/versions/v0001"
    (adapter / "adapter_config.json").write_text("[" * 10**6)
    assert other_base(adapter, "smollm2-135m") is None
