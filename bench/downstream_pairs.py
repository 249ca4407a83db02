"""Downstream pairs: what a teacher wrote about each document, by each way of making pairs.

`python -m bench.downstream_pairs DOCUMENT...` asks for what is not there yet, and writes it beside
the documents. The teacher is Qwen2.5-Coder-1.5B-Instruct, behind a server of llama.cpp's.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bench.quality.reference_run import run_reference
from bench.quality.teachers import TEACHERS
from bench.quality.text_sections import CACHE, TextSection
from dlm_lsp.document import parse
from dlm_lsp.document.section import SectionType

FOLDER = Path(__file__).with_name("downstream")
TEACHER = TEACHERS["qwen-1.5b"]
PER_SECTION = 3
_UNANSWERED = {"not_asked", "request_failed"}
_OPTIONS = {
    "unfiltered": ("--filter", "none"),
    "filtered": ("--filter", "sway", "--verify", "off"),
    "verified": ("--filter", "sway", "--verify", "auto"),
}
WAYS = (*_OPTIONS, "reference")
"""The third is what the command does by default."""


def main(names: list[str]) -> None:
    """Ask for the pairs of these documents, one document after another."""
    for name in names:
        for way in WAYS:
            print(name, way, len(pairs_of(name, way)), file=sys.stderr, flush=True)


@cache
def pairs_of(name: str, way: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs about a document, synthesized when first wanted and kept in a file."""
    file = FOLDER / f"{name}.{way}.json"
    if not file.is_file():
        source = FOLDER / f"{name}.dlm"
        found = _reference(source) if way == "reference" else _ours(source, _OPTIONS[way])
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    pairs = json.loads(file.read_text(encoding="utf-8"))["pairs"]
    return tuple((pair["question"], pair["answer"]) for pair in pairs)


def _ours(source: Path, options: tuple[str, ...]) -> Mapping[str, Any]:
    """Let the command make pairs as it does for anybody; replies are shared by the ways."""
    program = str(Path(sys.executable).with_name("dlm"))
    command = ["synth", "instructions", source.name, "--per-section", str(PER_SECTION), *options]
    where = ["--teacher", TEACHER.selector, "--timeout", "1800", "--dry-run", "--json"]
    done = subprocess.run(
        [program, *command, *where],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=source.parent,
        env=os.environ | {"DLM_HOME": str(CACHE / "home" / "downstream")},
    )
    (document,) = json.loads(done.stdout)["documents"]
    if unanswered := [s for s in document["skipped"] if s["reason"] in _UNANSWERED]:
        raise SystemExit(f"{source.name}: {len(unanswered)} sections were not answered; try again")
    return {
        "by": " ".join(["dlm", *command]),
        "teacher": TEACHER.model,
        "judge": document["judged_by"],
        "verifier": TEACHER.model if document["verifier"] else None,
        "generated": document["generated"],
        "refused": dict(Counter(refusal["reason"] for refusal in document["refused"])),
        "pairs": [{k: pair[k] for k in ("question", "answer")} for pair in document["accepted"]],
    }


def _reference(source: Path) -> Mapping[str, Any]:
    """Let the reference ask the same teacher, by the best filter that needs no adapter.

    One section at a time: a reply that it cannot read would end the run over the whole document.
    """
    document = parse(source.read_text(encoding="utf-8"))
    prose = (
        section.content.strip()
        for section in document.sections
        if section.type is SectionType.PROSE
    )
    sections = [
        TextSection("en", "held-out", "ours", text.splitlines()[0], text) for text in prose if text
    ]
    run = run_reference(
        sections, TEACHER, per_section=PER_SECTION, strategy="extraction", at_once=4
    )
    return {
        "by": f"reference {run.prompt}: dlm synth instructions --filter {run.filter}, by section",
        "teacher": TEACHER.model,
        "pairs": [{"question": pair.question, "answer": pair.answer} for pair in run.pairs],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
