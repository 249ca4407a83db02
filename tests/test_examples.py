"""Example documents: read alike by the reference and by us, and answerable where tested."""

import json
import re
from pathlib import Path

import pytest
from support.reference_oracle import Oracle

from dlm_lsp.document.parse import missing_media, parse
from dlm_lsp.document.section import SectionType

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.dlm"))
HELD_OUT = sorted((ROOT / "bench/held_out").glob("*.json"))


@pytest.fixture(scope="module")
def reference(reference_python):
    with Oracle(reference_python) as oracle:
        yield oracle


def words(text):
    return set(re.findall(r"\w+", text.lower()))


def document_of(held_out):
    return parse((ROOT / f"examples/{held_out.stem}.dlm").read_text("utf-8"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_reference_reads_every_section_and_pair(path, reference):
    # Its trainer takes the probe mark off before it reads the pairs, its pair parser does not.
    answer = reference.parse(path.read_text("utf-8").replace("### Q !probe\n", "### Q\n"))

    assert answer["ok"], answer
    assert [section["error"] for section in answer["sections"] if section["error"]] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_we_find_no_problem_in_it(path):
    document = parse(path.read_text("utf-8"))

    problems = missing_media(document, lambda name: (path.parent / name).is_file())
    assert [*document.problems, *problems] == []


@pytest.mark.parametrize("path", HELD_OUT, ids=lambda path: path.stem)
def test_every_held_out_answer_stands_in_the_prose(path):
    known = {
        word
        for section in document_of(path).sections
        if section.type is SectionType.PROSE
        for word in words(section.content)
    }

    held_out = json.loads(path.read_text("utf-8"))
    assert len(held_out) == 12
    assert [pair for pair in held_out if not words(pair["answer"]) <= known] == []


@pytest.mark.parametrize("path", HELD_OUT, ids=lambda path: path.stem)
def test_no_held_out_question_is_asked_in_the_document(path):
    asked = {
        placed.pair.question for section in document_of(path).sections for placed in section.pairs
    }

    assert not asked & {pair["question"] for pair in json.loads(path.read_text("utf-8"))}
