import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.schema import ULID_PATTERN
from dlm_lsp.store import document_ids
from dlm_lsp.store.document_ids import new_document_id, read_document_id

ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"
HEAD = f"---\ndlm_id: {ID}\nbase_model: smollm2-135m\n---\n"


@pytest.mark.parametrize("text", [HEAD, f"\ufeff{HEAD}prose\n", HEAD + "ü" * 10**6])
def test_the_id_is_read_from_the_head_of_a_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.dlm"
    path.write_text(text, encoding="utf-8")
    assert read_document_id(path) == ID


@pytest.mark.parametrize("text", ["", "prose\n", HEAD.replace("---\n", "", 1), HEAD[:-20]])
def test_a_file_without_a_sound_frontmatter_has_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.dlm"
    path.write_text(text, encoding="utf-8")
    assert read_document_id(path) is None


@pytest.mark.parametrize("name", ["missing.dlm", ".", "a\0b"])
def test_what_cannot_be_read_has_none(tmp_path: Path, name: str) -> None:
    assert read_document_id(tmp_path / name) is None


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1))
def test_a_new_id_is_a_ulid_of_the_time_and_chance(at: int, chance: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document_ids.time, "time_ns", lambda: at * 10**6)
        patch.setattr(document_ids.secrets, "randbits", lambda bits: chance)
        made = new_document_id()
    assert re.fullmatch(ULID_PATTERN, made)
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for character in made:
        number = number * 32 + digits.index(character)
    assert divmod(number, 2**80) == (at, chance)


def test_no_two_are_alike() -> None:
    assert len({new_document_id() for _ in range(1000)}) == 1000
