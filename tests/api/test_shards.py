"""Shards: each document is in one of them, on every machine, and a copy in that of its original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scripted_teacher import HEAD

from dlm_lsp.api.shards import Shard, documents_in, parse_shard
from dlm_lsp.errors import UsageError


@given(st.text(), st.integers(1, 50))
def test_a_name_is_always_in_exactly_one_shard(name, count):
    assert sum(Shard(index, count).holds(name) for index in range(1, count + 1)) == 1


def test_where_a_name_belongs_is_the_same_everywhere():
    assert [Shard(index, 3).holds("01K7XW3Q9DGEMM4N2BT5RHV8CE") for index in (1, 2, 3)] == [
        False,
        False,
        True,
    ]


def test_shards_are_of_about_one_size():
    sizes = [sum(Shard(i, 4).holds(f"document {n}") for n in range(4000)) for i in (1, 2, 3, 4)]
    assert min(sizes) > 900


def test_a_copy_is_in_the_shard_of_its_original(tmp_path):
    paths = [tmp_path / "a.dlm", tmp_path / "b.dlm"]
    for path in paths:
        path.write_text(f"{HEAD}prose\n")
    assert [len(documents_in(Shard(index, 2), paths)) for index in (1, 2)] in ([2, 0], [0, 2])


def test_a_document_that_cannot_be_read_is_in_one_shard_too(tmp_path):
    path = tmp_path / "broken.dlm"
    path.write_text("---\nno frontmatter")
    assert [documents_in(Shard(index, 2), [path]) for index in (1, 2)].count([path]) == 1


@pytest.mark.parametrize("text", ["0/4", "5/4", "0/0", "1/0", "-1/4", "1", "1/4/2", "a/b", ""])
def test_what_makes_no_sense_is_a_usage_error(text):
    with pytest.raises(UsageError, match="the shard is"):
        parse_shard(text)


def test_the_first_and_the_last_make_sense():
    assert (parse_shard("1/4"), parse_shard(" 4/4 ")) == (Shard(1, 4), Shard(4, 4))
