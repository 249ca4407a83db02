"""README: its sample document is whole, and its pair is about the section above it."""

import re
from pathlib import Path
from textwrap import dedent

from dlm_lsp.document import parse

PAGE = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_sample_document_has_no_problem_and_no_stale_pair():
    (block,) = re.findall(r"## A whole document\n\n((?:    .*\n|\n)+)", PAGE)
    document = parse(dedent(block).strip() + "\n")
    assert document.problems == ()
    prose, pair = document.sections
    assert pair.synth
    assert pair.synth.source_section_id == prose.id
