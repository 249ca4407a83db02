"""Reference run: the reference implementation's pairs about sections, one document a section."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path

from bench.quality.documents import document_of
from bench.quality.runs import RawPair, Run, now, pair_id
from bench.quality.teachers import TeacherModel
from bench.quality.text_sections import CACHE, TextSection
from bench.reference import reference_python

_QUESTION, _ANSWER = "### Q\n", "\n### A\n"
# It waits for 30 seconds, and a model on a busy processor takes longer: not held against it.
_PATIENT = """
import sys, urllib.request
ask = urllib.request.urlopen
urllib.request.urlopen = lambda request, timeout=0: ask(request, timeout=1800)
from dlm.cli.app import main
sys.exit(main())
"""


def run_reference(
    sections: Sequence[TextSection],
    teacher: TeacherModel,
    *,
    per_section: int,
    strategy: str,
    at_once: int,
    kept_only: bool = False,
) -> Run:
    """Return what its filter `dedup-only` accepts; what was asked about is not asked again.

    A section whose reply it cannot read gives no pair. With `kept_only` nothing is asked, and the
    run is over the sections that were.
    """
    if kept_only:
        files = {s.id: _saved(s, teacher, per_section, strategy) for s in sections}
        sections = [section for section in sections if files[section.id].is_file()]
    with ThreadPoolExecutor(at_once) as pool:
        asked = pool.map(lambda section: _about(section, teacher, per_section, strategy), sections)
        pairs = [pair for about in asked for pair in about]
    return Run(
        half=sections[0].half,
        maker="reference",
        teacher=teacher.name,
        strategy=strategy,
        filter="dedup-only",
        prompt=_version(),
        per_section=per_section,
        asked_at=now(),
        sections={section.id: section.language for section in sections},
        pairs=tuple(pairs),
    )


def _about(
    section: TextSection, teacher: TeacherModel, per_section: int, strategy: str
) -> list[RawPair]:
    saved = _saved(section, teacher, per_section, strategy)
    if not saved.is_file():
        bodies = _ask(section, teacher, per_section, strategy, saved.stem)
        saved.parent.mkdir(parents=True, exist_ok=True)
        saved.write_text(bodies, encoding="utf-8")
    return [
        _pair(body, section, strategy) for body in json.loads(saved.read_text(encoding="utf-8"))
    ]


def _saved(section: TextSection, teacher: TeacherModel, per_section: int, strategy: str) -> Path:
    name = f"{section.id}-{teacher.name}-{strategy}-{per_section}"
    return CACHE / "replies" / "reference" / f"{name}.json"


def _ask(
    section: TextSection, teacher: TeacherModel, per_section: int, strategy: str, name: str
) -> str:
    """Return the bodies of the staged sections, as JSON."""
    home = CACHE / "home" / "reference" / name
    home.mkdir(parents=True, exist_ok=True)
    document = home / "section.dlm"
    document.write_text(document_of([section]), encoding="utf-8")
    command = [
        str(reference_python()), "-c", _PATIENT, "synth", "instructions", str(document),
        "--teacher", teacher.selector, "--filter", "dedup-only", "--strategy", strategy,
        "--per-section", str(per_section),
    ]  # fmt: skip
    run = subprocess.run(
        command,
        env={**os.environ, "DLM_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    plans = list(home.rglob("pending.json"))
    if not plans:
        said = " ".join((run.stdout + run.stderr).split())
        print(f"{section.name}: no pair ({run.returncode}): {said[-300:]}", file=sys.stderr)
        if "JSON" not in said and "no instruction pairs" not in said and run.returncode:
            raise SystemExit("the reference failed")
        return "[]"
    staged = json.loads(plans[0].read_text(encoding="utf-8"))["sections"]
    return json.dumps([item["content"] for item in staged], ensure_ascii=False)


def _pair(body: str, section: TextSection, strategy: str) -> RawPair:
    question, _, answer = body.removeprefix(_QUESTION).partition(_ANSWER)
    return RawPair(
        id=pair_id(section.id, question, answer),
        section=section.id,
        strategy=strategy,
        question=question,
        answer=answer,
    )


def _version() -> str:
    folder = next(Path(reference_python()).parents[1].glob("lib/python*/site-packages"))
    return next(
        found.version
        for found in distributions(path=[str(folder)])
        if found.metadata["Name"] == "document-language-model"
    )
