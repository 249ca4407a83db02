"""Product run: our own pairs about sections, one document a language."""

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import dlm_lsp
from bench.quality.documents import document_of
from bench.quality.runs import RawPair, Run, now, pair_id
from bench.quality.teachers import TeacherModel
from bench.quality.text_sections import CACHE, LANGUAGES, TextSection
from dlm_lsp.synth.options import FilterKind, StrategyChoice
from dlm_lsp.synth.parse_reply import parse_reply
from dlm_lsp.synth.report import Candidate, Refusal, Report
from dlm_lsp.synth.run_options import SynthOptions

JUDGE = "gemma-3-270m"
_SLOW, _AT_ONCE = 1800.0, 1.0
_PROMPTS = Path(dlm_lsp.__file__).parent / "teachers"


def run_ours(
    sections: Sequence[TextSection],
    teacher: TeacherModel,
    *,
    per_section: int,
    strategy: StrategyChoice,
    filter_: FilterKind,
    at_once: int,
    kept_only: bool = False,
) -> Run:
    """Return every pair that came, accepted or not; a reply that is kept is not asked for again.

    With `kept_only` no reply is waited for, and the run is over the sections that have one.
    """
    home = CACHE / "home" / "ours" / teacher.name
    os.environ["DLM_HOME"] = str(home)
    options = SynthOptions(
        per_section=per_section,
        strategy=strategy,
        filter=filter_,
        concurrency=at_once,
        timeout=_AT_ONCE if kept_only else _SLOW,
        max_requests=1 if kept_only else None,
    )
    pairs: list[RawPair] = []
    unanswered: set[str] = set()
    of_language = sorted(sections, key=lambda section: LANGUAGES.index(section.language))
    for language, group in groupby(of_language, key=lambda section: section.language):
        about = list(group)
        path = home / "documents" / f"{language}-{about[0].half}.dlm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document_of(about, JUDGE), encoding="utf-8")
        done = dlm_lsp.synthesize(path, teacher=teacher.selector, options=options, dry_run=True)
        pairs += _pairs(done.report, _evidence(home))
        reasons: dict[str, set[str]] = {}
        for skip in done.report.skipped:
            print(f"{path.name}: {skip.source_id} {skip.reason}: {skip.detail}", file=sys.stderr)
            reasons.setdefault(skip.source_id, set()).add(skip.reason)
        # A reply that gave nothing says so; where only the asking failed, there was none.
        unanswered |= {
            s for s, found in reasons.items() if found <= {"not_asked", "request_failed"}
        }
    unanswered -= {pair.section for pair in pairs}
    return Run(
        half=sections[0].half,
        maker="ours",
        teacher=teacher.name,
        strategy=strategy,
        filter=filter_,
        prompt=prompt_version(teacher),
        per_section=per_section,
        asked_at=now(),
        sections={s.id: s.language for s in sections if s.id not in unanswered},
        pairs=tuple(pairs),
    )


def prompt_version(teacher: TeacherModel) -> str:
    """Return a hash over what the prompts of a teacher are made of."""
    base = teacher.selector.startswith("hf:")
    instruct = [_PROMPTS / name for name in ("prompts.py", "examples.toml", "verdict_prompts.py")]
    files = sorted((_PROMPTS / "base_model").glob("*.py")) if base else instruct
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:6]


def _pairs(report: Report, evidence: Mapping[tuple[str, str], str]) -> Iterator[RawPair]:
    everything: list[Candidate | Refusal] = [*report.accepted, *report.refused]
    for found in everything:
        if isinstance(found, Candidate):
            question, answer, reason = found.pair.question, found.pair.answer, ""
        else:
            question, answer, reason = found.question, found.answer, found.reason
        yield RawPair(
            id=pair_id(found.source_id, question, answer),
            section=found.source_id,
            strategy=found.strategy,
            reason=reason,
            margin=found.margin,
            verified=found.verdict.probability if found.verdict else None,
            question=question,
            answer=answer,
            evidence=evidence.get((question.strip(), answer.strip()), ""),
        )


def _evidence(home: Path) -> dict[tuple[str, str], str]:
    """Return the evidence that the replies kept so far give for each question and answer."""
    found: dict[tuple[str, str], str] = {}
    for path in home.rglob("store.sqlite"):
        with sqlite3.connect(path) as connection:
            payloads = connection.execute("SELECT payload FROM replies").fetchall()
        for (payload,) in payloads:
            for pair in parse_reply(_text(payload)).pairs:
                found[pair.question.strip(), pair.answer.strip()] = pair.evidence
    return found


def _text(payload: bytes) -> str:
    return str(json.loads(payload).get("text", ""))
