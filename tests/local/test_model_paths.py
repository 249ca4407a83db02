"""Model paths: a model that is named by a path, seen from the document that it is for."""

from pathlib import Path

import pytest

from dlm_lsp.document import parse
from dlm_lsp.local.model_paths import (
    expanded,
    frontmatter_beside,
    is_within,
    model_beside,
    model_is_there,
)

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: {}\n---\n"


@pytest.mark.parametrize("model", ["smollm2-135m", "hf:org/name"])
def test_a_name_stays_as_it_is(model, tmp_path):
    assert model_beside(model, tmp_path) == model
    assert model_is_there(model, tmp_path)
    assert is_within(model, ())


@pytest.mark.parametrize("prefix", ["", "hf:"])
def test_a_path_is_seen_from_the_folder(prefix, tmp_path):
    assert model_beside(f"{prefix}./m.gguf", tmp_path) == f"{prefix}{tmp_path / 'm.gguf'}"
    assert model_beside(f"{prefix}{tmp_path}/m", Path("/elsewhere")) == f"{prefix}{tmp_path}/m"


def test_a_folder_that_is_relative_itself_gives_an_absolute_path():
    assert Path(model_beside("./m.gguf", Path("notes"))).is_absolute()


def test_the_home_folder_is_that_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert model_beside("hf:~/m.gguf", Path("/notes")) == f"hf:{tmp_path / 'm.gguf'}"
    assert expanded("~no-such-user-here/m") == Path("~no-such-user-here/m")


def test_a_frontmatter_keeps_all_else(tmp_path):
    frontmatter = parse(HEAD.format("hf:./m.gguf")).frontmatter
    placed = frontmatter_beside(frontmatter, tmp_path)
    assert placed.base_model == f"hf:{tmp_path / 'm.gguf'}"
    assert placed.dlm_id == frontmatter.dlm_id


def test_a_file_and_a_folder_are_there_and_nothing_else_is(tmp_path):
    (tmp_path / "m.gguf").touch()
    for model, there in (
        ("hf:./m.gguf", True),
        ("hf:.", True),
        ("hf:./n.gguf", False),
        ("hf:./" + "x" * 5000, False),
        ("hf:./a\0b", False),
    ):
        assert model_is_there(model, tmp_path) is there


@pytest.mark.parametrize("model", ["hf:\\\\host\\share\\m.gguf", "hf://host/share/m.gguf"])
def test_another_machine_is_not_asked_whether_a_model_is_there(model, tmp_path):
    assert model_is_there(model, tmp_path)


def test_a_path_is_within_a_folder_where_no_link_and_no_dots_lead_out(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
    assert is_within(str(inside / "m.gguf"), (outside, inside))
    assert not is_within(str(outside / "m.gguf"), (inside,))
    assert not is_within(str(inside / ".." / "outside" / "m.gguf"), (inside,))


def test_a_path_from_the_home_folder_or_on_another_machine_is_not_within_the_working_folder(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert is_within("hf:~/m.gguf", (tmp_path,))
    assert not is_within("hf:~/m.gguf", (Path.cwd(),))
    for model in ("hf:\\\\host\\share\\m.gguf", "hf://host/share/m.gguf"):
        assert not is_within(model, (Path.cwd(), Path("/")))


@pytest.mark.posix
def test_a_link_does_not_lead_out_of_a_folder(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "m.gguf").touch()
    (tmp_path / "inside/m.gguf").symlink_to(tmp_path / "m.gguf")
    assert not is_within(str(tmp_path / "inside/m.gguf"), (tmp_path / "inside",))
