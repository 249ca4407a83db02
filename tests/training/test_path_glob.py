"""Path glob: what a pattern means, and that no pattern takes long."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dlm_lsp.training.path_glob import lies_in_glob, matches_glob

PATHS = ("top.md", "note.txt", "a/in.md", "a/b/deep.md")


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("top.md", ["top.md"]),
        ("*.md", ["top.md"]),
        ("**/*.md", ["top.md", "a/in.md", "a/b/deep.md"]),
        ("**/*", [*PATHS]),
        ("**", [*PATHS]),
        ("a/**", ["a/in.md", "a/b/deep.md"]),
        ("a/*", ["a/in.md"]),
        ("a/?n.md", ["a/in.md"]),
        ("?op.md", ["top.md"]),
        ("a?in.md", []),
        ("[nt]*", []),
        ("", []),
    ],
)
def test_a_pattern_matches_whole_paths(pattern, matched):
    assert [path for path in PATHS if matches_glob(path, pattern)] == matched


def test_a_path_lies_in_each_folder_above_it():
    folders = ("a", "a/b", "**/b", "*", "b", "deep.md")
    assert [each for each in folders if lies_in_glob("a/b/deep.md", each)] == [*folders[:4]]
    assert not lies_in_glob("a/b", "a/b")


# The oracle: simple, and slow for many stars.
WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def naive(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)
    return re.compile("".join(WILD.get(part) or re.escape(part) for part in parts), re.DOTALL)


SMALL_PATHS = st.text("ab/", max_size=12)


@settings(max_examples=1000)
@given(st.text("ab/*?", max_size=9), SMALL_PATHS)
@example("**/a", "/a")
@example("a**/b", "a/b")
@example("a**/b", "a//b")
@example("****/b", "b")
@example("***/b", "a/b")
@example("?", "\n")
def test_a_pattern_means_what_its_regular_expression_does(pattern, path):
    meant = naive(pattern)
    assert matches_glob(path, pattern) == bool(meant.fullmatch(path))
    folders = [path[: slash.start()] for slash in re.finditer("/", path)]
    assert lies_in_glob(path, pattern) == any(map(meant.fullmatch, folders))


LONG_NAME = "a" * 4096
DEEP = "a/" * 2048


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 20 + "b", LONG_NAME),
        ("*a" * 4096 + "b", LONG_NAME),
        ("**a" * 2048 + "b", LONG_NAME),
        ("**/" * 4096 + "zz", DEEP),
        ("**/*" * 2048 + "zz", DEEP),
        ("**/a/" * 2048 + "zz", DEEP),
        ("?*" * 4096, DEEP),
    ],
)
def test_a_pattern_that_branches_at_every_letter_ends_at_once(pattern, path):
    began = time.process_time()
    assert not matches_glob(path, pattern)
    assert not lies_in_glob(path, pattern)
    assert time.process_time() - began < 1.0
