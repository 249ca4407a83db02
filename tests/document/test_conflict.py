"""Merge conflicts are found wherever they are, and not where such lines are shown or quoted."""

import pytest
from support.document_text import FRONTMATTER, found

from dlm_lsp.document import parse
from dlm_lsp.document.incremental import IncrementalDocument


@pytest.mark.parametrize(
    "body",
    [
        "One.\n⟦<<<<<<< HEAD⟧\nTwo.\n=======\nThree.\n⟦>>>>>>> branch⟧\n",
        "⟦<<<<<<<⟧\nTwo.\n||||||| base\nOne.\n=======\nThree.\n⟦>>>>>>>⟧",
        "One.\n⟦<<<<<<< HEAD⟧\n::prose::\nTwo.\n=======\nThree.\n⟦>>>>>>> branch⟧\n",
        "::instruction::\n### Q\nWhy?\n### A\n⟦<<<<<<< HEAD⟧\nSo.\n=======\nNo.\n⟦>>>>>>> b⟧\n",
        "One.\r\n⟦<<<<<<< HEAD⟧\r\nTwo.\r\n=======\r\nThree.\r\n⟦>>>>>>> branch⟧\r\n",
    ],
)
def test_the_lines_around_a_conflict_are_marked(body):
    assert found(body) == ["merge-conflict"] * 2


@pytest.mark.parametrize(
    "body",
    [
        "```\n<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> branch\n```\n",
        "    <<<<<<< HEAD\n",
        "It writes <<<<<<< HEAD before it.\n",
        "<<<<<<<<<<<<\n<<<<<<<HEAD\n",
        ">>>>>>> What was said seven letters ago.\n",
        "A heading\n=======\nWords.\n",
    ],
)
def test_what_only_looks_like_one_is_spared(body):
    assert found(body) == []


def test_a_conflict_in_the_frontmatter_is_told_as_that_alone():
    versions = "base_model: one\n=======\nbase_model: two\n"
    text = FRONTMATTER.replace("dlm_version", f"<<<<<<< HEAD\n{versions}>>>>>>> b\ndlm_version")
    codes = [problem.code for problem in parse(text).problems]
    assert codes == ["merge-conflict"] * 2


def test_a_conflict_is_gone_with_its_lines_as_one_types():
    body = "One.\n<<<<<<< HEAD\nTwo.\n=======\nThree.\n>>>>>>> b\n"
    text = FRONTMATTER + body
    at = text.index("<<<<<<<")
    document = IncrementalDocument.of(text).apply_change(at, len(text), "Two.\n")
    assert [problem for part in document.parts for problem in part.problems] == []
