"""Grammar files: the committed ones belong together."""

import os
import shutil
import subprocess
from pathlib import Path
from time import process_time

import pytest
from editors.tree_sitter.grammar import GRAMMAR, ROOT, language, tree_of

GENERATED = [
    "src/parser.c",
    "src/grammar.json",
    "src/node-types.json",
    "src/tree_sitter/alloc.h",
    "src/tree_sitter/array.h",
    "src/tree_sitter/parser.h",
]


@pytest.fixture
def run(tree_sitter, tmp_path):
    """Run tree-sitter in a copy of the grammar, with a home of its own."""
    copy = tmp_path / "grammar"
    shutil.copytree(GRAMMAR, copy)
    home = {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }

    def call(*arguments: str) -> Path:
        done = subprocess.run(
            [tree_sitter, *arguments],
            cwd=copy,
            env={**os.environ, **home, "NO_COLOR": "1"},
            text=True,
            check=False,
            capture_output=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return copy

    return call


def test_the_parser_is_what_the_grammar_generates(run):
    copy = run("generate", "--abi", "14")
    for name in GENERATED:
        assert (copy / name).read_text("utf-8") == (GRAMMAR / name).read_text("utf-8"), name


def test_the_corpus_has_the_trees_that_stand_in_it(run):
    run("test")


def test_the_parser_suits_editors_that_read_abi_14():
    assert language().abi_version == 14


def test_a_hundred_thousand_lines_parse_in_under_a_second():
    body = (ROOT / "examples/bicycle.dlm").read_text("utf-8").partition("\n---\n")[2]
    text = body * (100_000 // body.count("\n") + 1)
    language()
    start = process_time()
    tree_of(text)
    assert process_time() - start < 1


def test_its_names_in_the_read_me_are_those_that_there_are():
    readme = (GRAMMAR / "README.md").read_text("utf-8")
    table = readme.partition("## Nodes")[2].partition("\n## ")[0]
    kinds = {
        language().node_kind_for_id(id_)
        for id_ in range(language().node_kind_count)
        if language().node_kind_is_named(id_) and language().node_kind_is_visible(id_)
    }
    assert {kind for kind in kinds if f"`{kind}`" not in table} == set()


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.dlm")), ids=lambda p: p.stem)
def test_an_example_has_no_error(example):
    assert not tree_of(example.read_text("utf-8")).root_node.has_error
